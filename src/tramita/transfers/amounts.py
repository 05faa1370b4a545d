"""Amounts as they are written outside: with two decimals, or three where a currency has them; and for readers."""

from decimal import Decimal

from tramita.kit.languages import filled
from tramita.kit.money import Money, unit_of


def written(amount: Decimal, currency: str | None) -> str:
    """``12500.00``, of dinars ``12500.120``."""
    rounded = amount.quantize(unit_of(currency or ""))
    return str(rounded if rounded == amount else amount)


def told(amount: Decimal | str | None, currency: str | None) -> str:
    """An amount with its currency, as its reader writes it; nothing where there is none yet."""
    if amount is None or currency is None:
        return ""
    return filled.told(Money(Decimal(amount), currency))


def written_rate(rate: Decimal | None) -> str | None:
    """With as many decimals as it has, ``12.85``."""
    return None if rate is None else f"{rate.normalize():f}"
