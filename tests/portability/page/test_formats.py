"""Money, rates, dates and banks as Brazil writes them."""

from datetime import date
from decimal import Decimal

import pytest

from tramita.portability.page.formats import (
    bank_with_article,
    brl,
    day,
    day_in_words,
    percent,
    time_left,
)

SPACE = "\N{NO-BREAK SPACE}"


class TestFormats:
    @pytest.mark.parametrize(
        ("amount", "words"),
        [
            ("0", "0,00"),
            ("214.62", "214,62"),
            ("8912.7", "8.912,70"),
            ("1234567.895", "1.234.567,90"),
            ("-35.38", "-35,38"),
        ],
    )
    def test_write_money_as_brazil_does(self, amount: str, words: str) -> None:
        """A point for thousands, a comma for cents, half a cent rounded up."""
        assert f"R${SPACE}{words}" == brl(Decimal(amount))

    @pytest.mark.parametrize(
        ("fraction", "words"), [("0.0167", "1,67%"), ("0.2387", "23,87%"), ("12.5", "1.250,00%")]
    )
    def test_write_fractions_as_percent(self, fraction: str, words: str) -> None:
        """Fractions become percent with two decimals."""
        assert words == percent(Decimal(fraction))

    def test_write_dates_day_first(self) -> None:
        """Day, month, year."""
        assert "07/01/2027" == day(date(2027, 1, 7))

    @pytest.mark.parametrize(
        ("on", "words"),
        [
            (date(2026, 11, 22), "hoje, 22 de novembro"),
            (date(2026, 11, 23), "amanhã, 23 de novembro"),
            (date(2026, 11, 21), "ontem, 21 de novembro"),
            (date(2026, 11, 27), "sexta-feira, 27 de novembro"),
            (date(2026, 12, 1), "terça-feira, 1º de dezembro"),
            (date(2027, 1, 2), "sábado, 2 de janeiro de 2027"),
        ],
    )
    def test_say_days_in_words(self, on: date, words: str) -> None:
        """Weekday, day and month; near days by name, other years with the year."""
        assert words == day_in_words(on, today=date(2026, 11, 22)).replace(SPACE, " ")

    @pytest.mark.parametrize(
        ("until", "words"),
        [(20, ""), (22, "hoje é o último dia"), (23, "falta 1 dia"), (25, "faltam 3 dias")],
    )
    def test_count_the_days_that_are_left(self, until: int, words: str) -> None:
        """The last day itself still counts; what is over is not counted."""
        assert words == time_left(date(2026, 11, until), today=date(2026, 11, 22))

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("Banco Aurora", "o Banco Aurora"),
            ("Caixa do Vale", "a Caixa do Vale"),
            (None, "o banco atual"),
        ],
    )
    def test_give_a_bank_its_article(self, name: str | None, words: str) -> None:
        """Banks are masculine, a Caixa is feminine, one without a name is the present bank."""
        assert words == bank_with_article(name)
