"""``/api/v1/orders`` and ``/api/v1/enrollments``: a learner's own."""

from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from tramita.kit.http.actors import ACTOR, USER
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime, FromUser
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, Text, decode_cursor, to_page
from tramita.orders.api.schemas import (
    NewOrderBody,
    PayInstallmentBody,
    PaymentForm,
    PaymentMethodBody,
)
from tramita.orders.learners import know_learner
from tramita.orders.lifecycle import OrderState
from tramita.orders.queries import (
    OrderFilter,
    check_own_order,
    get_own_order,
    list_enrollments,
    list_own_orders,
)
from tramita.orders.service import (
    cancel_own_order,
    choose_card,
    create_order,
    withdraw_from_order,
)
from tramita.orders.signing import submit_for_signature
from tramita.orders.views import EnrollmentAnswer, OrderAnswer, Shown
from tramita.payments.forms import open_payment_form
from tramita.payments.settings import PaymentSettings
from tramita.signatures.knowledge import refresh_known
from tramita.signatures.links import Invitation, invitation_link
from tramita.signatures.settings import SignatureSettings

OWN: Final[dict[str, Any]] = {"jwt": True}
ACT: Final[dict[str, Any]] = OWN | {"idempotent": True}

# What asks a provider while somebody waits may find it away, or refusing.
ASKS: Final[dict[str, Any]] = {"problems": [409, 502, 503, 504]}

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


def orders_page(found: Sequence[Shown], limit: int) -> Page[OrderAnswer]:
    """A page of what was read."""
    return to_page(found, limit, present=lambda one: one.order, key=lambda one: one.order.id)


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
            settings = runtime.configured(PaymentSettings)
            made = await create_order(work, user, data.to_wanted(), settings)
            return await answered(work, (await get_own_order(work, user, made)).order)

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
        before = decode_cursor(cursor, UUID)
        async with runtime.database.reading() as work:
            found = await list_own_orders(work, user, wanted, before=before, limit=limit)
        await refresh_known(runtime, [one.signature for one in found])
        return orders_page(found, limit)

    @get("/{order_id:uuid}", opt=OWN)
    async def show(
        self, order_id: FromPath[UUID], runtime: FromRuntime, user: FromUser
    ) -> OrderAnswer:
        """One of your orders."""
        async with runtime.database.reading() as work:
            found = await get_own_order(work, user, order_id)
        await refresh_known(runtime, [found.signature])
        return found.order

    @post("/{order_id:uuid}/cancel", status_code=200, opt=ACT)
    async def cancel(
        self, order_id: FromPath[UUID], runtime: FromRuntime, user: FromUser, actor: FromActor
    ) -> OrderAnswer:
        """Cancel an order that is not completed; its courses are closed. Again is fine."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await check_own_order(work, user, order_id)
            await cancel_own_order(work, order_id)
            return await answered(work, (await get_own_order(work, user, order_id)).order)

    @post("/{order_id:uuid}/withdraw", status_code=200, opt=ACT)
    async def withdraw(
        self, order_id: FromPath[UUID], runtime: FromRuntime, user: FromUser, actor: FromActor
    ) -> OrderAnswer:
        """Withdraw from an order before its first instalment is due.

        409 when that day has come, or you have waived the right to.
        """
        settings = runtime.configured(PaymentSettings)
        async with runtime.database.unit_of_work(actor=actor) as work:
            await check_own_order(work, user, order_id)
            await withdraw_from_order(work, order_id, settings.day_of(await work.now()))
            return await answered(work, (await get_own_order(work, user, order_id)).order)

    @post("/{order_id:uuid}/submit-for-signature", status_code=200, opt=OWN | ASKS)
    async def submit_for_signature(
        self, order_id: FromPath[UUID], runtime: FromRuntime, user: FromUser, actor: FromActor
    ) -> Invitation:
        """Have your contract submitted, once, and get the link by which you sign it."""
        settings = runtime.configured(SignatureSettings)
        async with runtime.database.unit_of_work(actor=actor) as work:
            await check_own_order(work, user, order_id)
            await know_learner(work, user)
            await submit_for_signature(work, order_id, settings)
        return await invitation_link(runtime, [order_id], user.email)

    @post("/{order_id:uuid}/payment-method", status_code=200, opt=ACT)
    async def choose_card(
        self,
        order_id: FromPath[UUID],
        data: JSONBody[PaymentMethodBody],
        runtime: FromRuntime,
        user: FromUser,
        actor: FromActor,
    ) -> OrderAnswer:
        """Pay an order with one of your cards; somebody else's is 404."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await check_own_order(work, user, order_id)
            await choose_card(work, order_id, data.credit_card_id)
            return await answered(work, (await get_own_order(work, user, order_id)).order)

    @post("/{order_id:uuid}/submit-installment-payment", status_code=200, opt=OWN | ASKS)
    async def pay_installment(
        self,
        order_id: FromPath[UUID],
        data: JSONBody[PayInstallmentBody],
        runtime: FromRuntime,
        user: FromUser,
    ) -> PaymentForm:
        """Get a form to pay the first instalment that was refused; nothing is paid by asking."""
        async with runtime.database.reading() as work:
            await check_own_order(work, user, order_id)
        opened = await open_payment_form(runtime, order_id, data.credit_card_id)
        if opened is None:
            return PaymentForm(is_paid=True)
        form = opened.form
        return PaymentForm(False, opened.provider, form.token, form.url, dict(form.configuration))


@get("/api/v1/enrollments", opt=OWN, tags=["Orders"], dependencies=USER)
async def show_enrollments(
    runtime: FromRuntime, user: FromUser, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[EnrollmentAnswer]:
    """The courses that you are in, or were, newest first."""
    before = decode_cursor(cursor, UUID)
    async with runtime.database.reading() as work:
        found = await list_enrollments(work, user, before=before, limit=limit)
    return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)
