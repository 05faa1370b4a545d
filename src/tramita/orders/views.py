"""What is known of orders, as queries answer it and as the API shows it.

The names are those that the front ends of learning platforms know.
"""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from tramita.kit.masking_shapes import mask_email, mask_name
from tramita.orders.lifecycle import EnrollmentState, OrderState
from tramita.orders.model import ProductType, Role
from tramita.payments.lifecycle import InstallmentState
from tramita.signatures.queries import SignatureStanding


class MemberAnswer(Struct):
    """A member of an organization."""

    id: UUID
    username: str
    full_name: str
    email: str
    language: str
    role: Role
    created_at: datetime

    @property
    def masked(self) -> Self:
        """As the house's people see somebody: who it is, and not by which address they are reached."""
        username, email = mask_name(self.username), mask_email(self.email)
        return msgspec.structs.replace(self, username=username, email=email)


class Named(Struct):
    """A course or an organization, as an order names it."""

    id: UUID
    code: str
    title: str


class DefinitionOfContract(Struct):
    """The text that an order is sold by, in the version of that day."""

    id: UUID
    title: str
    description: str
    language: str
    version: int


class OrderContract(Struct):
    """What the learner and the organization sign; its id is its order's."""

    id: UUID
    definition: DefinitionOfContract
    submitted_for_signature_on: datetime | None = None
    student_signed_on: datetime | None = None
    organization_signed_on: datetime | None = None


class CreditCard(Struct):
    """The card that an order is paid with."""

    id: UUID
    brand: str
    expiration_month: int
    expiration_year: int
    last_numbers: str


class Installment(Struct):
    """One instalment of a schedule."""

    id: UUID
    due_date: date
    amount: float
    currency: str
    state: InstallmentState


class Due(Struct):
    """One instalment of an order that is not made yet."""

    due_date: date
    amount: float
    currency: str
    state: InstallmentState = InstallmentState.PENDING


class DueAnswer(Struct):
    """What would be due when."""

    items: list[Due]


class TargetEnrollment(Struct):
    """A course that an order has opened."""

    id: UUID
    course_id: UUID
    state: EnrollmentState
    opened_on: datetime


class OrderAnswer(Struct):
    """An order as its learner and administrators see it.

    ``contract`` is null where nothing is signed, ``enrollment`` is what a certificate is for.
    """

    id: UUID
    state: OrderState
    created_on: datetime
    owner: Annotated[str, Meta(description="The platform's user name.")]
    product_id: UUID
    course: Named
    organization: Named | None
    enrollment: UUID | None
    contract: OrderContract | None
    total: float
    total_currency: str
    has_waived_withdrawal_right: bool
    target_courses: list[Named]
    target_enrollments: list[TargetEnrollment]
    credit_card: CreditCard | None = None
    main_invoice_reference: str | None = None
    payment_schedule: list[Installment] = []


class Product(Struct, frozen=True):
    """What an order is of."""

    id: UUID
    title: str
    type: ProductType


class Shown(Struct, frozen=True):
    """An order as it is answered, with what else is known of it."""

    order: OrderAnswer
    product: Product
    signature: SignatureStanding | None


class EnrollmentAnswer(Struct):
    """A course that a learner is in, or was."""

    id: UUID
    course: Named
    order_id: UUID
    state: EnrollmentState
    opened_on: datetime
    closed_on: datetime | None
    payment_schedule: list[Installment] = []
