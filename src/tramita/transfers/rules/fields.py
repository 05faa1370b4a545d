"""The form of an application: what is asked, in which groups, and what must be there to count.

A draft holds whatever was typed, so each field is a text and empty until somebody fills it; what is
right is said by ``rules.faults``, what is asked of whom by ``rules.form``. On the wire and at rest an application's fields are one object of
groups: ``{"payer": {"inn": "7707083893"}, "money": {"amount": "1000.00"}}``. A path names a field:
``payer.inn``. Files are no fields.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from tramita.kit.errors import FieldError, InvalidError
from tramita.transfers.rules.tidy import tidy

Line = Annotated[str, Meta(max_length=140)]
Long = Annotated[str, Meta(max_length=500)]
Code = Annotated[str, Meta(max_length=40)]


class PayerKind(StrEnum):
    """What a payer is: юридическое лицо, индивидуальный предприниматель."""

    LEGAL_ENTITY = "legal_entity"
    SOLE_TRADER = "sole_trader"


class FeeBearer(StrEnum):
    """Who bears the banks' fees, in SWIFT's words."""

    OUR = "OUR"
    SHA = "SHA"
    BEN = "BEN"


class PurposeKind(StrEnum):
    """What is paid for."""

    GOODS = "goods"
    SERVICES = "services"


class Payer(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who pays: a company or sole trader of Russia."""

    name: Long = ""
    kind: Code = ""
    inn: Code = ""
    kpp: Code = ""
    ogrn: Code = ""
    address: Long = ""
    contact: Long = ""


class PayerBank(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where the payer's money comes from."""

    bik: Code = ""
    account: Code = ""
    correspondent_account: Code = ""


class Beneficiary(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who is paid: ``name``, ``address`` and ``city`` as SWIFT writes them, ``country`` ISO 3166.

    ``local_id``: the number under which the country registers it, in China the USCC.
    """

    name: Line = ""
    country: Code = ""
    address: Line = ""
    city: Line = ""
    entity_type: Line = ""
    local_id: Code = ""
    lei: Code = ""


class BeneficiaryBank(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where it is paid to: by ``iban`` where the country has one, else by ``account``.

    ``local_code``: the bank's number within its country, in China the CNAPS.
    """

    name: Line = ""
    country: Code = ""
    bic: Code = ""
    account: Code = ""
    iban: Code = ""
    intermediary_bic: Code = ""
    local_code: Code = ""


class Money(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How much: ``amount`` as in ``"1000.00"``, currencies ISO 4217.

    It is ``currency`` that the invoice has, ``payout_currency`` what the beneficiary gets if it is
    another, ``source_currency`` what the client pays in.
    """

    amount: Code = ""
    currency: Code = ""
    fee_bearer: Code = ""
    payout_currency: Code = ""
    source_currency: Code = ""


class Purpose(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What for: ``text`` as SWIFT writes it, ``hs_code`` of goods."""

    text: Long = ""
    kind: Code = ""
    hs_code: Code = ""
    vat: Line = ""


class Basis(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """By what: dates as in ``2026-11-30``; ``unique_contract_number`` is the bank's УНК."""

    contract_number: Line = ""
    contract_date: Code = ""
    invoice_number: Line = ""
    invoice_date: Code = ""
    unique_contract_number: Code = ""
    specification: Line = ""


class Delivery(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """From where, and when."""

    shipment_country: Code = ""
    expected_date: Code = ""


class Terms(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is wished for; applications from a chat have no ``deadline``."""

    deadline: Code = ""
    urgency: Line = ""


class Consent(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """To what the client agreed; when, and who it was, is told by the application's revision."""

    personal_data: bool = False
    rules_version: Code = ""


class Fields(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Everything that an application asks."""

    payer: Payer = Payer()
    payer_bank: PayerBank = PayerBank()
    beneficiary: Beneficiary = Beneficiary()
    beneficiary_bank: BeneficiaryBank = BeneficiaryBank()
    money: Money = Money()
    purpose: Purpose = Purpose()
    basis: Basis = Basis()
    delivery: Delivery = Delivery()
    terms: Terms = Terms()
    consent: Consent = Consent()


Value = str | bool

GROUPS: Final = Fields.__struct_fields__
PATHS: Final = tuple(
    f"{group}.{name}" for group in GROUPS for name in getattr(Fields(), group).__struct_fields__
)


def value_at(fields: Fields, path: str) -> Value:
    """What stands in the field of a path."""
    group, _, name = path.partition(".")
    value: Value = getattr(getattr(fields, group), name)
    return value


def is_filled(fields: Fields, path: str) -> bool:
    """Whether there is anything in the field."""
    value = value_at(fields, path)
    return value if isinstance(value, bool) else bool(value.strip())


def changed_paths(before: Fields, after: Fields) -> list[str]:
    """The fields that differ."""
    return [path for path in PATHS if value_at(before, path) != value_at(after, path)]


def read_fields(text: str | bytes) -> Fields:
    """Fields as they are kept."""
    return msgspec.json.decode(text, type=Fields)


def write_fields(fields: Fields) -> str:
    """Fields as they are kept; what is empty is left out."""
    groups = {name: values for name, values in msgspec.to_builtins(fields).items() if values}
    return msgspec.json.encode(groups).decode()


def change(fields: Fields, changes: Mapping[str, Any]) -> Fields:
    """The fields with ``changes`` merged in, tidied, where null empties; raises ``InvalidError``."""
    errors = list(_misshapen(changes))
    if errors:
        raise InvalidError(errors)
    merged = {group: msgspec.structs.asdict(getattr(fields, group)) for group in GROUPS}
    for group, values in changes.items():
        empty = msgspec.structs.asdict(getattr(Fields(), group))
        merged[group] |= {
            name: empty[name] if value is None else _tidied(f"{group}.{name}", value)
            for name, value in (empty if values is None else values).items()
        }
    return msgspec.convert(merged, Fields)


def _tidied(path: str, value: Value) -> Value:
    return value if isinstance(value, bool) else tidy(path, value)


def _misshapen(changes: Mapping[str, Any]) -> Iterator[FieldError]:
    """What cannot be merged, each with its path."""
    for group, values in changes.items():
        if group not in GROUPS:
            yield FieldError(group, "unknown_field", "there is no such group of fields")
        elif values is not None and not isinstance(values, Mapping):
            yield FieldError(group, "wrong_type", "a group of fields is an object")
        else:
            for name, value in (values or {}).items():
                yield from _misshapen_value(f"{group}.{name}", value)


def _misshapen_value(path: str, value: Any) -> Iterator[FieldError]:
    if path not in PATHS:
        yield FieldError(path, "unknown_field", "there is no such field")
    elif value is not None:
        group, _, name = path.partition(".")
        empty = getattr(Fields(), group)
        try:
            msgspec.convert({name: value}, type(empty))
        except msgspec.ValidationError as error:
            is_text = isinstance(value, str) and isinstance(getattr(empty, name), str)
            code = "too_long" if is_text else "wrong_type"
            yield FieldError(path, code, str(error).partition(" - at")[0])
