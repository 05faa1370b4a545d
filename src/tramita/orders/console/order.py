"""``/console/orders/<id>``: one order, how it is signed and paid, what happened, and what to do."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response, Template

from tramita.console.acting import ActionPage, act_form
from tramita.console.frame import ACT, PAGE
from tramita.console.things import directory_of, page_at
from tramita.console.timeline import LAST, LOOK, MOST_AT_ONCE, Look, Telling
from tramita.console.times import Moment, now_for
from tramita.kit.audit import Subject, note_act
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.languages.filled import told
from tramita.kit.languages.words import to_translate
from tramita.kit.runtime import Runtime
from tramita.orders.api.files import attached_pdf
from tramita.orders.console.orders import orders_frame
from tramita.orders.console.schedule import Schedule
from tramita.orders.console.telling import places_of, route_of, unsettled_of
from tramita.orders.console.words import (
    ENROLLMENT_STAMPS,
    INVOICES,
    NOT_OPEN,
    NOT_SUBMITTED,
    NOTHING_FITS,
    ORDER_ACTIONS,
    ORDER_STAMPS,
    OUTLOOK,
    SIGNING_STAMPS,
)
from tramita.orders.moving import topic_of
from tramita.orders.operator.actions import OrderAction, act_on_order, find_objections
from tramita.orders.operator.story import OrderStory, get_order_row, tell_order
from tramita.payments.documents import invoice_pdf
from tramita.payments.settings import PaymentSettings

# For so long whoever watches an order waits for a change, and then looks all the same.
WAIT: Final = 15.0


class OrderPages(Controller):
    """One order."""

    path = "/orders/{order_id:uuid}"
    include_in_schema = False
    opt = PAGE

    @get(dependencies=LOOK)
    async def show(
        self,
        request: Request[Any, Any, Any],
        order_id: FromPath[UUID],
        runtime: FromRuntime,
        look: NamedDependency[Look],
        done: FromQuery[OrderAction | None] = None,
    ) -> Template:
        """The order; ``done`` names the action that led here."""
        notice = ORDER_ACTIONS[done].done if done else None
        return await _page(request, runtime, order_id, look=look, notice=notice)

    @post(status_code=303, opt=ACT)
    async def act(
        self, request: Request[Any, Any, Any], order_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place."""
        return await _PAGE.act_by_form(request, runtime, order_id)

    @get("/invoice", opt=ACT)
    async def show_invoice(
        self,
        request: Request[Any, Any, Any],
        order_id: FromPath[UUID],
        runtime: FromRuntime,
        reference: Annotated[str, QueryParameter(max_length=100)],
    ) -> Response[bytes]:
        """One of its invoices as a PDF, which names its learner in full."""
        made = await invoice_pdf(runtime, order_id, reference)
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            subject = Subject("orders", order_id)
            await note_act(work, work.actor, "invoice.shown", subject, reference=reference)
        return attached_pdf(made, reference)

    @get("/changes", status_code=204)
    async def wait_for_change(self, order_id: FromPath[UUID], runtime: FromRuntime) -> None:
        """Answer when something of the order has changed, or may have."""
        async with runtime.live.subscribe(topic_of(order_id)) as changes:
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT):
                    await changes.messages.get()


async def _facts(runtime: Runtime, order_id: UUID) -> list[tuple[str, str]]:
    """What it is, whose, and what it costs."""
    async with runtime.database.unit_of_work() as work:
        row = await get_order_row(work, order_id)
    return [
        (to_translate("Order"), f"{row.product}, {row.course}"),
        (to_translate("Learner"), row.learner),
        *([(to_translate("Organization"), row.organization)] if row.organization else []),
        (to_translate("Price"), told(row.money) if row.total else to_translate("free")),
        (to_translate("Now"), ORDER_STAMPS[row.state].word),
    ]


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    order_id: UUID,
    *,
    status: int = 200,
    look: Look = LAST,
    **shown: str | None,
) -> Template:
    """The page of one order; with an error it is not the page that was asked for."""
    settings = runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work() as work:
        story = await tell_order(work, order_id, look.before, most=MOST_AT_ONCE)
    today = settings.day_of(story.row.now)
    allowed = find_objections(story.row, story.signature, story.account, today)
    schedule = Schedule.of(story, today)
    context = _context(request, story, look) | {"schedule": schedule}
    form = act_form(_worth_showing(allowed), ORDER_ACTIONS, when_none=NOTHING_FITS)
    return Template(
        "console/order.html",
        status_code=status,
        context=orders_frame(request) | context | form | shown,
    )


def _worth_showing(allowed: Mapping[OrderAction, str | None]) -> Mapping[OrderAction, str | None]:
    """All of them while one is allowed: who reads why not looks for no button that is missing."""
    return allowed if None in allowed.values() else {}


def _context(request: AnyRequest, story: OrderStory, look: Look) -> dict[str, Any]:
    row, now = story.row, now_for(request, story.row.now)
    signature = story.signature
    telling = Telling(now, directory_of(request).parts, places_of(story))
    times = {
        "submitted": signature and signature.submitted_for_signature_on,
        "student": signature and signature.student_signed_on,
        "organization": signature and signature.organization_signed_on,
        "expires": signature and signature.expires_at,
        "known": signature and signature.known_at,
    }
    return {
        "row": row,
        "stamp_of": ORDER_STAMPS[row.state],
        "outlook": OUTLOOK[row.state],
        "made": Moment.of(row.created_at, now=now),
        "route": route_of(story),
        "unsettled": unsettled_of(story),
        "signature": signature,
        "signature_stamp": SIGNING_STAMPS[signature.state] if signature else NOT_SUBMITTED,
        "times": {name: Moment.of(at, now=now) for name, at in times.items() if at},
        "targets": [
            (one, ENROLLMENT_STAMPS[one.state] if one.state else NOT_OPEN) for one in row.targets
        ],
        "invoices": [
            (one, INVOICES[one.kind], Moment.of(one.issued_at, now=now))
            for one in (story.account.invoices if story.account else ())
        ],
        "story": telling.tell(story.timeline, look),
        "address": page_at("orders", row.id),
    }


_PAGE: Final = ActionPage(ORDER_ACTIONS, act_on_order, _page, _facts)
