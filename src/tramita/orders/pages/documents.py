"""Files of an order, for its learner: the contract as both have signed it, and invoices."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.orders.api.contracts import signed_contract
from tramita.orders.api.files import PDF, attached_pdf
from tramita.orders.api.invoices import Reference
from tramita.orders.pages.errors import LEARNERS
from tramita.orders.queries import check_own_order
from tramita.payments.documents import invoice_pdf


@get("/orders/{order_id:uuid}/contract", opt=LEARNERS, media_type=PDF)
async def download_contract(
    request: AnyRequest, runtime: FromRuntime, order_id: FromPath[UUID]
) -> Response[bytes]:
    """The contract; 409 until both have signed it."""
    return await signed_contract(runtime, request.user.user, order_id)


@get("/orders/{order_id:uuid}/invoice", opt=LEARNERS, media_type=PDF)
async def download_invoice(
    request: AnyRequest, runtime: FromRuntime, order_id: FromPath[UUID], reference: Reference
) -> Response[bytes]:
    """An invoice, a receipt or a credit note."""
    async with runtime.database.unit_of_work() as work:
        await check_own_order(work, request.user.user, order_id)
    return attached_pdf(await invoice_pdf(runtime, order_id, reference), reference)
