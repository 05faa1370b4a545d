"""The chats' ports on Telegram: translate, call, classify.

Telegram knows no repetition, and a bot cannot look for what it has written: an answer that is lost
stays ``Unknown``. A 403 is a no about the chat; only a 401 is about us.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

import msgspec

from tramita.chats.ports import (
    FILE_TOO_LARGE,
    LARGEST_UPLOAD,
    Document,
    Fetched,
    Gone,
    Membership,
    Moved,
    NotTrusted,
    Opened,
    Sent,
    Text,
    Update,
    WebhookState,
)
from tramita.kit.answers import Reading, in_json, read_json
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.multipart import FilePart
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.outside import UNREADABLE, NotUnderstood, storable_text
from tramita.kit.provider import Connection
from tramita.providers.telegram import wire
from tramita.providers.telegram.client import BotClient, Heard, is_file_path
from tramita.providers.telegram.mini_app import MiniAppReader
from tramita.providers.telegram.settings import TelegramSettings
from tramita.providers.telegram.translate import (
    is_so_already,
    membership,
    read_end,
    read_webhook,
    refuse,
    to_document,
    to_message,
    to_text,
)
from tramita.providers.telegram.updates import Reader
from tramita.providers.telegram.webhook import DOOR, read_path, read_shown

T = TypeVar("T")
W = TypeVar("W")

# What we want to hear of; who comes and goes is told only to whoever asks for it.
_WANTED: Final = ("message", "edited_message", "my_chat_member", "chat_member", "callback_query")
# An update is waited for this part of the time that a call may take.
_WAITED: Final = 0.6
_UNAUTHORIZED: Final = frozenset({401})


@dataclass(frozen=True)
class TelegramGateway:
    """One bot. ``path`` and ``secret`` are what its updates come with."""

    client: BotClient
    reader: Reader
    app: MiniAppReader
    path: str = field(repr=False)
    secret: str = field(repr=False)
    deadline: timedelta

    # ---- ChatService ---------------------------------------------------------------------

    async def send_text(
        self, chat: int, text: Text, attempt: Attempt
    ) -> Outcome[Sent | Moved | Gone]:
        """``sendMessage``."""
        answer = await self.client.call("sendMessage", to_message(chat, text), attempt)
        return _judge_in_chat(answer, wire.WireMessageAnswer, lambda said: _sent(said.result))

    async def edit_text(
        self, chat: int, message_id: int, text: Text, attempt: Attempt
    ) -> Outcome[Sent | Moved | Gone]:
        """``editMessageText``; "message is not modified" is done."""
        asked = {"chat_id": chat, "message_id": message_id, **to_text(text)}
        answer = await self.client.call("editMessageText", asked, attempt)
        outcome = _judge_in_chat(answer, wire.WireMessageAnswer, lambda said: _sent(said.result))
        if isinstance(outcome, Refused) and is_so_already(outcome):
            return Done(Sent(message_id))
        return outcome

    async def send_document(
        self, chat: int, document: Document, attempt: Attempt
    ) -> Outcome[Sent | Moved | Gone]:
        """``sendDocument``, always as an upload: Telegram reaches no address of ours."""
        if len(document.content) > LARGEST_UPLOAD:
            return Refused(FILE_TOO_LARGE, f"{len(document.content)} bytes")
        name = storable_text(document.name) or "document"
        file = FilePart("document", name, document.media_type, document.content)
        asked = to_document(chat, document)
        answer = await self.client.upload("sendDocument", asked, file, attempt)
        return _judge_in_chat(answer, wire.WireMessageAnswer, lambda said: _sent(said.result))

    async def get_member(
        self, chat: int, person: int, attempt: Attempt
    ) -> Outcome[Membership | Moved | Gone]:
        """``getChatMember``: of others it is sure only where the bot leads the group."""
        asked = {"chat_id": chat, "user_id": person}
        answer = await self.client.call("getChatMember", asked, attempt)
        return _judge_in_chat(answer, wire.WireMemberAnswer, lambda said: membership(said.result))

    async def get_file(self, file_id: str, attempt: Attempt) -> Outcome[bytes]:
        """``getFile``, and what is at the path that it gives for an hour."""
        answer = await self.client.call("getFile", {"file_id": file_id}, attempt)
        found = _judge(answer, in_json(wire.WireFileAnswer, lambda said: said.result))
        if not isinstance(found, Done):
            return found
        if not is_file_path(found.value.file_path):
            return Unknown("a path that is none of Telegram's")
        size = found.value.file_size
        heard = await self.client.download(found.value.file_path, attempt)
        if isinstance(heard, Answer) and heard.status != 200:
            # The path has run out, or somebody on the way says so: it is asked for anew.
            return Unknown(f"HTTP {heard.status} for the file")
        return _judge(heard, lambda said: _whole(said, size))

    async def leave(self, chat: int, attempt: Attempt) -> Outcome[None]:
        """``leaveChat``; where the chat has another number by now, that one."""
        outcome = await self._leave(chat, attempt)
        if isinstance(outcome, Done) and isinstance(outcome.value, Moved):
            outcome = await self._leave(outcome.value.to, attempt)
        return Done(None) if isinstance(outcome, Done) else outcome

    async def _leave(self, chat: int, attempt: Attempt) -> Outcome[Moved | Gone | None]:
        answer = await self.client.call("leaveChat", {"chat_id": chat}, attempt)
        return _judge_in_chat(answer, wire.WireTrue, lambda _: None)

    # ---- ChatNotices, ChatWebhook, ChatUpdates -------------------------------------------

    def read_update(self, body: bytes) -> Update | NotUnderstood:
        """What an update says."""
        return self.reader.read(body)

    async def register(self, address: str, attempt: Attempt) -> Outcome[None]:
        """``setWebhook``; what waits there is posted then."""
        asked = {
            "url": self._door(address),
            "secret_token": self.secret,
            "allowed_updates": _WANTED,
        }
        answer = await self.client.call("setWebhook", asked, attempt)
        return _judge(answer, in_json(wire.WireTrue, lambda _: None))

    async def remove(self, attempt: Attempt) -> Outcome[None]:
        """``deleteWebhook``; what waits is kept."""
        answer = await self.client.call("deleteWebhook", {}, attempt)
        return _judge(answer, in_json(wire.WireTrue, lambda _: None))

    async def state(self, address: str, attempt: Attempt) -> Outcome[WebhookState]:
        """``getWebhookInfo``."""
        answer = await self.client.call("getWebhookInfo", {}, attempt)
        ours = self._door(address)
        read = in_json(wire.WireWebhookAnswer, lambda said: _state(said.result, ours))
        return _judge(answer, read)

    def _door(self, address: str) -> str:
        return f"{address.rstrip('/')}{DOOR}/{self.path}"

    async def fetch(self, after: int | None, attempt: Attempt) -> Outcome[Sequence[Fetched]]:
        """``getUpdates``: those up to ``after`` were kept, and are forgotten there."""
        asked: dict[str, object] = {
            "timeout": int(self.deadline.total_seconds() * _WAITED),
            "allowed_updates": _WANTED,
        }
        if after is not None:
            asked["offset"] = after + 1
        answer = await self.client.call("getUpdates", asked, attempt)
        return _judge(answer, in_json(wire.WireUpdatesAnswer, lambda said: _fetched(said.result)))

    # ---- MiniApp -------------------------------------------------------------------------

    def link(self, start: str) -> str:
        """The direct link to our Mini App."""
        return self.app.link(start)

    def open(self, init_data: str, now: datetime) -> Opened | NotTrusted:
        """Who opens it."""
        return self.app.open(init_data, now)


def _judge(
    answer: Heard, read: Callable[[Answer], T | NotUnderstood]
) -> Done[T] | Refused | NotSent | Unknown:
    return _READING.judge(answer, read, good=frozenset({200}))


def _judge_in_chat(
    answer: Heard, kind: type[W], read: Callable[[W], T]
) -> Outcome[T | Moved | Gone]:
    """The same of what is done in a chat, which may have another number or be over."""
    if isinstance(answer, Answer) and 400 <= answer.status < 500:
        no = read_json(answer, wire.WireError)
        end = None if isinstance(no, NotUnderstood) else read_end(no)
        if end is not None:
            return Done(end)
    return _judge(answer, in_json(kind, read))


_READING: Final = Reading("Telegram", in_json(wire.WireError, refuse), _UNAUTHORIZED)


def _sent(said: wire.WireSent) -> Sent:
    return Sent(said.message_id, said.document.file_id if said.document else None)


def _whole(answer: Answer, size: int | None) -> bytes | NotUnderstood:
    if size is not None and len(answer.raw) != size:
        return NotUnderstood(f"{len(answer.raw)} of {size} bytes")
    return answer.raw


def _state(said: wire.WireWebhook, ours: str) -> WebhookState | NotUnderstood:
    try:
        return read_webhook(said, ours)
    except (ValueError, OverflowError, OSError) as error:
        return NotUnderstood(str(error))


def _fetched(updates: Sequence[msgspec.Raw]) -> Sequence[Fetched] | NotUnderstood:
    try:
        return [Fetched(_number(one), bytes(one)) for one in updates]
    except UNREADABLE as error:
        return NotUnderstood(str(error))


def _number(update: msgspec.Raw) -> int:
    return msgspec.json.decode(update, type=wire.WireNumbered).update_id


def make_gateway(connection: Connection) -> TelegramGateway:
    """The gateway of this process."""
    settings: TelegramSettings = connection.settings
    client = BotClient(connection.exchange, connection.secret("bot_token"))
    valid_for = timedelta(hours=settings.init_data_hours)
    return TelegramGateway(
        client,
        Reader(client.bot_id, settings.bot),
        MiniAppReader(client.token, settings.bot, settings.app, valid_for),
        read_path(connection),
        read_shown(connection),
        connection.exchange.deadline,
    )
