"""``/learn`` and ``/learn/orders/<id>``: a learner's orders, and what is asked of them."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Template

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, encode_cursor
from tramita.kit.runtime import Runtime
from tramita.orders.page.order import OrderView, is_so, show_bills, show_card, show_order
from tramita.orders.pages.errors import LEARNERS
from tramita.orders.pages.frame import page, words_for
from tramita.orders.queries import OrderFilter, get_own_order, list_own_orders
from tramita.orders.views import Shown
from tramita.payments.cards import find_payer_of, list_cards
from tramita.payments.invoices import list_invoices
from tramita.payments.settings import PaymentSettings
from tramita.signatures.knowledge import refresh_known

PER_PAGE: Final = 20

Done = Annotated[str | None, QueryParameter(max_length=20)]


@get("/", opt=LEARNERS)
async def list_orders(
    request: AnyRequest,
    runtime: FromRuntime,
    cursor: Cursor = None,
    fragment: FromQuery[bool] = False,
) -> Template:
    """Everything that was ordered, newest first; with ``?fragment=1`` only what changes."""
    before = decode_cursor(cursor, UUID)
    async with runtime.database.unit_of_work() as work:
        found = await list_own_orders(
            work, request.user.user, OrderFilter(), before=before, limit=PER_PAGE
        )
        now = runtime.configured(PaymentSettings).local(await work.now())
    await refresh_known(runtime, [one.signature for one in found])
    words = words_for(request)
    following = encode_cursor(found[PER_PAGE - 1].order.id) if len(found) > PER_PAGE else None
    return page(
        request,
        "_orders" if fragment else "orders",
        orders=[show_order(one, now, words) for one in found[:PER_PAGE]],
        cursor=cursor,
        following=following,
    )


@get("/orders/{order_id:uuid}", opt=LEARNERS)
async def show(
    request: AnyRequest,
    runtime: FromRuntime,
    order_id: FromPath[UUID],
    fragment: FromQuery[bool] = False,
    done: Done = None,
) -> Template:
    """One order; with ``?fragment=1`` only what changes."""
    return await order_page(
        request, runtime, order_id, name="_order" if fragment else "order", done=done
    )


async def order_page(
    request: AnyRequest, runtime: Runtime, order_id: UUID, *, name: str = "order", **told: Any
) -> Template:
    """An order as it stands now, and above it what was done, or why nothing was (``refusal``)."""
    shown, view, about = await read_order(request, runtime, order_id)
    await refresh_known(runtime, [shown.signature])
    if not is_so(told.get("done"), shown.order):
        told["done"] = None  # An address says what anybody writes into it.
    return page(request, name, order=view, **about, **told)


async def read_order(
    request: AnyRequest, runtime: Runtime, order_id: UUID
) -> tuple[Shown, OrderView, dict[str, Any]]:
    """An order of whoever asks, what it may be paid with (``cards``), and its ``bills``."""
    user, settings, words = (
        request.user.user,
        runtime.configured(PaymentSettings),
        words_for(request),
    )
    async with runtime.database.unit_of_work() as work:
        shown = await get_own_order(work, user, order_id)
        payer_id = await find_payer_of(work, user.tenant, user.username)
        cards = [] if payer_id is None else await list_cards(work, payer_id, settings.provider)
        bills = await list_invoices(work, order_id)
        now = settings.local(await work.now())
    about = {
        "cards": [show_card(one, now.date()) for one in cards],
        "bills": show_bills(bills, words),
    }
    return shown, show_order(shown, now, words), about
