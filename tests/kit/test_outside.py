"""Texts from outside can be written down, whatever stood in them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.outside import storable_json, storable_text

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


def fits(text: str) -> bool:
    """Whether a text column of PostgreSQL's takes it."""
    return "\x00" not in text and text == text.encode(errors="replace").decode()


class TestStorableText:
    @given(ANY_TEXT)
    def test_fits_into_a_column(self, text: str) -> None:
        """NUL and half characters are shown as such; everything else stays."""
        stored = storable_text(text)

        assert fits(stored)
        assert len(text) == len(stored)
        assert not fits(text) or text == stored


class TestStorableJSON:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (b'"a\\u0000b"', "a\ufffdb"),
            (b'"a\\ud83db"', "a\ufffdb"),
            (b'"\\uDc00"', "\ufffd"),
            (b'"\\ud83d\\u0000"', "\ufffd\ufffd"),
            (b'"\\ud83d\\ude00"', "\U0001f600"),
            (b'"\\\\u0000"', "\\u0000"),
            (b'"\\\\\\u0000"', "\\\ufffd"),
            (b'"nothing"', "nothing"),
        ],
    )
    def test_has_only_texts_that_fit(self, body: bytes, expected: str) -> None:
        """Escapes are read as JSON reads them, a backslash before a u included."""
        assert expected == msgspec.json.decode(storable_json(body))

    @given(st.lists(st.sampled_from(["\\", "\\u0000", "\\ud800", "\\udc00", "\\uD83D", "u", "0"])))
    def test_is_read_by_every_parser(self, parts: list[str]) -> None:
        """What was a JSON text but for such characters is one now."""
        body = storable_json(f'"{"".join(parts)}"'.encode())

        try:
            found = msgspec.json.decode(body)
        except msgspec.DecodeError as error:
            found = str(error)

        assert fits(found)
        assert "surrogate" not in found

    @pytest.mark.parametrize("body", [b"", b"\xff\x00", b"[" * 5000, b"\\ud8"])
    def test_leaves_alone_what_it_cannot_help(self, body: bytes) -> None:
        """Whoever reads it finds that out."""
        assert body == storable_json(body)
