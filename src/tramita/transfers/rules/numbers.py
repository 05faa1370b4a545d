"""Numbers that carry their own proof: of Russian companies and banks, and of those abroad.

Each function answers whether the number, tidied (``tidy``), is one. python-stdnum knows most of them;
where it says less or something else than the registers do, that is noted.
"""

import re
from typing import Final

from stdnum import bic, iban, lei
from stdnum.cn import uscc
from stdnum.ru import inn, ogrn

_KPP: Final = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_BIK: Final = re.compile(r"0[0-9]{8}")
_ACCOUNT: Final = re.compile(r"[0-9]{20}")
_LEI: Final = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_USCC: Final = re.compile(r"[1-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_FOREIGN_ACCOUNT: Final = re.compile(r"[0-9A-Z]{4,34}")
_KEY_WEIGHTS: Final = (7, 1, 3)


def is_inn(number: str) -> bool:
    """ИНН, of a company (10 digits) or a person (12)."""
    # Defensive: zeros are a valid sum, and no tax office has the number 00.
    return bool(inn.is_valid(number)) and not number.startswith("00")


def is_kpp(number: str) -> bool:
    """КПП: it has no check digit."""
    return _KPP.fullmatch(number) is not None


def is_ogrn(number: str) -> bool:
    """ОГРН of a company (13 digits) or ОГРНИП of a sole trader (15)."""
    if len(number) != 15 or not number.isascii() or not number.isdigit():
        return bool(ogrn.is_valid(number))
    # Defensive: python-stdnum takes a remainder of 10 to 12 for two digits, and refuses every
    # number that has one.
    return number[0] in "34" and int(number[-1]) == int(number[:-1]) % 13 % 10


def is_bik(number: str) -> bool:
    """БИК: nine digits, the first a zero."""
    return _BIK.fullmatch(number) is not None


def is_account(number: str) -> bool:
    """An account in Russia, of whatever bank: twenty digits."""
    return _ACCOUNT.fullmatch(number) is not None


def is_account_at(account: str, bik: str) -> bool:
    """Whether an account's key digit goes with its bank: twenty digits, and the bank's own three."""
    return _has_key(account, bik[-3:])


def is_correspondent_account_of(account: str, bik: str) -> bool:
    """Whether an account at the Bank of Russia is that of this bank."""
    return account.startswith("301") and _has_key(account, f"0{bik[4:6]}")


def _has_key(account: str, bank: str) -> bool:
    if not is_account(account):
        return False
    digits = map(int, bank + account)
    return sum(digit * _KEY_WEIGHTS[at % 3] for at, digit in enumerate(digits)) % 10 == 0


def is_uscc(number: str) -> bool:
    """The number of a Chinese company (统一社会信用代码)."""
    # Defensive: python-stdnum wants a digit where bodies of some departments have a letter.
    return _USCC.fullmatch(number) is not None and number[-1] == uscc.calc_check_digit(number)


def is_lei(number: str) -> bool:
    """A Legal Entity Identifier."""
    # Defensive: python-stdnum takes any length.
    return _LEI.fullmatch(number) is not None and bool(lei.is_valid(number))


def is_iban(number: str) -> bool:
    """An IBAN of a country that has them; its bank need not be known."""
    return bool(iban.is_valid(number, check_country=False))


def is_bic(number: str) -> bool:
    """A BIC. No register is asked: each of them lacks banks that there are."""
    return bool(bic.is_valid(number))


def is_foreign_account(number: str) -> bool:
    """An account where there are no IBANs: letters and digits."""
    return _FOREIGN_ACCOUNT.fullmatch(number) is not None
