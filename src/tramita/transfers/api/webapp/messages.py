"""``/api/webapp/v1/chats/{chat}/messages``: what was said in a chat, kept once and as it was edited."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import JSONBody
from msgspec import Meta, Struct

from tramita.chats.importing import Counted, Item, import_export, save_messages
from tramita.chats.messages import MOST_AT_ONCE
from tramita.chats.ports import Asset, Person
from tramita.chats.queries import MessageView, Place, list_messages
from tramita.chats.registry import tenant_of
from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.files import LARGEST
from tramita.kit.http.bodies import decode_body
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.quotas import take_messages, take_upload
from tramita.transfers.api.webapp import BASE
from tramita.transfers.api.webapp.access import PEOPLE, PEOPLE_AND_BOT
from tramita.transfers.api.webapp.chats import HERE, FromHere
from tramita.transfers.errors import RoleForbidden
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.rules.permissions import Action, may
from tramita.transfers.webapp.errors import TooManyMessages
from tramita.transfers.webapp.guests import Guest
from tramita.transfers.who import Who

_ENVELOPE: Final = 64 * 1024

Number = Annotated[int, Meta(ge=1, lt=2**52)]
Word = Annotated[str, Meta(max_length=300)]
# As the messenger tells it, or as JSON does.
Moment = datetime | Annotated[int, Meta(ge=0, lt=2**35)]


class SenderBody(Struct, forbid_unknown_fields=True):
    """Who wrote it."""

    id: Number
    first_name: Word = ""
    last_name: Word = ""
    username: Word = ""
    language_code: Word = ""
    is_bot: bool = False


class AttachedBody(Struct, forbid_unknown_fields=True):
    """A file that was attached, by the messenger's names of it."""

    file_id: Word
    file_unique_id: Word
    kind: Word = "document"
    name: Word = ""
    mime: Word = ""
    size: Annotated[int, Meta(ge=0, lt=2**40)] | None = None


class MessageBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """A message of the chat."""

    message_id: Number
    date: Moment
    sender: SenderBody | None = msgspec.field(default=None, name="from")
    text: Annotated[str, Meta(max_length=20_000)] = ""
    caption: Annotated[str, Meta(max_length=20_000)] = ""
    reply_to: Number | None = None
    media_group_id: Word | None = None
    edit_date: Moment | None = None
    assets: Annotated[list[AttachedBody], Meta(max_length=10)] = []


class BatchBody(Struct, forbid_unknown_fields=True):
    """Messages of the chat, in any order, and where they come from."""

    items: list[dict[str, Any]]
    source: Word = ""


class SavedAnswer(Struct):
    """What became of a message: ``created``, ``updated`` (another text) or ``unchanged``."""

    message_id: int
    result: str


class RejectedAnswer(Struct):
    """A message that was not kept, by its place in the batch, and why."""

    index: int
    code: str


class BatchAnswer(Struct):
    """What became of a batch."""

    created: int
    updated: int
    unchanged: int
    rejected: list[RejectedAnswer]


class ImportAnswer(Struct):
    """An export that is being read in."""

    import_id: UUID


