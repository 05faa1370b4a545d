"""What SWIFT can carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.transfers.rules.swift import in_latin, is_carried, lines_of


class TestLatin:
    @pytest.mark.parametrize(
        ("text", "latin"),
        [
            ("ООО «Ромашка»", "OOO 'Romashka'"),
            ("Щётки № 5", "Shchetki No 5"),
            ("Подъезд, семья", "Podieezd, semia"),
            ("Müller & Söhne", "Muller + Sohne"),
            ("- payment — goods;", "payment - goods"),
            ("深圳 Trading", "Trading"),
            ("深圳", ""),
        ],
    )
    def test_is_what_a_passport_would_say(self, text: str, latin: str) -> None:
        """And what has no letters there is left out."""
        assert latin == in_latin(text)

    @given(st.text())
    def test_is_carried_whatever_it_was(self, text: str) -> None:
        """A hint is never wrong itself, and what is carried already is not changed but for blanks."""
        latin = in_latin(text)

        assert is_carried(latin)
        if is_carried(text):
            assert " ".join(text.split()) == latin

    @pytest.mark.parametrize("text", ["Оплата", "a\nb", "x@y", "-INV 5", ":59:", "tab\t"])
    def test_is_asked_for(self, text: str) -> None:
        """Other letters, line ends, and what would begin a field of the message."""
        assert not is_carried(text)


class TestLines:
    def test_are_of_thirty_five(self) -> None:
        """Each text begins a new one."""
        assert 0 == lines_of("", "")
        assert 2 == lines_of("a", "b")
        assert 3 == lines_of("a" * 36, "b" * 35)
