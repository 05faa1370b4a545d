"""Bodies of the envelope API, as ``docs/reference`` and OpenAPI show them."""

from datetime import date, datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from msgspec import Meta, Struct, convert, field
from msgspec.structs import replace

from tramita.kit.texts import OF_PEOPLE
from tramita.portability import ports
from tramita.portability.model import Client
from tramita.portability.sold import Sold
from tramita.portability.views import ConsentAnswer, CustomerDetails, FinancialDetails, MarginAnswer

T = TypeVar("T")

# ``$`` alone would let a line feed follow; ``(?!\n)`` says the same in every dialect.
Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=OF_PEOPLE)]
# A path of nothing but dots and slashes names nothing.
Number = Annotated[str, Meta(max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9./_-]*$(?!\n)")]
CPF = Annotated[str, Meta(pattern=r"^[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}$(?!\n)")]
Money = Annotated[str, Meta(pattern=r"^[0-9]{1,9}\.[0-9]{2}$(?!\n)", examples=["8912.77"])]
Rate = Annotated[str, Meta(pattern=r"^0\.[0-9]{1,8}$(?!\n)", examples=["0.0167"])]
Count = Annotated[int, Meta(ge=1, le=240)]
Provider = Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9_-]+$(?!\n)", examples=["qitech"])]
State = Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)", examples=["SP"])]


class PhoneBody(Struct, forbid_unknown_fields=True):
    """A Brazilian phone."""

    area_code: Annotated[str, Meta(pattern=r"^[1-9][0-9]$(?!\n)")]
    number: Annotated[str, Meta(pattern=r"^[0-9]{8,9}$(?!\n)")]


class IdentificationBody(Struct, forbid_unknown_fields=True):
    """An identity document."""

    type: Literal["rg", "cnh"]
    number: Number
    issued_at: date


class AddressBody(Struct, forbid_unknown_fields=True):
    """Where the client lives."""

    street: Text
    number: Text
    neighborhood: Text
    city: Text
    state: State
    postal_code: Annotated[str, Meta(pattern=r"^[0-9]{5}-?[0-9]{3}$(?!\n)")]
    complement: Text | None = None


class BenefitBody(Struct, forbid_unknown_fields=True):
    """The INSS benefit whose margin secures the loan."""

    number: Annotated[str, Meta(pattern=r"^[0-9]{1,10}$(?!\n)")]
    state: State
    species: Annotated[int, Meta(ge=1, le=99)]


class BankAccountBody(Struct, forbid_unknown_fields=True):
    """Where a refinancing's change is paid."""

    bank_code: Annotated[str, Meta(pattern=r"^[0-9]{3}$(?!\n)")]
    branch: Annotated[str, Meta(pattern=r"^[0-9]{1,4}$(?!\n)")]
    account: Annotated[str, Meta(pattern=r"^[0-9]{1,12}$(?!\n)")]
    digit: Annotated[str, Meta(pattern=r"^[0-9XP]$(?!\n)")]


class CustomerBody(Struct, forbid_unknown_fields=True):
    """The client of an envelope."""

    name: Text
    cpf: CPF
    birth_date: date
    gender: Literal["female", "male"]
    mother_name: Text
    nationality: Text
    marital_status: Literal["single", "married", "divorced", "widowed", "separated"]
    is_pep: bool
    email: Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$(?!\n)", max_length=200)]
    phone: PhoneBody
    identification: IdentificationBody
    address: AddressBody
    benefit: BenefitBody
    bank_account: BankAccountBody

    def to_client(self) -> Client:
        """The client in the port's words: digits only where digits count."""
        address = replace(self.address, postal_code=_digits(self.address.postal_code))
        return Client(
            borrower=_as(ports.Borrower, replace(self, cpf=_digits(self.cpf), address=address)),
            benefit=_as(ports.Benefit, self.benefit),
            bank_account=_as(ports.BankAccount, self.bank_account),
        )


class OriginBody(Struct, forbid_unknown_fields=True):
    """The loan at the origin bank today; the rate is a monthly fraction."""

    ispb: Annotated[str, Meta(pattern=r"^[0-9]{8}$(?!\n)")]
    bank_name: Text
    contract_number: Number
    last_due_balance: Money
    monthly_interest_rate: Rate
    installment_amount: Money
    remaining_installments: Count


class TermsBody(Struct, forbid_unknown_fields=True):
    """Proposed terms; the rate is a monthly fraction."""

    monthly_interest_rate: Rate
    number_of_installments: Count
    first_due_date: date
    installment_amount: Money


