"""Customers, the catalog and contracts, as rows and as things that can decide."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Enum, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import Mapped, mapped_column, validates

from tramita.contracts.backends import get_pbe_info
from tramita.contracts.errors import (
    ContractNotFound,
    CustomerNotFound,
    PackageNotFound,
    ProductNotFound,
)
from tramita.contracts.lifecycle import LIFECYCLE, ContractState
from tramita.kit.accounts.model import normalize_email
from tramita.kit.bounds import Bounds
from tramita.kit.database.owned import Owned
from tramita.kit.database.records import Findable
from tramita.kit.encryption.keys import DOCUMENT, EMAIL, NAME, PHONE
from tramita.kit.encryption.types import EncryptedJSON, EncryptedText, Hashed, encrypted
from tramita.kit.finding import normalize_name, normalize_phone
from tramita.kit.transitions import Stateful

# As what a customer is called by is encrypted.
CUSTOMER_NAME = "customers.name"
CUSTOMER_EMAIL = "customers.email"
# As what is said of a contract's events is encrypted: a change of a customer says what they were.
EVENT_DETAILS = "contract_events.details"
EVENT_CAUSE = encrypted("contract_events.cause")


def _text(kind: type[StrEnum]) -> Enum:
    """An enumeration kept as its values in a text column; the migration checks the list."""
    return Enum(
        kind, native_enum=False, create_constraint=False, values_callable=lambda e: [*map(str, e)]
    )


class DocumentKind(StrEnum):
    """What a customer is identified by."""

    CPF = "cpf"
    CNPJ = "cnpj"
    INN = "inn"
    PASSPORT = "passport"


class Customer(Owned, Findable):
    """Whoever a contract is made with. ``document`` has no punctuation.

    They are found by ``document_hash``, which follows it and is never loaded, and by those of their
    name, e-mail and phone. From ``erased_at`` on nothing more is done with it, and it names nobody any more.
    """

    __tablename__ = "customers"
    missing = CustomerNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(EncryptedText(CUSTOMER_NAME))
    document_kind: Mapped[DocumentKind | None] = mapped_column(_text(DocumentKind))
    document: Mapped[str | None] = mapped_column(EncryptedText("customers.document"))
    document_hash: Mapped[str | None] = mapped_column(Hashed(DOCUMENT), deferred=True)
    name_hash: Mapped[str | None] = mapped_column(Hashed(NAME), deferred=True)
    email: Mapped[str | None] = mapped_column(EncryptedText(CUSTOMER_EMAIL))
    email_hash: Mapped[str | None] = mapped_column(Hashed(EMAIL), deferred=True)
    phone: Mapped[str | None] = mapped_column(EncryptedText("customers.phone"))
    phone_hash: Mapped[str | None] = mapped_column(Hashed(PHONE), deferred=True)
    locale: Mapped[str | None]
    address: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON("customers.address"))
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    @validates("document")
    def _hash(self, _: str, document: str | None) -> str | None:
        self.document_hash = document
        return document

    @validates("name")
    def _hash_name(self, _: str, name: str) -> str:
        self.name_hash = normalize_name(name)
        return name

    @validates("email")
    def _hash_email(self, _: str, email: str | None) -> str | None:
        self.email_hash = normalize_email(email) if email else None
        return email

    @validates("phone")
    def _hash_phone(self, _: str, phone: str | None) -> str | None:
        self.phone_hash = normalize_phone(phone) if phone else None
        return phone


class Product(Findable):
    """What is sold; ``payment_backend`` is the key of the backend that fulfils it."""

    __tablename__ = "products"
    missing = ProductNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    payment_backend: Mapped[str]
    active: Mapped[bool]
    created_at: Mapped[datetime]


class Package(Findable):
    """One way a product is sold, with its price and the product's own ``terms``."""

    __tablename__ = "packages"
    missing = PackageNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    name: Mapped[str]
    price: Mapped[Decimal]
    currency: Mapped[str]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]


class Contract(Owned, Findable):
    """What every contract has in common, whatever it sells.

    ``activated`` and ``backend_record`` belong to the backend's plugin, which alone
    sets them; everything else belongs to the core. ``external_references`` maps a
    provider's key to the contract's id there. ``created_by`` made it, within ``bounds``;
    what is done for the contract later is done within them too.
    """

    __tablename__ = "contracts"
    missing = ContractNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"))
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("products.id"))
    package_id: Mapped[UUID | None]
    backend: Mapped[str]
    state: Mapped[ContractState] = mapped_column(_text(ContractState))
    activated: Mapped[bool]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    envelope_token: Mapped[UUID | None]
    external_references: Mapped[dict[str, Any]] = mapped_column(MutableDict.as_mutable(JSONB))
    backend_record: Mapped[dict[str, Any]] = mapped_column(MutableDict.as_mutable(JSONB))
    version: Mapped[int]
    all_carriers: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str | None]

    @property
    def bounds(self) -> Bounds:
        """Whose rows may be touched for this contract: those its maker could touch."""
        return Bounds(self.tenant, self.carrier, is_all_carriers=self.all_carriers)

    @property
    def behalf(self) -> str | None:
        """On whose behalf things are done for this contract, for the history of those things."""
        return f"on behalf of {self.created_by}" if self.created_by else None

    @property
    def active(self) -> bool:
        """The core's word: true from creation until cancellation."""
        return self.state is not ContractState.CANCELLED

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """What everybody may know of a contract; ``dict(contract)`` makes it an object."""
        yield "name", self.name
        yield "active", self.active
        yield "activated", self.activated
        describe = get_pbe_info(self.backend)
        if callable(describe):
            yield "backend", describe(self)
        else:
            yield "backend", self.backend


CONTRACTS = Stateful(LIFECYCLE, "contracts", is_explained=True)
