"""``/api/v1/orders`` and ``/api/v1/enrollments``: a learner's own."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from tramita.kit.http.actors import ACTOR, USER
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime, FromUser
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, Text, decode_cursor, to_page
from tramita.orders.api.schemas import NewOrderBody
from tramita.orders.lifecycle import OrderState
from tramita.orders.queries import (
    OrderFilter,
    get_own_order,
    list_enrollments,
    list_own_orders,
)
from tramita.orders.service import cancel_own_order, create_order
from tramita.orders.views import EnrollmentAnswer, OrderAnswer

OWN: Final[dict[str, Any]] = {"jwt": True}
ACT: Final[dict[str, Any]] = OWN | {"idempotent": True}

# ``state`` itself is a word of the framework's.
InStates = Annotated[list[OrderState] | None, QueryParameter(name="state")]
ButStates = Annotated[list[OrderState] | None, QueryParameter(name="state_exclude")]


def provide_filter(
    in_states: InStates = None,
    but_states: ButStates = None,
    product_id: FromQuery[UUID | None] = None,
    course_code: Text = None,
) -> OrderFilter:
    """Which orders the query parameters ask for."""
    return OrderFilter(in_states or (), but_states or (), product_id, course_code)


FILTER: Final = {"wanted": Provide(provide_filter, sync_to_thread=False)}


class OrdersController(Controller):
    """What a learner has ordered; somebody else's is 404."""

    path = "/api/v1/orders"
    tags = ["Orders"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR | USER

    @post(opt=ACT)
    async def create(
        self,
        data: JSONBody[NewOrderBody],
        runtime: FromRuntime,
        user: FromUser,
        actor: FromActor,
    ) -> OrderAnswer:
        """Order a product: an organization is assigned and everything is frozen as it is offered now.

        409 `order_exists` where you have an active order of it for this course already.
        """
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await create_order(work, user, data.to_wanted())
            return await answered(work, await get_own_order(work, user, made))

    @get(opt=OWN, dependencies=FILTER)
    async def list_all(
        self,
        runtime: FromRuntime,
        user: FromUser,
        wanted: NamedDependency[OrderFilter],
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[OrderAnswer]:
        """Your orders, newest first."""
        before = decode_cursor(cursor, UUID) if cursor else None
        async with runtime.database.unit_of_work() as work:
            found = await list_own_orders(work, user, wanted, before=before, limit=limit)
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @get("/{order_id:uuid}", opt=OWN)
    async def show(
        self, order_id: FromPath[UUID], runtime: FromRuntime, user: FromUser
    ) -> OrderAnswer:
        """One of your orders."""
        async with runtime.database.unit_of_work() as work:
            return await get_own_order(work, user, order_id)

    @post("/{order_id:uuid}/cancel", status_code=200, opt=ACT)
    async def cancel(
        self, order_id: FromPath[UUID], runtime: FromRuntime, user: FromUser, actor: FromActor
    ) -> OrderAnswer:
        """Cancel an order that is not completed; its courses are closed. Again is fine."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await get_own_order(work, user, order_id)
            await cancel_own_order(work, order_id)
            return await answered(work, await get_own_order(work, user, order_id))


@get("/api/v1/enrollments", opt=OWN, tags=["Orders"], dependencies=USER)
async def show_enrollments(
    runtime: FromRuntime, user: FromUser, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[EnrollmentAnswer]:
    """The courses that you are in, or were, newest first."""
    before = decode_cursor(cursor, UUID) if cursor else None
    async with runtime.database.unit_of_work() as work:
        found = await list_enrollments(work, user, before=before, limit=limit)
    return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)
