"""Which fields an application asks, of those that there are: it depends on what stands in the others.

What is hidden is not asked, and not kept once the application counts. Form, faults and 1C read the
same table.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from tramita.transfers.rules.countries import BANK_CODES, has_iban
from tramita.transfers.rules.fields import (
    GROUPS,
    PATHS,
    FeeBearer,
    Fields,
    PayerKind,
    PurposeKind,
)
from tramita.transfers.rules.kinds import TRAITS, Kind


class Need(StrEnum):
    """Whether a field is asked."""

    HIDDEN = "hidden"
    OPTIONAL = "optional"
    REQUIRED = "required"


# What a value is chosen from, where there are few.
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "payer.kind": tuple(PayerKind),
    "money.fee_bearer": tuple(FeeBearer),
    "purpose.kind": tuple(PurposeKind),
}
COUNTRIES: Final = frozenset(
    {"beneficiary.country", "beneficiary_bank.country", "delivery.shipment_country"}
)
CURRENCIES: Final = frozenset({"money.currency", "money.payout_currency", "money.source_currency"})
DATES: Final = frozenset(
    {"basis.contract_date", "basis.invoice_date", "delivery.expected_date", "terms.deadline"}
)
# What SWIFT carries as it is.
IN_LATIN: Final = frozenset(
    {
        "beneficiary.name",
        "beneficiary.address",
        "beneficiary.city",
        "beneficiary_bank.name",
        "purpose.text",
    }
)
# Of these an application consists whatever it is for; the rest follows from what stands in it.
_ALWAYS: Final = frozenset(
    {
        "payer.name",
        "payer.inn",
        "beneficiary.name",
        "beneficiary.country",
        "beneficiary.address",
        "beneficiary.city",
        "beneficiary_bank.name",
        "beneficiary_bank.country",
        "beneficiary_bank.bic",
        "money.amount",
        "money.currency",
        "money.fee_bearer",
        "purpose.text",
        "purpose.kind",
        "basis.invoice_number",
        "basis.invoice_date",
        "consent.personal_data",
        "consent.rules_version",
    }
)
# Without these a client cannot say that it is ready; the agent asks for the rest.
REQUIRED_OF_CLIENT: Final = frozenset(
    {
        "payer.name",
        "payer.inn",
        "beneficiary.name",
        "beneficiary.country",
        "money.amount",
        "money.currency",
        "consent.personal_data",
        "consent.rules_version",
    }
)


def shape(fields: Fields, kind: Kind) -> dict[str, Need]:
    """What is asked, by path."""
    needs = {path: Need.REQUIRED if path in _ALWAYS else Need.OPTIONAL for path in PATHS}
    return needs | _of_payer(fields) | _of_bank(fields) | _of_purpose(fields) | _of_kind(kind)


def payer_kind(fields: Fields) -> str:
    """What the payer is: as it says, else as the length of its ИНН tells."""
    by_length = {10: PayerKind.LEGAL_ENTITY, 12: PayerKind.SOLE_TRADER}
    return fields.payer.kind or by_length.get(len(fields.payer.inn), "")


def asked_only(fields: Fields, kind: Kind) -> Fields:
    """The fields without what is hidden."""
    groups = {group: msgspec.structs.asdict(getattr(fields, group)) for group in GROUPS}
    for path, need in shape(fields, kind).items():
        if need is Need.HIDDEN:
            group, _, name = path.partition(".")
            groups[group].pop(name)
    return msgspec.convert(groups, Fields)


def _of_payer(fields: Fields) -> dict[str, Need]:
    """Only companies have a КПП."""
    is_sole = payer_kind(fields) == PayerKind.SOLE_TRADER
    return {"payer.kpp": Need.HIDDEN} if is_sole else {}


def _of_bank(fields: Fields) -> dict[str, Need]:
    """An IBAN or an account, by the bank's country; in China a CNAPS and a USCC, above all for yuan."""
    country = fields.beneficiary_bank.country
    if not country:
        return {"beneficiary_bank.local_code": Need.HIDDEN}
    is_yuan = fields.money.currency == "CNY"
    needs = {
        "beneficiary_bank.iban": Need.REQUIRED if has_iban(country) else Need.HIDDEN,
        "beneficiary_bank.account": Need.HIDDEN if has_iban(country) else Need.REQUIRED,
        "beneficiary_bank.local_code": Need.OPTIONAL if country in BANK_CODES else Need.HIDDEN,
    }
    if is_yuan and country == "CN":
        needs["beneficiary_bank.local_code"] = Need.REQUIRED
    if is_yuan and fields.beneficiary.country == "CN":
        needs["beneficiary.local_id"] = Need.REQUIRED
    return needs


def _of_purpose(fields: Fields) -> dict[str, Need]:
    """Services have no customs code, and come from nowhere."""
    if fields.purpose.kind != PurposeKind.SERVICES:
        return {}
    hidden = ("purpose.hs_code", "delivery.shipment_country", "delivery.expected_date")
    return dict.fromkeys(hidden, Need.HIDDEN)


def _of_kind(kind: Kind) -> dict[str, Need]:
    return {} if TRAITS[kind].has_deadline else {"terms.deadline": Need.HIDDEN}
