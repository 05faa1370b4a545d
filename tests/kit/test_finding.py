"""What somebody types into a search is taken for whatever it can be, however it is written."""

from uuid import UUID

import pytest

from tests.forgetting import PEOPLE
from tramita.kit.finding import LONGEST, Needle, normalize_name

ID = UUID("0b1e6f6e-53a7-4b9e-8c3f-5d1f3f0f7a11")


def needle_of(typed: str) -> Needle:
    """What these letters can be."""
    needle = Needle.of(typed, PEOPLE)
    assert needle is not None
    return needle


class TestANeedle:
    @pytest.mark.parametrize("typed", ["", "  ", "\x00", "\u200b\u202a", "\n\t"])
    def test_is_none_where_nothing_was_typed(self, typed: str) -> None:
        """Blanks and signs that nobody sees are nothing."""
        assert Needle.of(typed, PEOPLE) is None

    @pytest.mark.parametrize(
        ("typed", "phone"),
        [
            ("+55 (11) 98765-4321", "5511987654321"),
            ("\u202a+55 11 98765\u20114321\u202c", "5511987654321"),
            ("11 98765 4321", "5511987654321"),
            ("(011) 98765.4321", "5511987654321"),
            ("11 3456-7890", "551134567890"),
            ("+7 (495) 123-45-67", "74951234567"),
            ("8 495 123-45-67", "74951234567"),
            ("00 7 495 1234567", "74951234567"),
        ],
    )
    def test_is_a_phone(self, typed: str, phone: str) -> None:
        """With its country or without, and as it is copied from elsewhere."""
        assert phone in needle_of(typed).phones

    @pytest.mark.parametrize(
        "typed", [str(ID), str(ID).upper(), ID.hex, f"evt_{ID.hex}", f"{{{ID}}}", f" {ID} "]
    )
    def test_is_an_id(self, typed: str) -> None:
        """In whichever of its forms."""
        assert ID == needle_of(typed).id

    @pytest.mark.parametrize("typed", ["Maria@Example.COM", " maria@example.com "])
    def test_is_an_e_mail(self, typed: str) -> None:
        """In small letters, as it is kept."""
        assert "maria@example.com" == needle_of(typed).email

    def test_is_as_long_as_anything_is_called(self) -> None:
        """What is longer is cut off."""
        assert LONGEST == len(needle_of("x" * 10_000).text)

    def test_has_no_words_for_a_log(self) -> None:
        """Whoever writes it down by mistake writes down nobody."""
        assert "Zulmira" not in repr(needle_of("Zulmira Quartzberg"))

    def test_begins_nothing_where_it_is_too_short(self) -> None:
        """Two letters would be the beginning of thousands of numbers."""
        assert (None, "A-1") == (needle_of("A-").beginning, needle_of("A-1").beginning)


class TestAName:
    @pytest.mark.parametrize(
        ("name", "normal"),
        [
            ("  JOÃO   d’Ávila ", "joao d avila"),
            ("João D'ávila", "joao d avila"),
            ("ООО «Ёлка»", "ооо елка"),
            ("Straße 1", "strasse 1"),
            ("Ltd. & Co.", "ltd co"),
            ("«»", None),
        ],
    )
    def test_is_its_words(self, name: str, normal: str | None) -> None:
        """Capitals, accents and signs do not tell two writings apart."""
        assert normal == normalize_name(name)
