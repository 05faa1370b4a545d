"""Bodies and answers of what administrators keep, as OpenAPI shows them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from tramita.contracts.api.schemas import Code, Email, Locale, MoneyBody, Name
from tramita.kit.texts import OF_PEOPLE
from tramita.orders.model import CourseProduct, Offering, ProductType, Role
from tramita.orders.views import MemberAnswer
from tramita.payments.sellers import Seller

Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)", examples=["FR"])]
VATRate = Annotated[
    str,
    Meta(
        pattern=r"^(100|[0-9]{1,2})(\.[0-9]{1,2})?$(?!\n)",
        examples=["20.00"],
        description="The percentage of VAT that the price contains; null: none is charged.",
    ),
]
Description = Annotated[str, Meta(max_length=2000)]
Username = Annotated[str, Meta(min_length=1, max_length=254, pattern=OF_PEOPLE)]
Text = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=50_000,
        description="Markdown. `{{ learner.full_name }}` and its like are filled in for each order.",
    ),
]
Courses = Annotated[list[UUID], Meta(max_length=200)]
Organizations = Annotated[list[UUID], Meta(max_length=200)]


class CourseBody(Struct, forbid_unknown_fields=True):
    """A course; its dates may follow later, and what is paid for it is due by them."""

    code: Code
    title: Name
    starts_on: date | None = None
    ends_on: date | None = None


class CourseChangeBody(Struct, forbid_unknown_fields=True):
    """What to change of a course."""

    title: Name | UnsetType = UNSET
    starts_on: date | UnsetType | None = UNSET
    ends_on: date | UnsetType | None = UNSET


class CourseAnswer(Struct):
    """A course."""

    id: UUID
    code: str
    title: str
    starts_on: date | None
    ends_on: date | None
    created_at: datetime


class OrganizationBody(Struct, forbid_unknown_fields=True):
    """Who offers courses. ``seller`` stands on its invoices; without one, its title does."""

    code: Code
    title: Name
    country: Country | None = None
    seller: Seller | None = None


class OrganizationChangeBody(Struct, forbid_unknown_fields=True):
    """What to change of an organization."""

    title: Name | UnsetType = UNSET
    country: Country | UnsetType | None = UNSET
    seller: Seller | UnsetType | None = UNSET


class OrganizationAnswer(Struct):
    """An organization."""

    id: UUID
    code: str
    title: str
    country: str | None
    seller: Seller
    created_at: datetime


class MemberBody(Struct, forbid_unknown_fields=True):
    """Somebody who acts for an organization, by the platform's user name."""

    username: Username
    full_name: Name
    email: Email
    role: Role
    language: Locale = "en"


class MembersAnswer(Struct):
    """Everybody who acts for an organization, owners first."""

    items: list[MemberAnswer]


class ContractDefinitionBody(Struct, forbid_unknown_fields=True):
    """The text by which something is sold."""

    title: Name
    body: Text
    description: Description = ""
    language: Locale = "en"


class ContractDefinitionChangeBody(Struct, forbid_unknown_fields=True):
    """What to change of a text; another ``body`` is a version more, for orders to come."""

    title: Name | UnsetType = UNSET
    body: Text | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    language: Locale | UnsetType = UNSET


class ContractDefinitionAnswer(Struct):
    """A text in its present version."""

    id: UUID
    title: str
    description: str
    language: str
    version: int
    body: str
    created_at: datetime


class CourseProductBody(Struct, forbid_unknown_fields=True):
    """What is sold; nothing is paid for a price of nothing, nothing signed without a contract."""

    type: ProductType
    title: Name
    price: MoneyBody
    vat_rate: VATRate | None = None
    contract_definition: UUID | None = None
    target_courses: Courses = []
    is_one_sitting: bool = False


class CourseProductChangeBody(Struct, forbid_unknown_fields=True):
    """What to change of a product."""

    title: Name | UnsetType = UNSET
    price: MoneyBody | UnsetType = UNSET
    vat_rate: VATRate | UnsetType | None = UNSET
    contract_definition: UUID | UnsetType | None = UNSET
    target_courses: Courses | UnsetType = UNSET
    is_one_sitting: bool | UnsetType = UNSET


class CourseProductAnswer(Struct):
    """A product; ``target_courses`` are what it opens."""

    id: UUID
    type: ProductType
    title: str
    price: MoneyBody
    vat_rate: str | None
    contract_definition: UUID | None
    target_courses: list[UUID]
    is_one_sitting: bool
    created_at: datetime


class OfferingBody(Struct, forbid_unknown_fields=True):
    """A product that organizations sell for a course."""

    course: UUID
    product: UUID
    organizations: Organizations
    is_open: bool = True


class OfferingChangeBody(Struct, forbid_unknown_fields=True):
    """What to change of an offering."""

    organizations: Organizations | UnsetType = UNSET
    is_open: bool | UnsetType = UNSET


class OfferingAnswer(Struct):
    """An offering."""

    id: UUID
    course: UUID
    product: UUID
    organizations: list[UUID]
    is_open: bool
    created_at: datetime


def given(body: Struct, *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a body says something about, by column."""
    values = {name: getattr(body, name) for name in body.__struct_fields__ if name not in but}
    return {name: value for name, value in values.items() if value is not UNSET}


def to_product_values(body: CourseProductBody | CourseProductChangeBody) -> dict[str, Any]:
    """Column values of a product, for what the body says something about."""
    values = given(body, but=("price", "vat_rate", "contract_definition", "target_courses"))
    if isinstance(body.price, MoneyBody):
        values |= {"price": Decimal(body.price.amount), "currency": body.price.currency}
    if body.vat_rate is not UNSET:
        values["vat_rate"] = body.vat_rate and Decimal(body.vat_rate)
    if body.contract_definition is not UNSET:
        values["contract_definition_id"] = body.contract_definition
    return values


def present_product(product: CourseProduct) -> CourseProductAnswer:
    """A product as administrators see it."""
    return CourseProductAnswer(
        product.id,
        ProductType(product.type),
        product.title,
        MoneyBody(f"{product.price:.2f}", product.currency),
        None if product.vat_rate is None else f"{product.vat_rate:.2f}",
        product.contract_definition_id,
        product.target_courses or [],
        product.is_one_sitting,
        product.created_at,
    )


def present_offering(offering: Offering) -> OfferingAnswer:
    """An offering as administrators see it."""
    return OfferingAnswer(
        offering.id,
        offering.course_id,
        offering.product_id,
        offering.organizations or [],
        offering.is_open,
        offering.created_at,
    )
