"""The Price table: equal instalments, one a month, interest on what is still owed.

Amounts are BRL, rates monthly fractions (``Decimal("0.0185")`` is 1.85 % a month).
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
_ONE: Final = Decimal(1)


def installment_amount(principal: Decimal, *, monthly_rate: Decimal, installments: int) -> Decimal:
    """The equal instalment in whole cents; the first is due one month after the loan.

    ``monthly_rate`` is not negative, ``installments`` at least one.
    """
    if monthly_rate == 0:
        exact = principal / installments
    else:
        exact = principal * monthly_rate / (_ONE - (_ONE + monthly_rate) ** -installments)
    return exact.quantize(CENT, ROUND_HALF_UP)


def present_value(
    amounts: Iterable[Decimal], *, monthly_rate: Decimal, months_to_first: Decimal = _ONE
) -> Decimal:
    """What monthly ``amounts`` are worth on the day of the loan, in whole cents.

    ``months_to_first`` is the length of the first period, which is rarely one month
    exactly: 43 days are ``Decimal(43) / 30``. ``monthly_rate`` is above -1.
    """
    growth = _ONE + monthly_rate
    value = Decimal(0)
    for amount in reversed(list(amounts)):
        value = (value + amount) / growth
    if months_to_first != 1:
        value *= growth ** (_ONE - months_to_first)
    return value.quantize(CENT, ROUND_HALF_UP)


def annual_rate(monthly_rate: Decimal) -> Decimal:
    """The effective annual fraction of a monthly one, by compounding twelve months."""
    return (_ONE + monthly_rate) ** 12 - _ONE
