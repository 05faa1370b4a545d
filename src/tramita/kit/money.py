"""Amounts of money: to the hundredth, of dinars to the thousandth, each in its currency, and never a float.

Everywhere outside an amount is a text with two decimals (``"59.90"``) beside a currency
(``"EUR"``), or with three where the currency has them; providers that count in hundredths are told ``cents``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import total_ordering
from typing import Final, Self

# Currencies (ISO 4217) that have no hundredths: nothing else here counts in them.
WITHOUT_HUNDREDTHS: Final = frozenset(
    "BHD BIF CLF CLP DJF GNF IQD ISK JOD JPY KMF KRW KWD LYD MRU MGA OMR PYG RWF TND UGX UYI UYW "
    "VND VUV XAF XOF XPF".split()
)

# Of these, those that have thousandths.
IN_THOUSANDTHS: Final = frozenset("BHD IQD JOD KWD LYD OMR TND".split())

_HUNDREDTH: Final = Decimal("0.01")
_THOUSANDTH: Final = Decimal("0.001")
_TOO_MUCH: Final = Decimal(10) ** 15
_AMOUNT: Final = re.compile(r"[0-9]{1,15}\.[0-9]{2,3}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class NotAnAmount(ValueError):
    """What was given is no amount of money; its text says how one is written."""


class CurrenciesDiffer(ValueError):
    """Amounts of two currencies cannot be added or compared."""


def unit_of(currency: str) -> Decimal:
    """The last decimal with which amounts of a currency are written."""
    return _THOUSANDTH if currency in IN_THOUSANDTHS else _HUNDREDTH


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """``amount`` has its currency's decimals, two or three, whatever it was made of; more are refused."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is none, and write every amount alike."""
        if _CURRENCY.fullmatch(self.currency) is None:
            raise NotAnAmount(f"{self.currency!r} is no currency: three capitals")
        if not self.amount.is_finite() or abs(self.amount) >= _TOO_MUCH:
            raise NotAnAmount(f"{self.amount} is no amount of money: fifteen digits at most")
        unit = unit_of(self.currency)
        written = self.amount.quantize(unit)
        if written != self.amount:
            count = "three" if unit == _THOUSANDTH else "two"
            raise NotAnAmount(f"{self.amount} is no amount of money: {count} decimals at most")
        object.__setattr__(self, "amount", written)

    @classmethod
    def parse(cls, text: object, currency: str) -> Self:
        """As it is written outside; raises ``NotAnAmount``."""
        if not isinstance(text, str) or _AMOUNT.fullmatch(text) is None:
            raise NotAnAmount("an amount is a text with two decimals, such as 59.90")
        money = cls(Decimal(text), currency)
        if str(money.amount) != str(Decimal(text)):
            raise NotAnAmount(f"an amount in {currency} is written like {money.amount}")
        return money

    @classmethod
    def of_cents(cls, cents: int, currency: str) -> Self:
        """Of so many hundredths."""
        return cls(Decimal(cents).scaleb(-2), currency)

    @property
    def cents(self) -> int:
        """In hundredths; raises ``NotAnAmount`` for a currency that has none."""
        if self.currency in IN_THOUSANDTHS:
            raise NotAnAmount(f"{self.currency} has no hundredths")
        return int(self.amount.scaleb(2))

    def split(self, percentages: Sequence[int]) -> list[Self]:
        """In parts of so many percent: each is rounded, the last is what is left.

        No part is less than nothing, and all together are the whole.
        """
        parts, left = [], self
        for percentage in percentages[:-1]:
            exact = self.amount * percentage / 100
            rounded = type(self)(
                exact.quantize(unit_of(self.currency), ROUND_HALF_UP), self.currency
            )
            part = min(rounded, left)
            parts.append(part)
            left -= part
        return [*parts, left]

    def __add__(self, other: Self) -> Self:
        return type(self)(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.amount - self._same(other), self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: Self) -> Decimal:
        if other.currency != self.currency:
            raise CurrenciesDiffer(f"{self} and {other}")
        return other.amount
