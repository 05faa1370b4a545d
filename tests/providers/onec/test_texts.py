"""What 1C writes, however it writes it."""

import json

import pytest

from tramita.providers.onec.texts import TextBroken, decode_text, read_document

WORDS = '{"message": "Заявка «№ 7» проведена — 100 %"}'


class TestTexts:
    @pytest.mark.parametrize(
        "body",
        [
            WORDS.encode(),
            b"\xef\xbb\xbf" + WORDS.encode(),
            WORDS.encode("windows-1251"),
            json.dumps(json.loads(WORDS)).encode(),
        ],
        ids=["plain", "bom", "windows-1251", "escaped"],
    )
    def test_are_read_however_they_are_written(self, body: bytes) -> None:
        """Whatever a header calls them."""
        assert json.loads(WORDS) == read_document(body)

    @pytest.mark.parametrize(
        "body",
        [
            WORDS.encode().decode("windows-1251", errors="replace").encode(),
            "Счёт".encode().decode("windows-1251").encode(),
            "Заявка \ufffd\ufffd".encode(),
            b"\x98\xff",
        ],
        ids=["encoded_twice", "a_word_encoded_twice", "replaced", "neither"],
    )
    def test_that_lost_letters_are_refused(self, body: bytes) -> None:
        """Nobody guesses what stood there."""
        with pytest.raises(TextBroken):
            decode_text(body)

    def test_keep_fractions_as_they_are_written(self) -> None:
        """Seventeen decimals are seventeen decimals."""
        document = read_document(b'{"rate": 0.12345678901234567, "n": 7, "big": 1e400}')

        assert {"rate": "0.12345678901234567", "n": 7, "big": "1e400"} == document

    @pytest.mark.parametrize("body", [b"", b"{", b'{"a": NaN}', b"<html></html>"])
    def test_that_are_no_documents_are_told_by_one_error(self, body: bytes) -> None:
        """Which readers know."""
        with pytest.raises(ValueError):
            read_document(body)
