"""What is offered, by whom, and orders: the rows that use cases load and decide about."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, literal_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column

from tramita.kit.database.owned import Owned
from tramita.kit.database.records import Findable
from tramita.kit.transitions import Stateful
from tramita.orders.errors import (
    ContractDefinitionNotFound,
    CourseNotFound,
    CourseProductNotFound,
    OfferingNotFound,
    OrderNotFound,
    OrganizationNotFound,
)
from tramita.orders.lifecycle import ENROLLMENT, ORDER

BACKEND: Final = "orders"
"""The key of the contract backend that an order's contract has."""

# As what is told of members is encrypted.
MEMBER_USERNAME: Final = "organization_members.username"
MEMBER_NAME: Final = "organization_members.full_name"
MEMBER_EMAIL: Final = "organization_members.email"

ORDERS: Final = Stateful(ORDER, "orders", is_explained=True)
ENROLLMENTS: Final = Stateful(ENROLLMENT, "enrollments")


_BODY: Final = """
    (SELECT v.body FROM contract_definition_versions AS v
     WHERE v.definition_id = contract_definitions.id AND v.version = contract_definitions.version)
"""
_SELLER: Final = """
    (SELECT s.data FROM sellers AS s WHERE s.tenant = organizations.tenant
     AND s.organization = organizations.code ORDER BY s.id DESC LIMIT 1)
"""
_TARGETS: Final = """
    ARRAY(SELECT t.course_id FROM product_target_courses AS t
          WHERE t.product_id = course_products.id ORDER BY t.position)
"""
_OFFERERS: Final = """
    ARRAY(SELECT o.organization_id FROM offering_organizations AS o
          WHERE o.offering_id = offerings.id ORDER BY o.organization_id)
"""


class Role(StrEnum):
    """What a member of an organization may do; owners sign for it."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"


class ProductType(StrEnum):
    """What is sold: a set of courses, one course, or the certificate of an enrollment."""

    CREDENTIAL = "credential"
    ENROLLMENT = "enrollment"
    CERTIFICATE = "certificate"


class Organization(Owned, Findable):
    """Who offers courses, and signs their contracts; its invoices name it as ``seller`` says."""

    __tablename__ = "organizations"
    missing = OrganizationNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    title: Mapped[str]
    country: Mapped[str | None]
    created_at: Mapped[datetime]
    seller: Mapped[dict[str, Any]] = column_property(literal_column(_SELLER, JSONB))


class Course(Owned, Findable):
    """What is learned; it runs from ``starts_on`` to ``ends_on``, where that is known."""

    __tablename__ = "courses"
    missing = CourseNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    title: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]


class ContractDefinition(Owned, Findable):
    """The text of contracts; each change of it is a ``version`` more, and the old ones stay."""

    __tablename__ = "contract_definitions"
    missing = ContractDefinitionNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str]
    language: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]
    body: Mapped[str] = column_property(literal_column(_BODY, Text))


class CourseProduct(Owned, Findable):
    """What is sold, at which price, and by which contract.

    ``vat_rate`` is the percentage of VAT that the price contains, if any. ``is_one_sitting``: signing and saving a card may be done in any order.
    """

    __tablename__ = "course_products"
    missing = CourseProductNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    title: Mapped[str]
    price: Mapped[Decimal]
    currency: Mapped[str]
    vat_rate: Mapped[Decimal | None]
    contract_definition_id: Mapped[UUID | None]
    is_one_sitting: Mapped[bool]
    created_at: Mapped[datetime]
    target_courses: Mapped[list[UUID]] = column_property(literal_column(_TARGETS))


class Offering(Owned, Findable):
    """A product that is sold for a course, while it ``is_open``."""

    __tablename__ = "offerings"
    missing = OfferingNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    course_id: Mapped[UUID]
    product_id: Mapped[UUID]
    is_open: Mapped[bool]
    created_at: Mapped[datetime]
    organizations: Mapped[list[UUID]] = column_property(literal_column(_OFFERERS))


class Order(Owned, Findable):
    """What a learner ordered, as it was offered then: later changes of that change no order.

    Its id is its contract's.
    """

    __tablename__ = "orders"
    missing = OrderNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    offering_id: Mapped[UUID]
    product_id: Mapped[UUID]
    course_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    enrollment_id: Mapped[UUID | None]
    contract_definition_id: Mapped[UUID | None]
    contract_definition_version: Mapped[int | None]
    state: Mapped[str]
    total: Mapped[Decimal]
    currency: Mapped[str]
    is_one_sitting: Mapped[bool]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    has_waived_withdrawal_right: Mapped[bool]
    created_at: Mapped[datetime]
