"""QI Tech's records: only the fields we use, unknown fields allowed.

Every page of QI Tech says that answers grow, so nothing here is restrictive. The
same number arrives as a JSON number in one page version and as a string in another
(``"20.27"``), hence the lax decoding and the exact ``Decimal``.

What a type alone cannot say (a date, a fraction that must not be a percentage) is
said by a reader in the field's ``Meta``; ``find_faults`` uses types and readers to
name everything that is wrong with an answer, not only the first thing.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any, Final, TypeAlias, get_args, get_origin
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from tramita.kit.outside import UNREADABLE

LARGEST_AMOUNT: Final = Decimal(10) ** 9
# No loan costs 50 % a month, and no monthly rate is below 0.5 %: a "fraction" from
# here on is a percentage that lost its unit.
LARGEST_FRACTION: Final = Decimal("0.5")
MOST_FAULTS: Final = 20


def parse_instant(text: str) -> datetime | None:
    """Read a QI Tech date-time into an aware one; None when it is not a date-time.

    Four spellings were seen: ``2022-11-24T15:42:12``, ``2026-05-19 06:15:00``,
    ``2025-10-10T19:45:39Z``, ``2021-10-22T20:30:23.459Z``. No page states the zone
    of the first two; UTC is assumed, as in the two that state theirs.
    """
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def read_day(text: str) -> date:
    """A date, or the date of a date-time. Raises ValueError."""
    return date.fromisoformat(text[:10])


def read_amount(amount: Decimal) -> Decimal:
    """BRL as it came. Raises ValueError for what cannot be a loan's amount."""
    if not amount.is_finite() or abs(amount) >= LARGEST_AMOUNT:
        raise ValueError("Not an amount of money")
    return amount


def read_fraction(fraction: Decimal) -> Decimal:
    """A monthly rate as a fraction. Raises ValueError for what looks like a percentage."""
    if not fraction.is_finite() or abs(fraction) >= LARGEST_FRACTION:
        raise ValueError("Not a monthly fraction; a percentage?")
    return fraction


def read_percent(percent: Decimal) -> Decimal:
    """A percentage (``5.82``) as a fraction (``0.0582``). Raises ValueError."""
    return read_amount(percent) / 100


Day: TypeAlias = Annotated[str, Meta(extra={"reader": read_day})]
Amount: TypeAlias = Annotated[Decimal, Meta(extra={"reader": read_amount})]
Fraction: TypeAlias = Annotated[Decimal, Meta(extra={"reader": read_fraction})]
Percent: TypeAlias = Annotated[Decimal, Meta(extra={"reader": read_percent})]
# An identifier that some answers turn into a number, losing its leading zeros.
Identifier: TypeAlias = str | int


class Installment(Struct):
    """One line of the schedule."""

    installment_number: int
    due_date: Day
    total_amount: Amount


class PrefixedInterestRate(Struct):
    """Rates as fractions."""

    monthly_rate: Fraction
    annual_rate: Amount


class DisbursementOption(Struct):
    """What was calculated for one day of payment; ``cet`` and ``annual_cet`` are percent."""

    issue_amount: Amount
    disbursement_date: Day
    number_of_installments: int
    prefixed_interest_rate: PrefixedInterestRate
    installments: Annotated[list[Installment], Meta(min_length=1)]
    cet: Percent | None = None
    annual_cet: Percent | None = None
    contract_fee_amount: Amount | None = None
    external_contract_fee_amount: Amount | None = None


class CreditOperation(Struct):
    """The loan behind a proposal; ``document_key`` is its CCB."""

    credit_operation_key: UUID
    credit_operation_status: str
    contract_number: str
    final_disbursement_amount: Amount
    disbursement_options: Annotated[list[DisbursementOption], Meta(min_length=1)]
    document_key: str | None = None


class BorrowerEcho(Struct):
    """Whom QI Tech says the proposal is for."""

    individual_document_number: Identifier


class CollateralData(Struct):
    """The benefit; QI Tech's number may have lost its leading zeros."""

    benefit_number: Identifier


class Collateral(Struct):
    """What secures the loan."""

    collateral_data: CollateralData


