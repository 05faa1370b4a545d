"""``/api/v1/chats``: chats, what was said there, what did not arrive, and how that is mended."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from tramita.chats import queries
from tramita.chats.cards import replace_link
from tramita.chats.errors import ImportNotFound
from tramita.chats.importing import import_export
from tramita.chats.lifecycle import ChatState
from tramita.chats.ports import MiniApp
from tramita.chats.queries import (
    ChatDetails,
    ChatView,
    ImportView,
    MessageView,
    Place,
    RevisionView,
    SendView,
)
from tramita.chats.registry import get_chat, tenant_of
from tramita.chats.sending import send_again
from tramita.kit.files import LARGEST
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.quotas import take_upload

READ: Final[dict[str, Any]] = {"scope": "chats:read"}
ACT: Final[dict[str, Any]] = {"scope": "chats:write", "idempotent": True}

State = Annotated[ChatState | None, QueryParameter(name="state")]


class LinkAnswer(Struct):
    """Where our application opens from a chat; told once, the link before opens nothing any more."""

    link: str | None


class ChatsController(Controller):
    """Chats of a messenger."""

    path = "/api/v1/chats"
    tags = ["Chats"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @get(opt=READ)
    async def list_all(
        self,
        runtime: FromRuntime,
        in_state: State = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[ChatView]:
        """Chats, newest first; `?state=lost` are those that our bot is not in any more."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.unit_of_work() as work:
            found = await queries.list_chats(work, state=in_state, before=before, limit=limit + 1)
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @get("/{chat_id:uuid}", opt=READ)
    async def show(self, chat_id: FromPath[UUID], runtime: FromRuntime) -> ChatDetails:
        """One chat, every number that it had, and who was seen in it."""
        async with runtime.database.unit_of_work() as work:
            return await queries.get_chat_view(work, chat_id)

    @get("/{chat_id:uuid}/messages", opt=READ)
    async def list_messages(
        self,
        chat_id: FromPath[UUID],
        runtime: FromRuntime,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[MessageView]:
        """What was written there, by people and by us, the latest first."""
        before = decode_cursor(cursor, Place)
        async with runtime.database.unit_of_work() as work:
            await queries.get_chat_view(work, chat_id)
            found = await queries.list_messages(work, chat_id, before=before, limit=limit + 1)
        return to_page(found, limit, present=lambda one: one, key=lambda one: Place(one.at, one.id))

    @get("/{chat_id:uuid}/messages/{message_id:uuid}/revisions", opt=READ)
    async def list_revisions(
        self, chat_id: FromPath[UUID], message_id: FromPath[UUID], runtime: FromRuntime
    ) -> list[RevisionView]:
        """The texts that a message had before it was edited, the oldest first."""
        async with runtime.database.unit_of_work() as work:
            await queries.get_chat_view(work, chat_id)
            return await queries.list_revisions(work, chat_id, message_id)

    @get("/{chat_id:uuid}/undelivered", opt=READ)
    async def list_undelivered(
        self,
        chat_id: FromPath[UUID],
        runtime: FromRuntime,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[SendView]:
        """What the chat did not get for sure; `unknown` may stand there: look before you send it again."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.unit_of_work() as work:
            await queries.get_chat_view(work, chat_id)
            found = await queries.list_undelivered(work, chat_id, before=before, limit=limit + 1)
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @post("/sends/{send_id:uuid}/send-again", status_code=202, opt=ACT)
    async def send_again(
        self, send_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> SendView:
        """Send what came to an end anew, as it was written."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await queries.get_send(work, send_id)
            await send_again(work, send_id)
            return await answered(work, await queries.get_send(work, send_id))

    @post("/{chat_id:uuid}/start-token", status_code=201, opt=ACT)
    async def rotate_start_token(
        self, chat_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> LinkAnswer:
        """A new link by which our application opens from this chat; its cards are edited to have it."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await queries.get_chat_view(work, chat_id)
            token = await replace_link(work, chat_id)
            chat = await get_chat(work, chat_id)
            link = runtime.gateway(MiniApp, chat.provider).link(token)
            return await answered(work, LinkAnswer(link), again=LinkAnswer(None))

    @post(
        "/{chat_id:uuid}/imports",
        status_code=202,
        opt={"scope": "chats:write", "problems": [429]},
        request_max_body_size=LARGEST,
    )
    async def start_import(
        self,
        chat_id: FromPath[UUID],
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> ImportView:
        """Read in the `result.json` that Telegram Desktop exports of this chat (the body); twice is once."""
        async with runtime.database.unit_of_work() as work:
            await queries.get_chat_view(work, chat_id)
            tenant = tenant_of(await get_chat(work, chat_id))
        content = await request.body()
        await take_upload(runtime, tenant, len(content))
        made = await import_export(runtime, chat_id, content, actor=actor)
        return await self._get_import(runtime, chat_id, made)

    @get("/{chat_id:uuid}/imports/{import_id:uuid}", opt=READ)
    async def show_import(
        self, chat_id: FromPath[UUID], import_id: FromPath[UUID], runtime: FromRuntime
    ) -> ImportView:
        """How far an import is."""
        return await self._get_import(runtime, chat_id, import_id)

    async def _get_import(self, runtime: FromRuntime, chat_id: UUID, import_id: UUID) -> ImportView:
        async with runtime.database.unit_of_work() as work:
            await queries.get_chat_view(work, chat_id)
            found = await queries.get_import(work, chat_id, import_id)
        if found is None:
            raise ImportNotFound(id=import_id)
        return found
