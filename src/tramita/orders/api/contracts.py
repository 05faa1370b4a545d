"""``/api/v1/orders/contracts``: what a learner signs."""

from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath, FromQuery

from tramita.kit.http.actors import USER
from tramita.kit.http.dependencies import FromRuntime, FromUser
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor
from tramita.kit.jwt_users import JWTUser
from tramita.kit.runtime import Runtime
from tramita.orders.api.files import PDF, attached_pdf
from tramita.orders.api.orders import OWN, orders_page
from tramita.orders.errors import ContractNotSigned, OrderNotFound
from tramita.orders.queries import (
    SignatureFilter,
    check_own_order,
    get_own_order,
    list_own_contracts,
)
from tramita.orders.views import OrderAnswer
from tramita.signatures.knowledge import refresh_known
from tramita.signatures.queries import signed_file


class OrderContractsController(Controller):
    """The contracts of a learner's orders; an order's contract has the order's id."""

    path = "/api/v1/orders/contracts"
    tags = ["Orders"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = USER

    @get(opt=OWN)
    async def list_own(
        self,
        runtime: FromRuntime,
        user: FromUser,
        signature_state: FromQuery[SignatureFilter | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[OrderAnswer]:
        """Your orders that are sold by a contract and not canceled, newest first.

        What is known of signatures is answered at once; where it is old, it is asked for.
        """
        before = decode_cursor(cursor, UUID)
        async with runtime.database.reading() as work:
            found = await list_own_contracts(
                work, user, signature_state, before=before, limit=limit
            )
        await refresh_known(runtime, [one.signature for one in found])
        return orders_page(found, limit)

    @get("/{order_id:uuid}", opt=OWN)
    async def show_own(
        self, order_id: FromPath[UUID], runtime: FromRuntime, user: FromUser
    ) -> OrderAnswer:
        """One of your orders that are sold by a contract."""
        async with runtime.database.reading() as work:
            found = await get_own_order(work, user, order_id)
        if found.order.contract is None:
            raise OrderNotFound(id=order_id)
        await refresh_known(runtime, [found.signature])
        return found.order

    @get("/{order_id:uuid}/download", opt=OWN | {"problems": [409]}, media_type=PDF)
    async def download(
        self, order_id: FromPath[UUID], runtime: FromRuntime, user: FromUser
    ) -> Response[bytes]:
        """Your contract as both have signed it, a PDF; 409 until then."""
        return await signed_contract(runtime, user, order_id)


async def signed_contract(runtime: Runtime, user: JWTUser, order_id: UUID) -> Response[bytes]:
    """The file that both have signed; raises ``OrderNotFound`` and ``ContractNotSigned``."""
    async with runtime.database.reading() as work:
        await check_own_order(work, user, order_id)
        digest = await signed_file(work, order_id)
    if digest is None:
        raise ContractNotSigned(id=order_id)
    return attached_pdf(await runtime.files.get(digest), f"contract-{order_id}")
