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


class CancelOrderBody(Struct, forbid_unknown_fields=True):
    """Why an administrator cancels an order."""

    reason: Reason
