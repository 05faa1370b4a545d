"""Rows for spreadsheets: read as they are meant, and never run."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tramita.kit.languages.words import words_in
from tramita.kit.spreadsheets import Cell, write_rows


def written(*cells: Cell, language: str = "en") -> str:
    return write_rows([cells], words_in(language, "Europe/Paris")).decode()


class TestRows:
    @pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "\n"])
    def test_run_nothing(self, beginning: str) -> None:
        """What begins like a formula is a text; a number below nothing is a number."""
        assert f"'{beginning}" in written(f"{beginning}cmd|' /C calc'!A1")
        assert "-1.50\r\n" == written(Decimal("-1.50"))

    @pytest.mark.parametrize(
        ("language", "expected"),
        [
            ("en", "Zoé,1.50,2026-03-01,2026-03-01 10:30:00,yes,no,,7\r\n"),
            ("fr-FR", "Zoé;1,50;2026-03-01;2026-03-01 10:30:00;oui;non;;7\r\n"),
        ],
    )
    def test_are_as_the_language_writes_them(self, language: str, expected: str) -> None:
        """Separators, decimals and words; moments at the reader's time of day."""
        at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

        cells = ("Zoé", Decimal("1.50"), date(2026, 3, 1), at, True, False, None, 7)

        assert expected == written(*cells, language=language)

    def test_keep_what_separates_within_a_cell(self) -> None:
        """Separators, quotes and lines are the cell's."""
        assert '"a, ""b""\nc"\r\n' == written('a, "b"\nc')
