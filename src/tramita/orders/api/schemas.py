"""Bodies of what learners send, as OpenAPI shows them."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, to_builtins

from tramita.contracts.api.schemas import Code, Name, Reason
from tramita.orders.api.admin_schemas import Country
from tramita.orders.making import Wanted


class BillingAddressBody(Struct, forbid_unknown_fields=True):
    """Who is billed."""

    first_name: Name
    last_name: Name
    address: Name
    postcode: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]{0,19}$(?!\n)")]
    city: Name
    country: Country


class NewOrderBody(Struct, forbid_unknown_fields=True):
    """What is ordered: a product for a course, or a certificate for an enrollment.

    ``billing_address`` is needed for whatever is not free. Without ``organization_id`` the
    one with the fewest active orders is chosen.
    """

    product_id: UUID
    course_code: Code | None = None
    enrollment_id: UUID | None = None
    organization_id: UUID | None = None
    billing_address: BillingAddressBody | None = None
    has_waived_withdrawal_right: bool = False

    def to_wanted(self) -> Wanted:
        """In the words of orders."""
        address = self.billing_address
        return Wanted(
            self.product_id,
            self.course_code,
            self.enrollment_id,
            self.organization_id,
            None if address is None else to_builtins(address),
            self.has_waived_withdrawal_right,
        )


class PaymentMethodBody(Struct, forbid_unknown_fields=True):
    """With which of your cards an order is paid."""

    credit_card_id: UUID


class PayInstallmentBody(Struct, forbid_unknown_fields=True):
    """With which of your cards the refused instalment is paid; without one, with any."""

    credit_card_id: UUID | None = None


class PaymentForm(Struct):
    """A form of the payment provider; where there is none, the instalment was paid meanwhile."""

    is_paid: bool
    provider_name: str | None = None
    form_token: str | None = None
    url: str | None = None
    configuration: dict[str, str] = {}


class CancelOrderBody(Struct, forbid_unknown_fields=True):
    """Why an administrator cancels an order."""

    reason: Reason
