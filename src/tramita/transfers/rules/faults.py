"""What is wrong with an application's fields, each with a code and a hint in the reader's language.

A draft may have any of these faults: they are told beside the fields. Before it is submitted or
counts there must be none, and nothing may be missing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.languages.words import Words
from tramita.transfers.lifecycle import ApplicationTrigger
from tramita.transfers.rules import numbers, swift
from tramita.transfers.rules.countries import (
    BANK_CODES,
    countries,
    currencies,
    decimals_of,
    is_same_country,
)
from tramita.transfers.rules.fields import Fields, PayerKind, is_filled, value_at
from tramita.transfers.rules.form import (
    CHOICES,
    COUNTRIES,
    CURRENCIES,
    DATES,
    IN_LATIN,
    REQUIRED_OF_CLIENT,
    Need,
    asked_only,
    payer_kind,
    shape,
)
from tramita.transfers.rules.hints import HINTS
from tramita.transfers.rules.kinds import Kind

_AMOUNT: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?")
_HS_CODE: Final = re.compile(r"[0-9]{4,10}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNLIMITED: Final[Mapping[str, str]] = {}
"""The most that is asked for, by currency, of a tenant that does not mind."""
INVOICE: Final = "files.invoice"
"""As what it is told that nobody has brought the invoice yet."""
PURPOSE_LETTERS: Final = swift.LINE * swift.LINES


@dataclass(frozen=True, slots=True)
class Fault(FieldError):
    """A field's fault; ``values`` stand in its hint."""

    values: Mapping[str, str] = field(default_factory=dict)

    def hint(self, words: Words) -> str:
        """What to do about it."""
        return words.gettext(HINTS[self.code], **self.values)


def fault(path: str, code: str, **values: str) -> Fault:
    """One fault of a field, with its hint in English."""
    return Fault(path, code, HINTS[code] % values, values)


def find_faults(
    fields: Fields, kind: Kind, today: date, limits: Mapping[str, str] = UNLIMITED
) -> list[Fault]:
    """What is wrong with what is filled in, where a tenant has ``limits``; hidden fields are passed over."""
    asked = asked_only(fields, kind)
    return [
        *_find_by_sort(asked, today),
        *_find_in_payer(asked),
        *_find_in_beneficiary(asked),
        *_find_in_bank(asked),
        *_find_in_money(asked, limits),
        *_find_in_purpose(asked),
    ]


def find_missing(fields: Fields, kind: Kind, trigger: ApplicationTrigger) -> list[Fault]:
    """What must be filled in before the trigger: a client submits with less than an agent checks."""
    wanted = [path for path, need in shape(fields, kind).items() if need is Need.REQUIRED]
    if trigger is ApplicationTrigger.SUBMIT:
        wanted = [path for path in wanted if path in REQUIRED_OF_CLIENT]
    return [fault(path, "required") for path in wanted if not is_filled(fields, path)]


def expect_complete(
    fields: Fields,
    kind: Kind,
    trigger: ApplicationTrigger,
    today: date,
    limits: Mapping[str, str] = UNLIMITED,
    *,
    lacks_invoice: bool = False,
) -> None:
    """Raise ``InvalidError`` of all faults if there are any, before ``SUBMIT`` or ``CHECK``."""
    found = [*find_missing(fields, kind, trigger), *find_faults(fields, kind, today, limits)]
    if lacks_invoice:
        found.append(fault(INVOICE, "invoice"))
    if found:
        raise InvalidError(list(found))


def amount_of(fields: Fields) -> Decimal | None:
    """The amount, if it is one of its currency."""
    is_right = _AMOUNT.fullmatch(fields.money.amount) and fields.money.currency in currencies()
    if not is_right or _has_too_many_decimals(fields):
        return None
    return Decimal(fields.money.amount)


def _has_too_many_decimals(fields: Fields) -> bool:
    decimals = fields.money.amount.partition(".")[2].rstrip("0")
    return len(decimals) > decimals_of(fields.money.currency)


def _find_by_sort(fields: Fields, today: date) -> Iterator[Fault]:
    """Choices, countries, currencies, dates and letters, wherever they stand."""
    for path, choices in CHOICES.items():
        yield from _unless(fields, path, choices.__contains__, "choice", allowed=", ".join(choices))
    for path in sorted(COUNTRIES):
        yield from _unless(fields, path, countries().__contains__, "country")
    for path in sorted(CURRENCIES):
        yield from _unless(fields, path, currencies().__contains__, "currency")
    for path in sorted(DATES):
        yield from _unless(fields, path, _is_date, "date")
    for path in ("basis.contract_date", "basis.invoice_date"):
        text = str(value_at(fields, path))
        if _is_date(text) and date.fromisoformat(text) > today:
            yield fault(path, "date_in_future")
    for path in sorted(IN_LATIN):
        text = str(value_at(fields, path))
        if not swift.is_carried(text):
            latin = swift.in_latin(text)
            yield fault(path, "latin", latin=latin) if latin else fault(path, "letters")


