"""Amounts as they are written outside: with two decimals, or three where a currency has them."""

from decimal import Decimal

from tramita.kit.money import unit_of


def written(amount: Decimal, currency: str | None) -> str:
    """``12500.00``, of dinars ``12500.120``."""
    rounded = amount.quantize(unit_of(currency or ""))
    return str(rounded if rounded == amount else amount)


def written_rate(rate: Decimal | None) -> str | None:
    """With as many decimals as it has, ``12.85``."""
    return None if rate is None else f"{rate.normalize():f}"
