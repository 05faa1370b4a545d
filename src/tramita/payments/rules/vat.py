"""VAT that a price contains."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from tramita.kit.money import Money

_HUNDREDTH: Final = Decimal("0.01")
_NOTHING: Final = Decimal(0)


def split_vat(total: Money, rate: Decimal, *, after: Decimal = _NOTHING) -> tuple[Money, Money]:
    """What a total is without VAT, and the VAT in it; together they are the total.

    ``after`` is the sum of what was split before it: so parts of a whole have together the VAT of
    the whole, and the last of them what rounding has left.
    """
    net = Money(_net(after + total.amount, rate) - _net(after, rate), total.currency)
    return net, total - net


def _net(amount: Decimal, rate: Decimal) -> Decimal:
    return (amount / (1 + rate / 100)).quantize(_HUNDREDTH, ROUND_HALF_UP)
