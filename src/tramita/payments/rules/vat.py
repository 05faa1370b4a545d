"""VAT that a price contains."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from tramita.kit.money import Money

_HUNDREDTH: Final = Decimal("0.01")


def split_vat(total: Money, rate: Decimal) -> tuple[Money, Money]:
    """What a total is without VAT, and the VAT in it; together they are the total."""
    exact = total.amount / (1 + rate / 100)
    net = Money(exact.quantize(_HUNDREDTH, ROUND_HALF_UP), total.currency)
    return net, total - net
