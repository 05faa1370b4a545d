"""``/api/v1/admin/orders``: everybody's orders."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.response import Stream

from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor
from tramita.kit.languages.choosing import choose_language
from tramita.kit.languages.words import words_in
from tramita.orders.api.files import CSV, attached_stream
from tramita.orders.api.orders import FILTER, orders_page
from tramita.orders.api.schemas import CancelOrderBody
from tramita.orders.export import export_orders
from tramita.orders.queries import OrderFilter, get_order, list_orders
from tramita.orders.service import cancel_order, refund_order
from tramita.orders.views import OrderAnswer
from tramita.payments.settings import PaymentSettings

READ: Final[dict[str, Any]] = {"scope": "orders:read"}
ACT: Final[dict[str, Any]] = {"scope": "orders:write", "idempotent": True}


class AdminOrdersController(Controller):
    """Orders, as administrators see them."""

    path = "/api/v1/admin/orders"
    tags = ["Orders"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @get(opt=READ, dependencies=FILTER)
    async def list_all(
        self,
        runtime: FromRuntime,
        wanted: NamedDependency[OrderFilter],
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[OrderAnswer]:
        """Orders, newest first."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.reading() as work:
            found = await list_orders(work, wanted, before=before, limit=limit)
        return orders_page(found, limit)

    @get("/export", opt=READ, dependencies=FILTER, media_type=CSV)
    async def export(
        self,
        runtime: FromRuntime,
        wanted: NamedDependency[OrderFilter],
        accept_language: Annotated[str | None, HeaderParameter(name="Accept-Language")] = None,
    ) -> Stream:
        """Orders as CSV for spreadsheets, newest first, as those of your language read it."""
        settings = runtime.configured(PaymentSettings)
        language = choose_language(None, accept_language, runtime.settings.language)
        words = words_in(language, settings.time_zone)
        return attached_stream(export_orders(runtime, wanted, words), CSV, "orders.csv")

    @get("/{order_id:uuid}", opt=READ)
    async def show(self, order_id: FromPath[UUID], runtime: FromRuntime) -> OrderAnswer:
        """One order."""
        async with runtime.database.reading() as work:
            return (await get_order(work, order_id)).order

    @post("/{order_id:uuid}/refund", status_code=202, opt=ACT)
    async def refund(
        self, order_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> OrderAnswer:
        """Give back what was paid for a canceled order, one payment after another.

        It goes on in the background; again is fine, and goes on where it was.
        """
        async with runtime.database.unit_of_work(actor=actor) as work:
            await refund_order(work, order_id)
            return await answered(work, (await get_order(work, order_id)).order)

    @post("/{order_id:uuid}/cancel", status_code=200, opt=ACT)
    async def cancel(
        self,
        order_id: FromPath[UUID],
        data: JSONBody[CancelOrderBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> OrderAnswer:
        """Cancel an order wherever it stands, also a completed one. Again is fine."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await cancel_order(work, order_id, data.reason)
            return await answered(work, (await get_order(work, order_id)).order)
