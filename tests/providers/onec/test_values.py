"""Numbers, times and links of 1C."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tramita.providers.onec.links import internal_link, ref_in_link, ref_of_link, web_link
from tramita.providers.onec.values import read_number, read_time, write_time

MOSCOW = ZoneInfo("Europe/Moscow")
AT = datetime(2026, 2, 1, 7, 0, tzinfo=UTC)
REF = UUID("3d71007f-8d04-11dc-8ca0-000d8843cd1b")


class TestNumbers:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("1234.56", "1234.56"),
            ("1234,56", "1234.56"),
            ("1\u00a0234,56", "1234.56"),
            ("1\u202f234\u00a0567,5", "1234567.5"),
            ("1,234,567.50", "1234567.50"),
            ("1.234.567,50", "1234567.50"),
            ("-12,5", "-12.5"),
            (" 7 ", "7"),
            (7, "7"),
            ("0,12345678901234567", "0.12345678901234567"),
        ],
    )
    def test_are_read(self, written: object, meant: str) -> None:
        """With whatever blanks and commas."""
        assert Decimal(meant) == read_number(written)

    @pytest.mark.parametrize("written", [None, ""])
    def test_may_be_missing(self, written: object) -> None:
        """1C writes an empty text."""
        assert read_number(written) is None

    @pytest.mark.parametrize(
        "written", ["12 руб.", "1e9", "NaN", True, [], "1,2,3", "--1", "9" * 40]
    )
    def test_that_are_none_are_told(self, written: object) -> None:
        """A guess would be money."""
        with pytest.raises(ValueError):
            read_number(written)


class TestTimes:
    @pytest.mark.parametrize(
        "written",
        [
            "2026-02-01T10:00:00",
            "01.02.2026 10:00:00",
            "1.02.2026 10:00",
            "2026-02-01T10:00:00+03:00",
            "2026-02-01T07:00:00Z",
        ],
    )
    def test_are_the_bases_own_unless_they_say_otherwise(self, written: str) -> None:
        """Moscow's, here."""
        assert AT == read_time(written, MOSCOW)

    @pytest.mark.parametrize("written", ["0001-01-01T00:00:00", "01.01.0001 0:00:00", "", None])
    def test_may_be_empty(self, written: object) -> None:
        """1C has several words for no date."""
        assert read_time(written, MOSCOW) is None

    @pytest.mark.parametrize("written", ["yesterday", "31.02.2026", "2026-13-01T00:00:00", 7])
    def test_that_are_none_are_told(self, written: object) -> None:
        """By one error."""
        with pytest.raises(ValueError):
            read_time(written, MOSCOW)

    def test_are_written_as_1c_reads_them(self) -> None:
        """Whole seconds, no offset."""
        assert "2026-02-01T10:00:00" == write_time(AT.replace(microsecond=5), MOSCOW)


class TestLinks:
    @pytest.mark.parametrize(
        ("ref", "letters"),
        [
            ("3d71007f-8d04-11dc-8ca0-000d8843cd1b", "8ca0000d8843cd1b11dc8d043d71007f"),
            ("5828755a-8819-11ed-89ab-000c29dddd38", "89ab000c29dddd3811ed88195828755a"),
        ],
    )
    def test_have_the_groups_of_a_reference_in_another_order(self, ref: str, letters: str) -> None:
        """Both ways."""
        assert letters == ref_in_link(UUID(ref))
        assert UUID(ref) == ref_of_link(letters)

    @pytest.mark.parametrize("letters", ["", "8CA0", "g" * 32, "8ca0000d8843cd1b11dc8d043d71007f0"])
    def test_with_another_reference_are_none(self, letters: str) -> None:
        """Nothing is made of it."""
        with pytest.raises(ValueError):
            ref_of_link(letters)

    def test_open_in_1c_and_in_a_browser(self) -> None:
        """Where the base is published."""
        internal = internal_link(REF)

        assert "e1cib/data/Документ.ЗаявкаНаПлатеж?ref=8ca0000d8843cd1b11dc8d043d71007f" == internal
        web = web_link("https://1c.example.org/base/", internal)
        assert web is not None
        assert web.startswith("https://1c.example.org/base/#e1cib/data/%D0%94")
        assert web.endswith("?ref=8ca0000d8843cd1b11dc8d043d71007f")
        assert web_link("", internal) is None
        assert web_link("https://1c.example.org", "javascript:alert(1)") is None
