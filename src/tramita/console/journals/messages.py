"""``/console/messages``: what outside systems told us, what became of it, and taking it again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.frame import ACT, PAGE, frame
from tramita.console.journals.one import PageOfOne
from tramita.console.presentation import Part, query_of
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import Stamp
from tramita.kit.errors import ConflictError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.pages import Cursor, Text, decode_cursor, to_page
from tramita.kit.inbox import read_again
from tramita.kit.inbox_queries import (
    MessageInFull,
    MessageStanding,
    find_messages,
    find_senders,
    get_message,
)
from tramita.kit.languages.words import to_translate

ROWS: Final = 25
ADDRESS: Final = "/console/messages"
STAMPS: Final = {
    MessageStanding.WAITING: Stamp(to_translate("Waits to be read"), "wait"),
    MessageStanding.TAKEN: Stamp(to_translate("Taken"), "done"),
    MessageStanding.ASIDE: Stamp(to_translate("Put aside"), "unknown"),
}
_READ: Final = to_translate(
    "The message is read again. Should nobody understand it still, it is put aside again."
)
_GONE: Final = to_translate("It was not put aside any more, or what it said has been forgotten.")


class MessagePages(Controller):
    """The inbox, and one message."""

    path = "/messages"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        standing: Text = None,
        provider: Text = None,
        cursor: Cursor = None,
    ) -> Template:
        """Messages, the latest first."""
        chosen = MessageStanding(standing) if standing in set(MessageStanding) else None
        async with runtime.database.reading() as work:
            senders = await find_senders(work)
            found = await find_messages(
                work,
                standing=chosen,
                providers=[provider] if provider else senders,
                before=decode_cursor(cursor, tuple[datetime, UUID]),
                limit=ROWS + 1,
            )
            now = now_for(request, await work.now())
        page = to_page(
            found,
            ROWS,
            present=lambda row: (row, STAMPS[row.standing], Moment.of(row.received_at, now=now)),
            key=lambda row: (row.received_at, row.id),
        )
        asked = {"standing": chosen, "provider": provider or None}
        context = {
            "room": "messages",
            "address": ADDRESS,
            "tabs": [
                (key, stamp.word, query_of(standing=key, provider=provider or None))
                for key, stamp in STAMPS.items()
            ],
            "every": query_of(provider=provider or None),
            "standing": chosen,
            "provider": provider,
            "senders": sorted({*senders, *filter(None, [provider])}),
            "lines": page.items,
            "is_first": cursor is None,
            "first": query_of(**asked),
            "next": page.next_cursor and query_of(**asked, cursor=page.next_cursor),
        }
        return Template("console/messages.html", context=frame(request) | context)

    @get("/{message_id:uuid}")
    async def show(
        self,
        request: Request[Any, Any, Any],
        message_id: FromPath[UUID],
        runtime: FromRuntime,
        done: FromQuery[bool] = False,
    ) -> Template:
        """What it says, masked."""
        return await _MESSAGE.show(request, runtime, message_id, notice=_READ if done else None)

    @post("/{message_id:uuid}", status_code=303, opt=ACT)
    async def take_again(
        self, request: Request[Any, Any, Any], message_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Have one that was put aside read once more, as if it had just come."""
        jobs = {provider: one.job for provider, one in runtime.receivers.items()}
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                is_read = await read_again(work, message_id, jobs=jobs)
        except ConflictError as refused:
            return await _MESSAGE.show(
                request, runtime, message_id, status=409, error=refused.sentence
            )
        if not is_read:
            return await _MESSAGE.show(request, runtime, message_id, status=409, error=_GONE)
        return Redirect(f"{ADDRESS}/{message_id}?done=true", status_code=303)


def _tell(one: MessageInFull, now: Now) -> Mapping[str, Any]:
    return {
        "one": one,
        "stamp_of": STAMPS[one.standing],
        "at": Moment.of(one.received_at, now=now),
        "taken": one.processed_at and Moment.of(one.processed_at, now=now),
        "said": Part.of(one.body),
        "can_take": one.standing is MessageStanding.ASIDE and one.has_body,
    }


_MESSAGE: Final = PageOfOne("messages", "console/message.html", get_message, _tell)
