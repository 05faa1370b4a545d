"""What portability needs from a credit provider, in our words.

Rates are monthly or annual *fractions* (``Decimal("0.0167")`` is 1.67 %), money
is BRL as ``Decimal`` with two decimals, CPF and ISPB are digits only.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Outcome
from tramita.kit.outside import NotUnderstood


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
    """One contract as we send it. ``contract_number`` is ours, unique in the whole house."""

    contract_number: str
    borrower: Borrower
    benefit: Benefit
    bank_account: BankAccount
    origin: OriginContract
    terms: Terms
    refinancing: Terms | None = None
    documents: tuple[Document, ...] = ()
    signature_group: str | None = None


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

    key: str
    status: str
    contract_number: str
    document_key: str | None
    final_disbursement_amount: Decimal
    terms: OfferedTerms


@dataclass(frozen=True, slots=True)
class ProposalAnswer:
    """A readable answer to a proposal, in our words."""

    proposal_key: str
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
class FoundProposal:
    """A proposal the provider holds for a contract number.

    ``is_live``: it was not rejected, retained or cancelled, so it may still be paid.
    """

    key: str
    number: str
    is_live: bool


class Stage(StrEnum):
    """How far a proposal has come at the provider, in the order in which it happens.

    The last three end it without payment, ``PAID`` ends it well.
    """

    OFFERED = "offered"  # created, waits for the client's signature
    HELD = "held"  # signed, waits for our word to be submitted
    SUBMITTED = "submitted"  # at the clearing house
    AT_ORIGIN = "at_origin"  # the origin bank has five business days
    BALANCE_RETURNED = "balance_returned"  # the origin bank told the true balance
    BALANCE_ACCEPTED = "balance_accepted"  # we agreed to it
    SETTLING = "settling"  # the payment is on its way
    CONFIRMING = "confirming"  # paid, the origin bank has not confirmed yet
    PAID = "paid"
    RETAINED = "retained"
    REJECTED = "rejected"
    CANCELED = "canceled"


class ConsentStatus(StrEnum):
    """What the beneficiary said to the social security about the portability."""

    AWAITING = "awaiting"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Consent:
    """The beneficiary's consent; ``expires_on`` is the last calendar day to give it."""

    status: ConsentStatus
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Margin:
    """Whether the loan is registered on the benefit, and why it was not, in vendor codes."""

    is_registered: bool
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StopReason:
    """Why a proposal ended without payment: the vendor's code and words."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class News:
    """What the provider said about one proposal, by webhook or when it was read.

    ``said`` is the vendor's own word for it and is kept as it came; ``stage`` is ``None``
    when the vendor's status is new to us, or when the message is not about the status.
    ``contract_number`` is ours, and known only when the proposal was read.
    ``is_recognized`` is false for a status nobody has decided about yet.
    Fields that a message does not speak of are ``None``.
    """

    proposal_key: str
    happened_at: datetime
    said: str
    stage: Stage | None = None
    is_recognized: bool = True
    contract_number: str | None = None
    stop: StopReason | None = None
    final_balance: Decimal | None = None
    portability_number: str | None = None
    consent: Consent | None = None
    margin: Margin | None = None
    refinancing_status: str | None = None
    signer_progress: str | None = None
    installment_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NotForUs:
    """A message that is genuine and concerns nothing that Tramita carries."""

    said: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An identity picture to hand to the provider."""

    kind: str
    content: bytes


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

    async def read_proposal(
        self, ref: ProposalRef, attempt: Attempt
    ) -> Outcome[ProposalAnswer | UnreadableAnswer]:
        """A proposal as the provider shows it now, in the shape of the first answer.

        ``Refused`` when there is no such proposal.
        """
        ...

    async def read_news(self, ref: ProposalRef, attempt: Attempt) -> Outcome[News]:
        """Where a proposal stands now; the second source beside webhooks."""
        ...

    def read_message(self, body: bytes) -> News | NotForUs | NotUnderstood:
        """A verified webhook in our words; total, because whatever came is kept and shown."""
        ...

    async def cancel_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """End a proposal. ``Refused`` when it cannot be cancelled (any more)."""
        ...

    async def submit_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """Send a signed proposal that is held to the clearing house."""
        ...

    async def accept_balance(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """Agree to the true balance, so that the origin bank is paid."""
        ...

    async def recalculate(
        self,
        ref: ProposalRef,
        credit_operation_key: str,
        installment_amount: Decimal,
        attempt: Attempt,
    ) -> Outcome[None]:
        """Lower the instalment (BRL), so that the loan fits a lower true balance."""
        ...

    async def upload_picture(self, picture: Picture, attempt: Attempt) -> Outcome[str]:
        """Store a picture at the provider; answers the provider's key of it."""
        ...

    async def open_signature_group(self, attempt: Attempt) -> Outcome[str]:
        """Open a group whose proposals are signed by one link. An unused one does no harm."""
        ...

    async def send_group_to_signature(self, group_key: str, attempt: Attempt) -> Outcome[str]:
        """Close the group; answers the address of its one link. Again gives the same."""
        ...
