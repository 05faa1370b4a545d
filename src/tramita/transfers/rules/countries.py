"""Countries and currencies as an application names them, and how money is moved in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies
from stdnum import numdb

from tramita.kit.money import IN_THOUSANDTHS, WITHOUT_HUNDREDTHS

# What CLDR names besides countries: groups of them, parts of some, and what is unknown.
_NO_COUNTRIES: Final = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
# Babel's own count is that of cash: it gives pesos and forints none, which are paid in hundredths.
# Banks of these are in their country's register.
_WITHIN: Final[Mapping[str, str]] = {
    **dict.fromkeys(("GG", "IM", "JE"), "GB"),
    **dict.fromkeys(("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"), "FR"),
    **dict.fromkeys(("AS", "GU", "MP", "PR", "VI"), "US"),
    "AX": "FI",
}


@dataclass(frozen=True, slots=True)
class BankCode:
    """The number of a bank within its country: its name, and how it looks."""

    name: str
    pattern: str


BANK_CODES: Final[Mapping[str, BankCode]] = {
    "CN": BankCode("CNAPS", r"[0-9]{12}"),
    "IN": BankCode("IFSC", r"[A-Z]{4}0[0-9A-Z]{6}"),
    "US": BankCode("ABA", r"[0-9]{9}"),
}


@cache
def countries() -> frozenset[str]:
    """Every country by ISO 3166, and Kosovo (XK) as banks write it."""
    return frozenset(
        code
        for code in map(str, Locale("en").territories)
        if len(code) == 2 and code not in _NO_COUNTRIES
    )


@cache
def currencies() -> frozenset[str]:
    """Every currency (ISO 4217) that is legal tender somewhere today."""
    return frozenset(
        code for country in get_global("territory_currencies") for code in _tender(country)
    )


def _tender(country: str) -> list[str]:
    found: list[str] = get_territory_currencies(country)
    return found


def decimals_of(currency: str) -> int:
    """How many decimals an amount of the currency may have, by ISO 4217."""
    if currency in IN_THOUSANDTHS:
        return 3
    return 0 if currency in WITHOUT_HUNDREDTHS - {"MRU", "MGA"} else 2


def has_iban(country: str) -> bool:
    """Whether accounts of the country are called by an IBAN.

    Defensive: the register has one for Russia, which no bank there uses for payments.
    """
    return country != "RU" and any(facts for _, facts in numdb.get("iban").info(country))


def is_same_country(one: str, other: str) -> bool:
    """Whether a bank may say the one of itself and the other of its account."""
    return _WITHIN.get(one, one) == _WITHIN.get(other, other)
