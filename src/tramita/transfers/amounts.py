"""Amounts as they are written outside: with two decimals, or three where a currency has them."""

from decimal import Decimal
from typing import Final

_HUNDREDTH: Final = Decimal("0.01")


def written(amount: Decimal) -> str:
    """``12500.00``, of dinars perhaps ``12500.125``."""
    rounded = amount.quantize(_HUNDREDTH)
    return str(rounded if rounded == amount else amount)


def written_rate(rate: Decimal | None) -> str | None:
    """With as many decimals as it has, ``12.85``."""
    return None if rate is None else f"{rate.normalize():f}"