class ChatMessages(Controller):
    """Messages of a chat."""

    path = f"{BASE}/chats/{{chat:str}}"
    tags = ["Mini App"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = HERE

    @get("/messages", opt=PEOPLE)
    async def list_all(
        self,
        runtime: FromRuntime,
        here: FromHere,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[MessageView]:
        """What was written, the latest first; for agents alone."""
        _check(here.who, Action.SEE_MESSAGES)
        before = decode_cursor(cursor, Place)
        async with runtime.database.unit_of_work() as work:
            found = await list_messages(work, here.chat.id, before=before, limit=limit + 1)
        return to_page(found, limit, present=lambda one: one, key=lambda one: Place(one.at, one.id))

    @post("/messages", opt=PEOPLE_AND_BOT)
    async def save(
        self, data: JSONBody[MessageBody], runtime: FromRuntime, here: FromHere
    ) -> Response[SavedAnswer]:
        """Keep a message: 201 when it is new, else 200; another text is a further revision.

        Our bot's alone.
        """
        _check(here.who, Action.STORE_MESSAGE)
        await take_messages(runtime, tenant_of(here.chat), 1)
        async with runtime.database.unit_of_work(actor=here.who.name) as work:
            counted = await save_messages(work, here.chat.id, [_item(data)])
        result = _result(counted)
        answer = SavedAnswer(data.message_id, result)
        return Response(answer, status_code=201 if result == "created" else 200)

    @post(
        "/messages:batch",
        status_code=200,
        opt=PEOPLE_AND_BOT | {"multipart": True, "problems": [413, 415, 422, 429]},
        request_max_body_size=LARGEST + _ENVELOPE,
    )
    async def save_batch(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, here: FromHere
    ) -> Response[BatchAnswer] | Response[ImportAnswer]:
        """Keep up to 500 messages in at most 2 MiB; those that cannot be are named, the others kept. Idempotent.

        A form with the JSON `file` of Telegram Desktop's export is read in by a job (202).
        """
        _check(here.who, Action.IMPORT_MESSAGES)
        if request.content_type[0] == RequestEncodingType.MULTI_PART:
            file = (await request.form()).get("file")
            if not isinstance(file, UploadFile):
                raise InvalidError([FieldError("file", "missing", "A file is to be sent.")])
            content = await file.read()
            await take_upload(runtime, tenant_of(here.chat), len(content), guest=_guest(request))
            made = await import_export(runtime, here.chat.id, content, actor=here.who.name)
            return Response(ImportAnswer(made), status_code=202)
        batch = decode_body(await request.body(), BatchBody)
        if len(batch.items) > MOST_AT_ONCE:
            raise TooManyMessages(limit=MOST_AT_ONCE)
        await take_messages(runtime, tenant_of(here.chat), len(batch.items))
        items, places, rejected = _read_items(batch.items)
        async with runtime.database.unit_of_work(actor=here.who.name) as work:
            counted = await save_messages(work, here.chat.id, items)
        rejected += [RejectedAnswer(places[n], code) for n, code in counted.rejected]
        rejected.sort(key=lambda one: one.index)
        answer = BatchAnswer(counted.created, counted.updated, counted.unchanged, rejected)
        return Response(answer, status_code=200)


def _guest(request: Request[Any, Any, Any]) -> str | None:
    return request.user.key if isinstance(request.user, Guest) else None


def _check(who: Who, action: Action) -> None:
    # What was said is the same whatever becomes of the application.
    if not may(who.role, ApplicationState.DRAFT, action):
        raise RoleForbidden(role=who.role, action=action)


def _read_items(
    given: list[dict[str, Any]],
) -> tuple[list[Item], list[int], list[RejectedAnswer]]:
    """Those that are messages, where each stood, and those that are none."""
    items, places, rejected = list[Item](), list[int](), list[RejectedAnswer]()
    for place, one in enumerate(given):
        try:
            items.append(_item(msgspec.convert(one, MessageBody)))
            places.append(place)
        except (msgspec.ValidationError, OverflowError):
            rejected.append(RejectedAnswer(place, "invalid"))
    return items, places, rejected


def _person(said: SenderBody | None) -> Person | None:
    if said is None:
        return None
    language = said.language_code[:20]
    return Person(said.id, said.first_name, said.last_name, said.username, language, said.is_bot)


def _item(body: MessageBody) -> Item:
    return Item(
        body.message_id,
        _moment(body.date),
        body.text or body.caption,
        edited_at=None if body.edit_date is None else _moment(body.edit_date),
        sender=_person(body.sender),
        reply_to=body.reply_to,
        album=body.media_group_id,
        assets=[
            Asset(one.kind, one.file_id, one.file_unique_id, one.name, one.mime, one.size)
            for one in body.assets
        ],
    )


def _moment(said: Moment) -> datetime:
    if isinstance(said, int):
        return datetime.fromtimestamp(said, UTC)
    return said if said.tzinfo is not None else said.replace(tzinfo=UTC)


def _result(counted: Counted) -> str:
    if counted.created:
        return "created"
    return "updated" if counted.updated else "unchanged"
