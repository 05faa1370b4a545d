"""What portability needs from a credit provider, in our words.

Rates are monthly or annual *fractions* (``Decimal("0.0167")`` is 1.67 %), money
is BRL as ``Decimal`` with two decimals, CPF and ISPB are digits only.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Phone:
    """A Brazilian phone: two-digit area code (DDD) and number, digits only."""

    area_code: str
    number: str


@dataclass(frozen=True, slots=True)
class Identification:
    """An identity document; ``type`` is ``rg`` or ``cnh``."""

    type: str
    number: str
    issued_at: date


@dataclass(frozen=True, slots=True)
class Address:
    """A Brazilian address; ``state`` is the UF, ``postal_code`` the CEP in digits."""

    street: str
    number: str
    complement: str | None
    neighborhood: str
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Borrower:
    """The client whose loans are moved."""

    name: str
    cpf: str
    birth_date: date
    gender: str
    mother_name: str
    nationality: str
    marital_status: str
    is_pep: bool
    email: str
    phone: Phone
    identification: Identification
    address: Address


@dataclass(frozen=True, slots=True)
class Benefit:
    """The INSS benefit whose margin secures the loan; compare numbers as integers."""

    number: str
    state: str
    species: int


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where the change of a refinancing is paid."""

    bank_code: str
    branch: str
    account: str
    digit: str


@dataclass(frozen=True, slots=True)
class OriginContract:
    """The loan as the origin bank holds it today."""

    ispb: str
    bank_name: str
    contract_number: str
    last_due_balance: Decimal
    monthly_interest_rate: Decimal
    installment_amount: Decimal
    remaining_installments: int


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms we propose, for the portability itself or for its refinancing."""

    monthly_interest_rate: Decimal
    number_of_installments: int
    first_due_date: date
    installment_amount: Decimal


@dataclass(frozen=True, slots=True)
class Document:
    """An identity picture; sizes in pixels and bytes, ``key`` is the provider's."""

    kind: str
    media_type: str
    width: int
    height: int
    size: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One contract as we send it. ``contract_number`` is ours and unique."""

    contract_number: str
    borrower: Borrower
    benefit: Benefit
    bank_account: BankAccount
    origin: OriginContract
    terms: Terms
    refinancing: Terms | None = None
    documents: tuple[Document, ...] = ()


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


@dataclass(frozen=True, slots=True)
class CreditOperation:
    """The provider's loan behind a proposal; ``document_key`` is the CCB."""

    key: UUID
    status: str
    contract_number: str
    document_key: str | None
    final_disbursement_amount: Decimal
    terms: OfferedTerms


@dataclass(frozen=True, slots=True)
class ProposalAnswer:
    """A readable answer to a proposal, in our words."""

    proposal_key: UUID
    proposal_number: str
    status: str
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
    proposal_key: UUID | None = field(default=None)


@dataclass(frozen=True, slots=True)
class FoundProposal:
    """A proposal the provider holds for a contract number.

    ``is_live``: it was not rejected, retained or cancelled, so it may still be paid.
    """

    key: UUID
    number: str
    is_live: bool


class ProposalGateway(Protocol):
    """A provider that takes portability proposals."""

    async def insert_proposal(
        self, proposal: Proposal, attempt: Attempt
    ) -> Outcome[ProposalAnswer | UnreadableAnswer]:
        """Create the proposal at the provider, at most once per attempt.

        ``Done`` carries whatever the provider said it created, not yet judged by
        ``rules.validate_proposal``. ``Refused`` is a documented error answer.
        """
        ...

    async def find_proposals(
        self, contract_number: str, attempt: Attempt
    ) -> Outcome[tuple[FoundProposal, ...]]:
        """Every proposal the provider has of our contract number; changes nothing there.

        ``Refused`` when the provider does not answer such questions.
        """
        ...
