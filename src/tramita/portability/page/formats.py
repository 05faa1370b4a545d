"""Money, rates, dates and bank names as a Brazilian reads them.

Small on purpose: four formats do not need a localisation library.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

WEEKDAYS: Final = (
    *("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira"),
    *("sábado", "domingo"),
)
MONTHS: Final = (
    *("janeiro", "fevereiro", "março", "abril", "maio", "junho"),
    *("julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),
)
NEAR_DAYS: Final = {-1: "ontem", 0: "hoje", 1: "amanhã"}
FEMININE_BANKS: Final = ("caixa", "cooperativa", "financeira", "crefisa")


def brl(amount: Decimal) -> str:
    """``Decimal("1234.5")`` as ``R$ 1.234,50``, with a space that does not break."""
    cents = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"R$\N{NO-BREAK SPACE}{_brazilian(f'{cents:,.2f}')}"


def percent(fraction: Decimal) -> str:
    """``Decimal("0.0167")`` as ``1,67%``."""
    hundredths = (fraction * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{_brazilian(f'{hundredths:,.2f}')}%"


def day(on: date) -> str:
    """The seventh of January 2027 as ``07/01/2027``."""
    return on.strftime("%d/%m/%Y")


def day_in_words(on: date, *, today: date) -> str:
    """``sexta-feira, 27 de novembro``; near days by name, other years with the year."""
    number = "1º" if on.day == 1 else str(on.day)
    # Day and month stay on one line.
    written = f"{number} de {MONTHS[on.month - 1]}".replace(" ", "\N{NO-BREAK SPACE}")
    if on.year != today.year:
        written = f"{written} de {on.year}"
    near = NEAR_DAYS.get((on - today).days)
    return f"{near or WEEKDAYS[on.weekday()]}, {written}"


def time_left(until: date, *, today: date) -> str:
    """``faltam 3 dias`` until and with the last day; empty when it is over."""
    days = (until - today).days
    if days < 0:
        return ""
    if days == 0:
        return "hoje é o último dia"
    return "falta 1 dia" if days == 1 else f"faltam {days} dias"


def bank_with_article(name: str | None) -> str:
    """``o Banco Aurora``, ``a Caixa``; without a name, ``o banco atual``."""
    if name is None:
        return "o banco atual"
    is_feminine = name.casefold().startswith(FEMININE_BANKS)
    return f"{'a' if is_feminine else 'o'} {name}"


def _brazilian(number: str) -> str:
    return number.translate(str.maketrans(",.", ".,"))