class ContractBody(Struct, forbid_unknown_fields=True):
    """One contract; ``origin`` and ``proposal`` are required for ``PORTABILIDADE``.

    ``provider`` is the bank that a portability goes to, by the key under which it is
    installed; without it, the one that this installation uses.
    """

    product: Annotated[str, Meta(pattern=r"^[A-Z][A-Z_]{1,39}$(?!\n)", examples=["PORTABILIDADE"])]
    contract_number: Number
    origin: OriginBody | None = None
    proposal: TermsBody | None = None
    refinancing: TermsBody | None = None
    provider: Provider | None = None

    def to_sold(self) -> Sold:
        """The same in the area's words."""
        return Sold(
            product=self.product,
            number=self.contract_number,
            origin=_as(ports.OriginContract, self.origin) if self.origin else None,
            terms=_as(ports.Terms, self.proposal) if self.proposal else None,
            refinancing=_as(ports.Terms, self.refinancing) if self.refinancing else None,
            provider=self.provider,
        )


class EnvelopeBody(Struct, forbid_unknown_fields=True):
    """A new envelope: one client, and what was sold to them."""

    customer: CustomerBody
    contracts: Annotated[list[ContractBody], Meta(min_length=1, max_length=1000)]


class LinkBody(Struct, forbid_unknown_fields=True):
    """The seed's request of the formalisation link."""

    token: UUID


class LinkAnswer(Struct):
    """Where the client goes; ``being_inserted`` is how many proposals this call started."""

    link: str
    contracts: int
    being_inserted: int


class NotReady(Struct):
    """There is nothing to sign yet; ``reason`` is for the client."""

    not_ready: Literal[True]
    reason: str


class PortabilityDetails(Struct):
    """The portability of a contract, for the client; ``reasons`` are sentences."""

    status: str
    is_proposal_being_inserted: bool
    proposal_key: str | None
    proposal_number: str | None
    ccb_document_key: str | None
    signature_url: str | None
    sentences: list[str] = field(name="reasons")
    financial: FinancialDetails | None


class ContractDetails(Struct):
    """One contract, for the client."""

    id: UUID
    number: str
    product: str
    status: str
    portability: PortabilityDetails | None


class Details(Struct):
    """What the client is to sign."""

    token: UUID
    customer: CustomerDetails
    contracts: list[ContractDetails]


class PortabilityAnswer(Struct):
    """The portability of a contract, for partners.

    ``provider`` is the bank it goes to; ``stage`` is how far that is, ``stage_said`` its own word for it;
    ``decides_by`` is when it is to have said yes or no, while it decides (``deciding``);
    ``final_balance`` what the origin bank says is owed (BRL); ``conflict`` names answers
    that contradict each other. ``cancelling_at_provider`` is true as long as a proposal
    that must not live has not been confirmed as cancelled there.
    """

    status: str
    is_proposal_being_inserted: bool
    needs_attention: bool
    provider: str
    proposal_key: str | None
    proposal_number: str | None
    reasons: list[dict[str, str]]
    stage: Annotated[str | None, Meta(examples=list(ports.Stage))]
    stage_said: str | None
    decides_by: datetime | None
    portability_number: str | None
    final_balance: Annotated[str | None, Meta(examples=["8734.10"])]
    balance_due_on: date | None
    consent: ConsentAnswer | None
    refinancing_status: str | None
    margin: MarginAnswer
    signer_progress: str | None
    conflict: str | None
    cancelling_at_provider: bool


class EnvelopeContractAnswer(Struct):
    """One contract of an envelope, for partners."""

    id: UUID
    number: str
    product: str
    status: str
    portability: PortabilityAnswer | None


class EnvelopeAnswer(Struct):
    """An envelope, for partners; ``version`` grows with every change, ``page`` is its client's."""

    token: UUID
    state: str
    version: int
    created_at: datetime
    expires_at: datetime
    page: str
    contracts: list[EnvelopeContractAnswer]


class EnvelopeSearch(Struct, forbid_unknown_fields=True):
    """Whose envelopes are looked for; in a body, because addresses end up in logs."""

    cpf: CPF

    @property
    def digits(self) -> str:
        """The CPF as it is kept."""
        return _digits(self.cpf)


class EnvelopeLine(Struct):
    """An envelope in a list; ``page`` is its client's page."""

    token: UUID
    state: str
    created_at: datetime
    expires_at: datetime
    page: str
    contract_numbers: list[str]


class CreatedContract(Struct):
    """One contract of an envelope just made."""

    id: UUID
    number: str
    product: str
    status: str


class CreatedEnvelope(Struct):
    """An envelope just made; whoever has the token may see it, at ``page``."""

    token: UUID
    created_at: datetime
    expires_at: datetime
    page: str
    contracts: list[CreatedContract]


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _as(kind: type[T], body: Struct) -> T:
    """The same in the port's words, by name; amounts are numbers there."""
    return convert(body, kind, from_attributes=True)
