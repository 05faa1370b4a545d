"""What a lender answers to a proposal."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from tramita.portability.ports.news import Stage, StopReason


@dataclass(frozen=True, slots=True)
class Installment:
    """One line of the returned schedule."""

    number: int
    due_date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OfferedTerms:
    """What the provider calculated. All rates and CETs are fractions, never percent."""

    monthly_interest_rate: Decimal
    annual_interest_rate: Decimal
    monthly_cet: Decimal | None
    annual_cet: Decimal | None
    issue_amount: Decimal
    fees: Decimal
    disbursement_date: date
    number_of_installments: int
    installments: tuple[Installment, ...]


class LoanState(StrEnum):
    """How far the contract of one loan is: signed or not, or called off."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CreditOperation:
    """The provider's loan behind a proposal; ``document_key`` is the CCB.

    ``said`` is the vendor's own word for its ``state``, which is ``None`` where the word is
    new to us.
    """

    key: str
    state: LoanState | None
    said: str
    contract_number: str
    document_key: str | None
    final_disbursement_amount: Decimal
    terms: OfferedTerms


@dataclass(frozen=True, slots=True)
class ProposalAnswer:
    """A readable answer to a proposal, in our words.

    ``said`` is the vendor's own word for its ``stage``, which is ``None`` where the word is
    new to us.
    """

    proposal_key: str
    proposal_number: str
    stage: Stage | None
    said: str
    cpf: str
    benefit_number: str
    origin_contract_number: str
    origin_ispb: str
    portability: CreditOperation
    refinancing: CreditOperation | None
    signature_url: str | None


@dataclass(frozen=True, slots=True)
class UnreadableAnswer:
    """A 2xx answer whose body breaks the schema; the proposal probably exists.

    ``faults`` names each missing or mistyped field; ``proposal_key`` is kept when
    at least that could be read, so that the proposal can be found again.
    """

    faults: tuple[str, ...]
    proposal_key: str | None = None


@dataclass(frozen=True, slots=True)
class ProposalRef:
    """A proposal at its provider: the provider's key of it, and our contract number.

    ``contract_number`` is ``None`` where whose it is has to be found out.
    """

    provider: str
    key: str
    contract_number: str | None


@dataclass(frozen=True, slots=True)
class EndedProposal:
    """A proposal that the lender took and has ended since: there is nothing to sign.

    ``ended_as`` is ``REJECTED``, ``CANCELED`` or ``RETAINED``; ``reason`` is the lender's own.
    """

    ref: ProposalRef
    ended_as: Stage
    reason: StopReason


# What a lender answers when a proposal is sent to it or read.
Answered: TypeAlias = ProposalAnswer | UnreadableAnswer | EndedProposal


@dataclass(frozen=True, slots=True)
class FoundProposal:
    """A proposal the provider holds for a contract number.

    ``is_live``: it was not rejected, retained or cancelled, so it may still be paid.
    """

    key: str
    number: str
    is_live: bool
