"""The chats' ports on Kanal: rooms at paths, a key for every act, and errors by their names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec

from tramita.chats.ports import (
    FILE_TOO_LARGE,
    FILE_UNKNOWN,
    LARGEST_UPLOAD,
    MEMBER_HIDDEN,
    MESSAGE_UNKNOWN,
    NOT_ACCEPTED,
    Chat,
    ChatType,
    Document,
    Gone,
    Membership,
    MessageSeen,
    Moved,
    Person,
    Sent,
    Text,
    Update,
)
from tramita.kit.answers import Reading, in_json, read_json
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Request
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.outside import UNREADABLE, NotUnderstood
from tramita.kit.provider import Connection

T = TypeVar("T")
W = TypeVar("W")

_CODES: Final = {
    "no_message": MESSAGE_UNKNOWN,
    "no_member": MEMBER_HIDDEN,
    "no_file": FILE_UNKNOWN,
    "file_large": FILE_TOO_LARGE,
}
_ROLES: Final = {
    "host": Membership.OWNER,
    "helper": Membership.ADMINISTRATOR,
    "guest": Membership.MEMBER,
    "gone": Membership.LEFT,
}


class WireError(msgspec.Struct):
    """How it says no; a room that was merged has become another."""

    error: str
    room: int | None = None


class WireWritten(msgspec.Struct):
    """A message, and the file in it."""

    message: int
    file: str | None = None


class WireMember(msgspec.Struct):
    """Somebody in a room."""

    role: str


class WireEvent(msgspec.Struct):
    """Something that was written in a room, at seconds since 1970."""

    event: str
    number: int
    room: int
    message: int
    by: int
    text: str
    at: int


@dataclass(frozen=True)
class KanalGateway:
    """Our account at Kanal."""

    client: JSONClient

    async def send_text(
        self, chat: int, text: Text, attempt: Attempt
    ) -> Outcome[Sent | Moved | Gone]:
        """``POST /rooms/{room}/messages``: known again by its key."""
        body = {"text": text.body, "html": text.is_html}
        answer = await self.client.call("POST", f"/rooms/{chat}/messages", attempt, body=body)
        return _in_room(answer, WireWritten, lambda said: Sent(said.message, said.file))

    async def edit_text(
        self, chat: int, message_id: int, text: Text, attempt: Attempt
    ) -> Outcome[Sent | Moved | Gone]:
        """``PUT /rooms/{room}/messages/{message}``."""
        path = f"/rooms/{chat}/messages/{message_id}"
        body = {"text": text.body, "html": text.is_html}
        answer = await self.client.call("PUT", path, attempt, body=body)
        return _in_room(answer, WireWritten, lambda said: Sent(said.message))

    async def send_document(
        self, chat: int, document: Document, attempt: Attempt
    ) -> Outcome[Sent | Moved | Gone]:
        """``POST /rooms/{room}/files``: the file is the body, its name in the address."""
        if len(document.content) > LARGEST_UPLOAD:
            return Refused(FILE_TOO_LARGE, f"{len(document.content)} bytes")
        path = f"/rooms/{chat}/files?name={quote(document.name, safe='', errors='replace')}"
        headers = {"content-type": document.media_type, "idempotency-key": attempt.key}
        shown = b"a file of %d bytes" % len(document.content)
        request = Request("POST", path, document.content, headers, shown)
        answer = await self.client.send(request, attempt)
        return _in_room(answer, WireWritten, lambda said: Sent(said.message, said.file))

    async def get_member(
        self, chat: int, person: int, attempt: Attempt
    ) -> Outcome[Membership | Moved | Gone]:
        """``GET /rooms/{room}/members/{person}``."""
        answer = await self.client.call("GET", f"/rooms/{chat}/members/{person}", attempt)
        return _in_room(answer, WireMember, _membership)

    async def get_file(self, file_id: str, attempt: Attempt) -> Outcome[bytes]:
        """``GET /files/{file}``, whose digest is told beside it."""
        answer = await self.client.call("GET", f"/files/{quote(file_id, safe='')}", attempt)
        return _READING.judge(answer, _whole)

    async def leave(self, chat: int, attempt: Attempt) -> Outcome[None]:
        """``DELETE /rooms/{room}/me``."""
        answer = await self.client.call("DELETE", f"/rooms/{chat}/me", attempt)
        outcome = _in_room(answer, WireWritten, lambda _: None)
        return Done(None) if isinstance(outcome, Done) else outcome

    def read_update(self, body: bytes) -> Update | NotUnderstood:
        """Kanal tells of messages only."""
        try:
            said = msgspec.json.decode(body, type=WireEvent)
            at = datetime.fromtimestamp(said.at, UTC)
        except (*UNREADABLE, OSError) as error:
            return NotUnderstood(str(error))
        seen = MessageSeen(said.message, at, sender=Person(said.by), text=said.text)
        return Update(said.number, seen, Chat(said.room, ChatType.SUPERGROUP))


def _in_room(
    answer: Answer | NotSent | Unknown, kind: type[W], read: Callable[[W], T | NotUnderstood]
) -> Outcome[T | Moved | Gone]:
    no = read_json(answer, WireError) if _is_no(answer) and isinstance(answer, Answer) else None
    match no:
        case WireError(error="merged", room=int(to)):
            return Done(Moved(to))
        case WireError(error="not_in_room"):
            return Done(Gone(no.error))

    def understood(answer: Answer) -> T | NotUnderstood:
        said = read_json(answer, kind)
        return said if isinstance(said, NotUnderstood) else read(said)

    return _READING.judge(answer, understood)


def _is_no(answer: Answer | NotSent | Unknown) -> bool:
    return isinstance(answer, Answer) and 400 <= answer.status < 500


def _membership(said: WireMember) -> Membership | NotUnderstood:
    return _ROLES.get(said.role) or NotUnderstood("a role that nobody here knows")


def _whole(answer: Answer) -> bytes | NotUnderstood:
    is_whole = answer.headers.get("x-kanal-size") == str(len(answer.raw))
    return answer.raw if is_whole else NotUnderstood("it is not all of the file")


_READING: Final = Reading(
    "Kanal",
    in_json(WireError, lambda no: Refused(_CODES.get(no.error, NOT_ACCEPTED), no.error)),
)


def make_gateway(connection: Connection) -> KanalGateway:
    """The gateway of this process."""
    token = connection.secret("token")
    return KanalGateway(JSONClient(connection.exchange, token, "idempotency-key"))