class OriginOperation(Struct):
    """Asked as ``origin_contract.ispb``, answered as ``origin_operation.ispb_number``."""

    contract_number: Identifier
    ispb_number: Identifier


class ProposalAnswer(Struct):
    """The synchronous answer to a proposal."""

    proposal_key: UUID
    proposal_number: Identifier
    proposal_status: str
    borrower: BorrowerEcho
    collaterals: Annotated[list[Collateral], Meta(min_length=1)]
    origin_operation: OriginOperation
    portability_credit_operation: CreditOperation
    refinancing_credit_operation: CreditOperation | None = None
    # Its inner shape is on no public page, and it is absent from a signature group.
    signature_information: Any = None


class ProposalKey(Struct):
    """The one thing to save from an answer that cannot be read otherwise."""

    proposal_key: UUID


class FoundOperation(Struct):
    """The loan of a found proposal, by our number."""

    contract_number: str | None = None


class FoundProposal(Struct):
    """One line of the answer to a query by contract number."""

    proposal_key: UUID
    proposal_number: str | int
    proposal_status: str
    portability_credit_operation: FoundOperation | None = None


class ErrorAnswer(Struct):
    """The error envelope of every API: ``description`` is English, ``translation`` Portuguese."""

    title: str | None = None
    description: str | None = None
    translation: str | None = None
    code: str | None = None


_PROPOSAL_ANSWER: Final = msgspec.json.Decoder(ProposalAnswer, strict=False)


def read_proposal_answer(body: bytes) -> ProposalAnswer:
    """Decode an answer. Raises ValueError or RecursionError for anything else."""
    return _PROPOSAL_ANSWER.decode(body)


def find_faults(body: bytes) -> tuple[str, ...]:
    """Name what is wrong with an answer, field by field, at most twenty things."""
    try:
        # Amounts stay exact, so that a fault is found if and only if decoding finds it.
        answer = msgspec.json.Decoder(float_hook=Decimal).decode(body)
    except UNREADABLE:
        return ("The body is not JSON.",)
    return tuple(islice(_faults(answer, ProposalAnswer, ""), MOST_FAULTS))


def _faults(value: object, kind: Any, path: str) -> Iterator[str]:
    """Walk a decoded value beside the type it should have."""
    kind, meta = _unwrapped(kind, value)
    if isinstance(kind, type) and issubclass(kind, Struct):
        yield from _object_faults(value, kind, path)
    elif get_origin(kind) is list:
        yield from _list_faults(value, kind, path, meta)
    elif (fault := _leaf_fault(value, kind, meta)) is not None:
        yield f"{path}: {fault}."


def _unwrapped(kind: Any, value: object) -> tuple[Any, Meta | None]:
    """Strip ``| None`` when there is a value, and the ``Meta`` around a type."""
    members = [member for member in get_args(kind) if member is not type(None)]
    if get_origin(kind) not in (list, Annotated) and len(members) == 1 and value is not None:
        kind = members[0]
    if get_origin(kind) is Annotated:
        inner, meta = get_args(kind)
        return inner, meta
    return kind, None


def _object_faults(value: object, kind: type[Struct], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path or 'The body'}: expected an object."
        return
    for field in msgspec.structs.fields(kind):
        inner = f"{path}.{field.name}".lstrip(".")
        if field.name in value:
            yield from _faults(value[field.name], field.type, inner)
        elif field.required:
            yield f"{inner}: missing."


def _list_faults(value: object, kind: Any, path: str, meta: Meta | None) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: expected a list."
    elif meta is not None and len(value) < (meta.min_length or 0):
        yield f"{path}: empty."
    else:
        for index, member in enumerate(value):
            yield from _faults(member, get_args(kind)[0], f"{path}[{index}]")


def _leaf_fault(value: object, kind: Any, meta: Meta | None) -> str | None:
    try:
        converted = msgspec.convert(value, kind, strict=False)
        reader: Callable[[Any], object] | None = ((meta and meta.extra) or {}).get("reader")
        if reader is not None:
            reader(converted)
    except ValueError as error:
        return str(error).rstrip(".")
    return None
