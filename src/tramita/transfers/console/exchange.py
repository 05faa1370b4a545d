"""``/console/exchange``: what goes between applications and 1C, and what a person may do about it."""

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.frame import ACT, PAGE, frame
from tramita.console.presentation import indented, query_of
from tramita.console.times import Moment, now_for
from tramita.kit.errors import TramitaError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.runtime import Runtime
from tramita.transfers.console.words import MESSAGE_KINDS, MESSAGE_STAMPS
from tramita.transfers.notices.replaying import replay
from tramita.transfers.office.queries import body_of, list_gaps, list_lost, list_messages
from tramita.transfers.office.wanting import send_again
from tramita.transfers.rows import lock_application

ADDRESS: Final = "/console/exchange"
ROWS: Final = 25

AnyRequest = Request[Any, Any, Any]


class ExchangePages(Controller):
    """The list, and what may be done."""

    path = "/exchange"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(
        self,
        request: AnyRequest,
        runtime: FromRuntime,
        cursor: Cursor = None,
        standing: FromQuery[str | None] = None,
    ) -> Template:
        """Messages both ways, newest first; what is missing, and what is lost."""
        return await _page(request, runtime, cursor=cursor, standing=standing)

    @get("/{message_id:uuid}")
    async def show(
        self, request: AnyRequest, message_id: FromPath[UUID], runtime: FromRuntime
    ) -> Template:
        """One message as it came."""
        async with runtime.database.unit_of_work() as work:
            body = await body_of(work, message_id)
        context = {"body": indented(body), "message_id": message_id}
        return Template("console/exchange_message.html", context=_framed(request) | context)

    @post("/{message_id:uuid}", status_code=303, opt=ACT)
    async def replay(
        self, request: AnyRequest, message_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Hear a refused message once more; what refuses it again is told in place."""
        try:
            await replay(runtime, message_id)
        except TramitaError as refused:
            return await _page(request, runtime, error=refused.sentence, status=409)
        return Redirect(ADDRESS, status_code=303)

    @post("/lost/{application_id:uuid}", status_code=303, opt=ACT)
    async def send_again(
        self, request: AnyRequest, application_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Send an application again that is lost there."""
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                await send_again(work, await lock_application(work, application_id))
        except TramitaError as refused:
            return await _page(request, runtime, error=refused.sentence, status=409)
        return Redirect(ADDRESS, status_code=303)


def _framed(request: AnyRequest) -> dict[str, Any]:
    return frame(request) | {"room": "exchange"}


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    *,
    cursor: str | None = None,
    standing: str | None = None,
    error: str | None = None,
    status: int = 200,
) -> Template:
    before = decode_cursor(cursor, UUID)
    chosen = standing if standing in MESSAGE_STAMPS else None
    async with runtime.database.unit_of_work() as work:
        found = await list_messages(work, state=chosen, before=before, limit=ROWS + 1)
        gaps, lost = await list_gaps(work), await list_lost(work)
        now = now_for(request, await work.now())
    page = to_page(
        found,
        ROWS,
        present=lambda one: (
            one,
            MESSAGE_KINDS.get(one.kind, one.kind),
            MESSAGE_STAMPS[one.state],
            Moment.of(one.created_at, now=now),
        ),
        key=lambda one: one.id,
    )
    context = {
        "lines": page.items,
        "gaps": gaps,
        "lost": [(one, Moment.of(one.lost_at, now=now)) for one in lost],
        "states": {name: stamp.word for name, stamp in MESSAGE_STAMPS.items()},
        "chosen": chosen,
        "is_first": cursor is None,
        "first": query_of(standing=chosen),
        "next": query_of(cursor=page.next_cursor, standing=chosen) if page.next_cursor else None,
        "error": error,
        "address": ADDRESS,
    }
    return Template("console/exchange.html", status_code=status, context=_framed(request) | context)