def _unless(
    fields: Fields, path: str, is_right: Callable[[str], bool], code: str, **values: str
) -> Iterator[Fault]:
    """A fault of the field unless it is empty or right."""
    text = str(value_at(fields, path))
    if text and not is_right(text):
        yield fault(path, code, **values)


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _find_in_payer(fields: Fields) -> Iterator[Fault]:
    payer, bank = fields.payer, fields.payer_bank
    yield from _unless(fields, "payer.inn", numbers.is_inn, "inn")
    yield from _unless(fields, "payer.kpp", numbers.is_kpp, "kpp")
    yield from _unless(fields, "payer.ogrn", numbers.is_ogrn, "ogrn")
    is_sole = payer_kind(fields) == PayerKind.SOLE_TRADER
    is_known = payer_kind(fields) in CHOICES["payer.kind"]
    if is_known and numbers.is_inn(payer.inn) and (len(payer.inn) == 12) != is_sole:
        yield fault("payer.inn", "inn_of_other_kind")
    if is_known and numbers.is_ogrn(payer.ogrn) and (len(payer.ogrn) == 15) != is_sole:
        yield fault("payer.ogrn", "ogrn_of_other_kind")
    yield from _unless(fields, "payer_bank.bik", numbers.is_bik, "bik")
    bik = bank.bik if numbers.is_bik(bank.bik) else ""
    for path, has_key in (
        ("payer_bank.account", numbers.is_account_at),
        ("payer_bank.correspondent_account", numbers.is_correspondent_account_of),
    ):
        yield from _unless(fields, path, numbers.is_account, "account")
        text = str(value_at(fields, path))
        if bik and numbers.is_account(text) and not has_key(text, bik):
            yield fault(path, "account_key")


def _find_in_beneficiary(fields: Fields) -> Iterator[Fault]:
    payee = fields.beneficiary
    if payee.country == "CN":
        yield from _unless(fields, "beneficiary.local_id", numbers.is_uscc, "uscc")
    yield from _unless(fields, "beneficiary.lei", numbers.is_lei, "lei")
    where = ", ".join(part for part in (payee.address, payee.city) if part)
    if swift.lines_of(payee.name, where) > swift.LINES:
        yield fault("beneficiary.address", "address_too_long", lines=str(swift.LINES))


def _find_in_bank(fields: Fields) -> Iterator[Fault]:
    bank = fields.beneficiary_bank
    yield from _unless(fields, "beneficiary_bank.bic", numbers.is_bic, "bic")
    yield from _unless(fields, "beneficiary_bank.intermediary_bic", numbers.is_bic, "bic")
    yield from _unless(fields, "beneficiary_bank.iban", numbers.is_iban, "iban")
    yield from _unless(
        fields, "beneficiary_bank.account", numbers.is_foreign_account, "foreign_account"
    )
    code = BANK_CODES.get(bank.country)
    if code is not None and bank.local_code and not re.fullmatch(code.pattern, bank.local_code):
        yield fault("beneficiary_bank.local_code", "bank_code", name=code.name)
    if bank.country in countries():
        if numbers.is_bic(bank.bic) and not is_same_country(bank.bic[4:6], bank.country):
            yield fault("beneficiary_bank.bic", "bic_of_other_country", country=bank.bic[4:6])
        if numbers.is_iban(bank.iban) and not is_same_country(bank.iban[:2], bank.country):
            yield fault("beneficiary_bank.iban", "iban_of_other_country", country=bank.iban[:2])


def _find_in_money(fields: Fields, limits: Mapping[str, str]) -> Iterator[Fault]:
    path, text, currency = "money.amount", fields.money.amount, fields.money.currency
    if not text:
        return
    if not _AMOUNT.fullmatch(text):
        yield fault(path, "amount")
    elif not Decimal(text):
        yield fault(path, "amount_zero")
    elif currency in currencies() and _has_too_many_decimals(fields):
        yield fault(path, "decimals", currency=currency, decimals=str(decimals_of(currency)))
    elif currency in limits and Decimal(text) > Decimal(limits[currency]):
        yield fault(path, "amount_limit", currency=currency, most=limits[currency])


def _find_in_purpose(fields: Fields) -> Iterator[Fault]:
    text = fields.purpose.text
    if len(text) > PURPOSE_LETTERS:
        yield fault("purpose.text", "purpose_too_long", most=str(PURPOSE_LETTERS))
    yield from _unless(
        fields, "purpose.hs_code", lambda code: bool(_HS_CODE.fullmatch(code)), "hs_code"
    )
