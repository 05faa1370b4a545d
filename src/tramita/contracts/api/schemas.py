"""Bodies and answers of the core's API, as OpenAPI shows them."""

import logging
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, convert

from tramita.contracts.backends import ContractBackend
from tramita.contracts.changes import ContractChange
from tramita.contracts.model import Contract, Customer, Package, Product
from tramita.contracts.references import NewContract
from tramita.kit.texts import OF_PEOPLE

log = logging.getLogger(__name__)

# ``$`` alone would let a line feed follow; ``(?!\n)`` says the same in every dialect.
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=OF_PEOPLE)]
Code = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)", examples=["line-5g"])
]
Key = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$(?!\n)", examples=["smt"])]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
Amount = Annotated[str, Meta(pattern=r"^[0-9]{1,15}\.[0-9]{2}$(?!\n)", examples=["59.90"])]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", examples=["BRL"])]
Email = Annotated[str, Meta(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$(?!\n)")]
Phone = Annotated[str, Meta(pattern=r"^\+[1-9][0-9]{6,14}$(?!\n)", examples=["+5511987654321"])]
Locale = Annotated[str, Meta(pattern=r"^[a-z]{2}(-[A-Z]{2})?$(?!\n)", examples=["pt-BR"])]
JSONObject = dict[str, Any]


class MoneyBody(Struct, forbid_unknown_fields=True):
    """An amount of money."""

    amount: Amount
    currency: Currency


class DocumentBody(Struct, forbid_unknown_fields=True):
    """What identifies a customer; punctuation in ``number`` does not matter."""

    kind: Literal["cpf", "cnpj", "inn", "passport"]
    number: Annotated[str, Meta(min_length=1, max_length=40)]


class NewContractBody(Struct, forbid_unknown_fields=True):
    """A contract to be created; without ``backend`` the product's is taken.

    What may stand in ``external_references`` the backend says.
    """

    name: Name
    backend: Key | None = None
    product: UUID | None = None
    package: UUID | None = None
    customer: UUID | None = None
    external_references: JSONObject = {}

    def to_new(self) -> NewContract:
        """In the core's words."""
        return NewContract(
            self.name,
            self.backend,
            self.product,
            self.package,
            self.customer,
            external_references=self.external_references,
        )


class CancelBody(Struct, forbid_unknown_fields=True):
    """Why a contract is cancelled."""

    reason: Reason


class NewCustomerBody(Struct, forbid_unknown_fields=True):
    """A customer to be created."""

    name: Name
    document: DocumentBody | None = None
    email: Email | None = None
    phone: Phone | None = None
    locale: Locale | None = None
    address: JSONObject | None = None


class CustomerChangeBody(Struct, forbid_unknown_fields=True):
    """What to change of a customer; what is left out stays."""

    name: Name | UnsetType = UNSET
    document: DocumentBody | UnsetType | None = UNSET
    email: Email | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET
    locale: Locale | UnsetType | None = UNSET
    address: JSONObject | UnsetType | None = UNSET


class CustomerSearch(Struct, forbid_unknown_fields=True):
    """Who is looked for; in a body, because addresses end up in logs."""

    document: Annotated[str, Meta(min_length=1, max_length=40, examples=["529.982.247-25"])]


class ContractChangeBody(Struct, forbid_unknown_fields=True):
    """What to change of a contract; ``version`` refuses the change when it has moved on."""

    package: UUID | UnsetType = UNSET
    customer: CustomerChangeBody | UnsetType = UNSET
    version: int | UnsetType = UNSET

    def to_change(self) -> ContractChange:
        """In the core's words."""
        return ContractChange(
            package=None if self.package is UNSET else self.package,
            customer=None if self.customer is UNSET else to_customer_values(self.customer),
            version=None if self.version is UNSET else self.version,
        )


class ProductBody(Struct, forbid_unknown_fields=True):
    """A product to be created; ``payment_backend`` is the key of what fulfils it."""

    code: Code
    name: Name
    payment_backend: Key
    active: bool = True


class ProductChangeBody(Struct, forbid_unknown_fields=True):
    """What to change of a product; what is left out stays."""

    name: Name | UnsetType = UNSET
    payment_backend: Key | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class PackageBody(Struct, forbid_unknown_fields=True):
    """A package to be created; ``terms`` are the product's own."""

    code: Code
    product: UUID
    name: Name
    price: MoneyBody
    terms: JSONObject = {}


class PackageChangeBody(Struct, forbid_unknown_fields=True):
    """What to change of a package; what is left out stays."""

    name: Name | UnsetType = UNSET
    price: MoneyBody | UnsetType = UNSET
    terms: JSONObject | UnsetType = UNSET


class ContractAnswer(Struct):
    """A contract; ``backend`` is the plugin's representation, or else its key."""

    id: UUID
    name: str
    active: bool
    activated: bool
    backend: str | JSONObject
    backend_key: str
    state: Literal["created", "activated", "cancelled"]
    customer: UUID | None
    product: UUID | None
    package: UUID | None
    created_at: datetime
    activated_at: datetime | None
    suspended_at: datetime | None
    cancelled_at: datetime | None
    external_references: dict[str, Any]
    version: int


class CustomerAnswer(Struct):
    """A customer; from ``erased_at`` on it names nobody any more."""

    id: UUID
    name: str
    document: DocumentBody | None
    email: str | None
    phone: str | None
    locale: str | None
    address: JSONObject | None
    created_at: datetime
    erased_at: datetime | None


class ProductAnswer(Struct):
    """A product."""

    id: UUID
    code: str
    name: str
    payment_backend: str
    active: bool
    created_at: datetime


class PackageAnswer(Struct):
    """A package."""

    id: UUID
    code: str
    product: UUID
    name: str
    price: MoneyBody
    terms: JSONObject
    created_at: datetime


class BackendAnswer(Struct):
    """An installed backend plugin, or one that failed to load and why."""

    key: str
    title: str
    capabilities: list[str]
    signals: list[str]
    health: Literal["ready", "failed"]
    reason: str | None = None


class BackendsAnswer(Struct):
    """Every backend plugin of this installation."""

    items: list[BackendAnswer]


def to_customer_values(body: NewCustomerBody | CustomerChangeBody) -> dict[str, Any]:
    """Column values of a customer, for what the body says something about."""
    values = _given(body, "name", "email", "phone", "locale", "address")
    if isinstance(body.document, DocumentBody):
        values |= {"document_kind": body.document.kind, "document": body.document.number}
    elif body.document is None:
        values |= {"document_kind": None, "document": None}
    return values


def to_package_values(body: PackageBody | PackageChangeBody) -> dict[str, Any]:
    """Column values of a package, for what the body says something about."""
    values = _given(body, "code", "name", "terms")
    if isinstance(body.price, MoneyBody):
        values |= {"price": Decimal(body.price.amount), "currency": body.price.currency}
    if isinstance(body, PackageBody):
        values["product_id"] = body.product
    return values


def to_product_values(body: ProductBody | ProductChangeBody) -> dict[str, Any]:
    """Column values of a product, for what the body says something about."""
    return _given(body, "code", "name", "payment_backend", "active")


def _given(body: Struct, *names: str) -> dict[str, Any]:
    values = {name: getattr(body, name, UNSET) for name in names}
    return {name: value for name, value in values.items() if value is not UNSET}


def present_contract(contract: Contract) -> ContractAnswer:
    """A contract as everybody with the scope may see it."""
    return ContractAnswer(
        id=contract.id,
        name=contract.name,
        active=contract.active,
        activated=contract.activated,
        backend=_represent(contract),
        backend_key=contract.backend,
        state=contract.state.value,
        customer=contract.customer_id,
        product=contract.product_id,
        package=contract.package_id,
        created_at=contract.created_at,
        activated_at=contract.activated_at,
        suspended_at=contract.suspended_at,
        cancelled_at=contract.cancelled_at,
        external_references=dict(contract.external_references),
        version=contract.version,
    )


def _represent(contract: Contract) -> str | JSONObject:
    """What iterating the contract says of its backend; a plugin's bug hides no contract."""
    try:
        backend: str | JSONObject = dict(contract)["backend"]
    except Exception:
        log.exception("backend %s cannot describe a contract", contract.backend)
        return contract.backend
    return backend


def present_customer(customer: Customer) -> CustomerAnswer:
    """A customer, whole: whoever may read contracts may read who made them."""
    document = None
    if customer.document_kind is not None and customer.document is not None:
        document = DocumentBody(customer.document_kind.value, customer.document)
    return CustomerAnswer(
        id=customer.id,
        name=customer.name,
        document=document,
        email=customer.email,
        phone=customer.phone,
        locale=customer.locale,
        address=customer.address,
        created_at=customer.created_at,
        erased_at=customer.erased_at,
    )


def present_product(product: Product) -> ProductAnswer:
    """A product."""
    return convert(product, ProductAnswer, from_attributes=True)


def present_package(package: Package) -> PackageAnswer:
    """A package."""
    return PackageAnswer(
        package.id,
        package.code,
        package.product_id,
        package.name,
        MoneyBody(f"{package.price:.2f}", package.currency),
        package.terms,
        package.created_at,
    )


def present_backend(backend: ContractBackend) -> BackendAnswer:
    """A backend that loaded."""
    return BackendAnswer(backend.key, backend.title, backend.capabilities, backend.signals, "ready")
