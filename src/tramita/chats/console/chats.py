"""``/console/chats``: chats, and one of them with what was said there and what did not arrive."""

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from tramita.chats import queries
from tramita.chats.console.said import by_days
from tramita.chats.console.words import (
    CHAT_STAMPS,
    MEMBERSHIPS,
    NOBODYS,
    PRIVATE_STAMPS,
    SEND_KINDS,
    SEND_STAMPS,
    TYPES,
)
from tramita.chats.ports import ChatType
from tramita.chats.queries import ChatView, Place
from tramita.chats.sending import send_again
from tramita.console.acting import NO_BUTTON
from tramita.console.frame import ACT, PAGE, frame
from tramita.console.presentation import query_of
from tramita.console.times import Moment, now_for
from tramita.console.words import Stamp
from tramita.kit.errors import ConflictError, NotFoundError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.runtime import Runtime
from tramita.kit.tenants import name_tenants

ADDRESS: Final = "/console/chats"
ROWS: Final = 25
MESSAGES: Final = 50


class ChatPages(Controller):
    """The list, and one of them."""

    path = "/chats"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, cursor: Cursor = None
    ) -> Template:
        """Chats, newest first."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.unit_of_work() as work:
            found = await queries.list_chats(work, state=None, before=before, limit=ROWS + 1)
            partners = await name_tenants(work)
            now = now_for(request, await work.now())
        page = to_page(
            found,
            ROWS,
            present=lambda one: (
                one,
                TYPES.get(one.type, one.type),
                _stamp(one),
                Moment.of(one.created_at, now=now),
            ),
            key=lambda one: one.id,
        )
        context = {
            "partner_names": partners,
            "lines": page.items,
            "is_first": cursor is None,
            "next": query_of(cursor=page.next_cursor) if page.next_cursor else None,
        }
        return Template("console/chats.html", context=_framed(request) | context)

    @get("/{chat_id:uuid}")
    async def show(
        self,
        request: Request[Any, Any, Any],
        chat_id: FromPath[UUID],
        runtime: FromRuntime,
        cursor: Cursor = None,
    ) -> Template:
        """One chat."""
        return await _page(request, runtime, chat_id, cursor=cursor)

    @post("/{chat_id:uuid}", status_code=303, opt=ACT)
    async def act(
        self, request: Request[Any, Any, Any], chat_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Send again what the pressed button names; a refusal is told in place."""
        pressed = str((await request.form()).get("send", ""))
        try:
            send_id = UUID(pressed)
        except ValueError:
            return await _page(request, runtime, chat_id, error=NO_BUTTON, status=422)
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                await send_again(work, send_id)
        except (ConflictError, NotFoundError) as refused:
            return await _page(request, runtime, chat_id, error=refused.sentence, status=409)
        return Redirect(f"{ADDRESS}/{chat_id}", status_code=303)


def _stamp(chat: ChatView) -> Stamp:
    if chat.type == ChatType.PRIVATE:
        return PRIVATE_STAMPS[chat.state]
    return CHAT_STAMPS[chat.state] if chat.tenant is not None else NOBODYS


def _framed(request: AnyRequest) -> dict[str, Any]:
    return frame(request) | {"room": "chats"}


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    chat_id: UUID,
    *,
    cursor: str | None = None,
    error: str | None = None,
    status: int = 200,
) -> Template:
    before = decode_cursor(cursor, Place)
    async with runtime.database.unit_of_work() as work:
        chat = await queries.get_chat_view(work, chat_id)
        found = await queries.list_messages(work, chat_id, before=before, limit=MESSAGES + 1)
        undelivered = await queries.list_undelivered(work, chat_id, before=None, limit=MESSAGES)
        partners = await name_tenants(work)
        now = now_for(request, await work.now())
    page = to_page(
        found,
        MESSAGES,
        present=lambda one: one,
        key=lambda one: Place(one.at, one.id),
    )
    context = {
        "chat": chat,
        "partner_names": partners,
        "stamp": _stamp(chat),
        "since": Moment.of(chat.created_at, now=now),
        "undelivered": [
            (
                one,
                SEND_KINDS[one.kind],
                SEND_STAMPS[one.state],
                Moment.of(one.written_at, now=now),
            )
            for one in undelivered
        ],
        "type": TYPES.get(chat.type, chat.type),
        "memberships": MEMBERSHIPS,
        "days": by_days(page.items, now),
        "is_first": cursor is None,
        "next": query_of(cursor=page.next_cursor) if page.next_cursor else None,
        "error": error,
        "address": f"{ADDRESS}/{chat_id}",
    }
    return Template("console/chat.html", status_code=status, context=_framed(request) | context)
