"""``…/orders/{id}/invoices`` and ``…/orders/{id}/invoice``: for whoever may see the order."""

from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.actors import ACTOR, USER
from tramita.kit.http.dependencies import FromRuntime, FromUser
from tramita.kit.runtime import Runtime
from tramita.orders.api.files import PDF, attached_pdf
from tramita.orders.organizations import Action, check_has_order, check_may
from tramita.orders.queries import check_order, check_own_order
from tramita.payments.documents import invoice_pdf
from tramita.payments.invoices import InvoiceView, list_invoices

OWN: Final[dict[str, Any]] = {"jwt": True}
OF_ORGANIZATION: Final[dict[str, Any]] = OWN | {
    "of_organization": Action.SEE_INVOICES,
    "problems": [403],
}
READ: Final[dict[str, Any]] = {"scope": "orders:read"}
Reference: TypeAlias = Annotated[
    str,
    QueryParameter(
        min_length=1,
        max_length=100,
        pattern=r"^[A-Za-z0-9._-]+$(?!\n)",
        description="As `invoices` lists it.",
    ),
]


class InvoicesAnswer(Struct):
    """The invoices of an order, the main one first; then receipts and credit notes as they came."""

    items: list[InvoiceView]


async def _answer_pdf(runtime: Runtime, order_id: UUID, reference: str) -> Response[bytes]:
    return attached_pdf(await invoice_pdf(runtime, order_id, reference), reference)


class OrderInvoicesController(Controller):
    """The invoices of a learner's order; of somebody else's it is 404."""

    path = "/api/v1/orders/{order_id:uuid}"
    tags = ["Orders"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = USER

    @get("/invoices", opt=OWN)
    async def list_own(
        self, order_id: FromPath[UUID], runtime: FromRuntime, user: FromUser
    ) -> InvoicesAnswer:
        """What you were billed, what you have paid and what you were given back."""
        async with runtime.database.unit_of_work() as work:
            await check_own_order(work, user, order_id)
            return InvoicesAnswer(await list_invoices(work, order_id))

    @get("/invoice", opt=OWN, media_type=PDF)
    async def show_own(
        self,
        order_id: FromPath[UUID],
        reference: Reference,
        runtime: FromRuntime,
        user: FromUser,
    ) -> Response[bytes]:
        """One of them, a PDF in your language as of the order."""
        async with runtime.database.unit_of_work() as work:
            await check_own_order(work, user, order_id)
        return await _answer_pdf(runtime, order_id, reference)


class AdminOrderInvoicesController(Controller):
    """The invoices of anybody's order."""

    path = "/api/v1/admin/orders/{order_id:uuid}"
    tags = ["Orders"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @get("/invoices", opt=READ)
    async def list_all(self, order_id: FromPath[UUID], runtime: FromRuntime) -> InvoicesAnswer:
        """What was billed, paid and given back."""
        async with runtime.database.unit_of_work() as work:
            await check_order(work, order_id)
            return InvoicesAnswer(await list_invoices(work, order_id))

    @get("/invoice", opt=READ, media_type=PDF)
    async def show(
        self, order_id: FromPath[UUID], reference: Reference, runtime: FromRuntime
    ) -> Response[bytes]:
        """One of them, a PDF in the learner's language."""
        async with runtime.database.unit_of_work() as work:
            await check_order(work, order_id)
        return await _answer_pdf(runtime, order_id, reference)


class OrganizationInvoicesController(Controller):
    """The invoices of an order of one's organization, for its owners and administrators."""

    path = "/api/v1/organizations/{organization_id:uuid}/orders/{order_id:uuid}"
    tags = ["Organizations"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = USER

    @get("/invoices", opt=OF_ORGANIZATION)
    async def list_of_organization(
        self,
        organization_id: FromPath[UUID],
        order_id: FromPath[UUID],
        runtime: FromRuntime,
        user: FromUser,
    ) -> InvoicesAnswer:
        """What the organization has billed, was paid and has given back."""
        async with runtime.database.unit_of_work() as work:
            await _check(work, user, organization_id, order_id)
            return InvoicesAnswer(await list_invoices(work, order_id))

    @get("/invoice", opt=OF_ORGANIZATION, media_type=PDF)
    async def show_of_organization(
        self,
        organization_id: FromPath[UUID],
        order_id: FromPath[UUID],
        reference: Reference,
        runtime: FromRuntime,
        user: FromUser,
    ) -> Response[bytes]:
        """One of them, a PDF in the learner's language."""
        async with runtime.database.unit_of_work() as work:
            await _check(work, user, organization_id, order_id)
        return await _answer_pdf(runtime, order_id, reference)


async def _check(work: UnitOfWork, user: FromUser, organization_id: UUID, order_id: UUID) -> None:
    await check_may(work, user, organization_id, Action.SEE_INVOICES)
    await check_has_order(work, organization_id, order_id)
