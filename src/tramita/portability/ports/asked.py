"""What a lender is asked for: a client, a loan to move, and the terms."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


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
