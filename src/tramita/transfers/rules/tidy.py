"""What was typed, as it is kept: numbers without blanks, codes in capitals, dates and amounts our way.

What makes no sense is kept as it was typed; ``faults`` says so.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

_NUMBERS: Final = """
    payer.inn payer.kpp payer.ogrn payer_bank.bik payer_bank.account
    payer_bank.correspondent_account beneficiary.lei beneficiary_bank.bic beneficiary_bank.account
    beneficiary_bank.iban beneficiary_bank.intermediary_bic beneficiary_bank.local_code
    purpose.hs_code
""".split()
_CODES: Final = """
    beneficiary.country beneficiary.local_id beneficiary_bank.country money.currency
    money.fee_bearer money.payout_currency money.source_currency delivery.shipment_country
""".split()
_DATES: Final = """
    basis.contract_date basis.invoice_date delivery.expected_date terms.deadline
""".split()
_BLANKS: Final = re.compile(r"[\s\u00a0\u202f\u2009]+")
_RUSSIAN_DATE: Final = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})")
# ``1 000,50``, ``1.000,50`` and ``1,000.50`` alike. ``1,000`` is ambiguous, and left.
_AMOUNT: Final = re.compile(r"([0-9]+|[0-9]{1,3}(?:([., '])[0-9]{3})+)(?:([.,])([0-9]{1,4}))?")


def tidy(path: str, typed: str) -> str:
    """The value of the field of a path."""
    return _TIDIED.get(path, str.strip)(typed)


def _number(typed: str) -> str:
    return _BLANKS.sub("", typed).replace("-", "").upper()


def _code(typed: str) -> str:
    return typed.strip().upper()


def _date(typed: str) -> str:
    found = _RUSSIAN_DATE.fullmatch(typed.strip())
    if found is None:
        return typed.strip()
    day, month, year = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}"


def _amount(typed: str) -> str:
    text = _BLANKS.sub(" ", typed).strip()
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return text
    whole, groups, point, decimals = found.groups()
    if point is not None and (point == groups or (point == "," and len(decimals) == 3)):
        return text
    units = re.sub("[^0-9]", "", whole)
    return f"{units}.{decimals}" if decimals else units


_TIDIED: Final[Mapping[str, Callable[[str], str]]] = {
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_CODES, _code),
    **dict.fromkeys(_DATES, _date),
    "money.amount": _amount,
}
