"""Read models of chats: what was said there in both directions, and what became of what we sent."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from tramita.chats.attaching import NAME as ASSET_NAME
from tramita.chats.attaching import SHA256
from tramita.chats.errors import ChatNotFound, SendNotFound
from tramita.chats.letters import CARD, CONTENT, Content
from tramita.chats.lifecycle import AssetState, ChatState, ImportState
from tramita.chats.members import NAME
from tramita.chats.messages import REVISION, TEXT
from tramita.chats.registry import TITLE
from tramita.kit.database.conditions import one_of, only_given
from tramita.kit.database.work import UnitOfWork
from tramita.kit.masking import mask_text
from tramita.kit.outbox.lifecycle import DeliveryState

UNDELIVERED: Final = frozenset(
    {
        DeliveryState.FAILED,
        DeliveryState.CANCELLED,
        DeliveryState.REFUSED,
        DeliveryState.UNKNOWN,
    }
)
"""Ends without a message in the chat, as far as anybody knows: a person may send it again."""


class ChatView(Struct):
    """A chat; ``tenant`` is null where nobody has activated it."""

    id: UUID
    telegram_id: Annotated[int, Meta(description="Its number at the messenger now.")]
    tenant: str | None
    title: str
    type: str
    state: Annotated[ChatState, Meta(description="`lost`: our bot is not there any more.")]
    bot_status: str | None
    is_forum: bool
    created_at: datetime
    undelivered: Annotated[int, Meta(description="Messages of ours that did not arrive for sure.")]


class ChatDetails(ChatView):
    """A chat with its numbers and the people seen in it."""

    numbers: list[int]
    people: "list[PersonView]"


class PersonView(Struct):
    """Somebody seen in a chat; ``membership`` is null where nothing was said of it."""

    telegram_id: int
    name: str
    membership: str | None
    is_bot: bool


class AssetView(Struct):
    """A file of a message; ``missing``: it can never be had."""

    id: UUID
    kind: str
    name: str
    media_type: str
    size: int | None
    state: AssetState
    reason: str | None


class FileView(Struct):
    """A file that a chat has, whoever has brought it there, and since when; ``sha256`` in hexadecimal letters."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime


class MessageView(Struct):
    """A message in a chat, by people or by us; ``revision`` 1 was never edited."""

    id: UUID
    message_id: int
    is_ours: bool
    person: int | None
    name: str
    at: datetime
    edited_at: datetime | None
    revision: int
    text: str
    reply_to: int | None
    album: str | None
    service: str
    assets: list[AssetView]


class RevisionView(Struct):
    """A text that a message had; ``at``: written or edited then."""

    at: datetime
    text: str


class SendView(Struct):
    """Something that we sent; ``unknown``: it may stand in the chat, and nobody heard."""

    id: UUID
    chat_id: UUID
    subject_id: UUID | None
    kind: str
    title: Annotated[str, Meta(description="The beginning of its text, or a file's name.")]
    state: DeliveryState
    written_at: datetime
    next_attempt_at: datetime | None
    message_id: int | None
    why: Annotated[str | None, Meta(description="Why the last attempt failed, masked.")]


class ImportView(Struct):
    """An export that is read in, and how far."""

    id: UUID
    chat_id: UUID
    state: ImportState
    created: int
    updated: int
    unchanged: int
    rejected: int
    reason: str | None
    created_at: datetime


_CHATS: Final = f"""
    SELECT c.id, c.telegram_id, c.tenant, c.title, c.type, c.state, c.bot_status, c.is_forum,
           c.created_at,
           (SELECT count(*) FROM chat_deliveries AS d
            WHERE d.chat_id = c.id AND {one_of("d.state", UNDELIVERED)}) AS undelivered
    FROM chats AS c
"""  # noqa: S608 - constants
_SENDS: Final = """
    SELECT s.id, s.chat_id, s.subject_id, s.kind, s.content #>> '{}' AS content,
           (SELECT c.content #>> '{}' FROM chat_cards AS c WHERE c.id = s.card_id) AS card,
           d.state, s.written_at, s.message_id,
           CASE WHEN d.state = 'waiting' THEN d.next_attempt_at END AS next_attempt_at,
           (SELECT a.error FROM chat_attempts AS a
            WHERE a.delivery_id = d.id ORDER BY a.number DESC LIMIT 1) AS why
    FROM chat_sends AS s JOIN chat_deliveries AS d ON d.send_id = s.id
"""
_LONGEST_TITLE: Final = 120


async def list_chats(
    work: UnitOfWork, *, state: ChatState | None, before: UUID | None, limit: int
) -> list[ChatView]:
    """Chats, newest first."""
    where, values = only_given(
        {"c.state": state and state.value, **work.bounds.asked("c")}, {"c.id <": before}, first=2
    )
    rows = await work.read(
        ChatView, f"{_CHATS} WHERE {where} ORDER BY c.id DESC LIMIT $1", limit, *values
    )
    for one in rows:
        one.title = work.keys.decrypt(one.title, TITLE)
    return rows


async def get_chat_view(work: UnitOfWork, chat_id: UUID) -> ChatDetails:
    """One chat; raises ``ChatNotFound``."""
    where, values = only_given(work.bounds.asked("c"), {"c.id =": chat_id})
    rows = await work.fetch(f"{_CHATS} WHERE {where}", *values)
    if not rows:
        raise ChatNotFound(id=chat_id)
    numbers = await work.fetch(
        "SELECT telegram_id FROM chat_aliases WHERE chat_id = $1 ORDER BY since, telegram_id",
        chat_id,
    )
    people = await work.read(
        PersonView,
        "SELECT telegram_id, name, membership, is_bot FROM chat_people WHERE chat_id = $1 "
        "ORDER BY is_bot, id LIMIT 500",
        chat_id,
    )
    for one in people:
        one.name = work.keys.decrypt(one.name, NAME)
    facts = dict(rows[0]) | {
        "state": ChatState(rows[0]["state"]),
        "title": work.keys.decrypt(rows[0]["title"], TITLE),
    }
    return ChatDetails(**facts, numbers=[row["telegram_id"] for row in numbers], people=people)


class Place(Struct, frozen=True, array_like=True):
    """Where a page of a timeline ends."""

    at: datetime
    id: UUID


async def list_messages(
    work: UnitOfWork, chat_id: UUID, *, before: Place | None, limit: int
) -> list[MessageView]:
    """What was written in a chat, in and out, the latest first, those before ``before``."""
    where = "" if before is None else "AND (m.at, m.id) < ($3, $4)"
    rows = await work.fetch(
        f"""
        SELECT m.id, m.message_id, m.is_ours, m.person, coalesce(p.name, '') AS name, m.at,
               nullif(m.version_at, m.at) AS edited_at, m.revision, m.text, m.reply_to, m.album,
               m.service
        FROM chat_messages AS m LEFT JOIN chat_people AS p
            ON p.chat_id = m.chat_id AND p.telegram_id = m.person
        WHERE m.chat_id = $1 {where} ORDER BY m.at DESC, m.id DESC LIMIT $2
        """,  # noqa: S608 - ours
        chat_id,
        limit,
        *(() if before is None else (before.at, before.id)),
    )
    assets = await _assets_of(work, [row["id"] for row in rows])
    decrypt = work.keys.decrypt
    return [
        MessageView(
            **dict(row) | {"name": decrypt(row["name"], NAME), "text": decrypt(row["text"], TEXT)},
            assets=assets.get(row["id"], []),
        )
        for row in rows
    ]


_FILES: Final = """
    SELECT a.id, a.name, a.media_type, a.size, a.sha256, a.created_at FROM chat_assets AS a
    WHERE a.chat_id = $1 AND a.state = 'kept' AND a.file IS NOT NULL AND a.media_type = ANY($2::text[])
      AND NOT EXISTS (SELECT FROM chat_assets AS n WHERE n.chat_id = a.chat_id
                      AND n.content_hash = a.content_hash AND n.state = 'kept' AND n.id > a.id)
    ORDER BY a.id DESC LIMIT $3
"""


async def list_files(
    work: UnitOfWork, chat_id: UUID, media_types: Collection[str], *, limit: int
) -> Sequence[FileView]:
    """The kept files of these types, newest first; what was sent more than once is there once."""
    found = await work.read(FileView, _FILES, chat_id, sorted(media_types), limit)
    for one in found:
        one.name = work.keys.decrypt(one.name, ASSET_NAME)
        one.sha256 = work.keys.decrypt(one.sha256, SHA256)
    return found


async def count_messages(work: UnitOfWork, chat_id: UUID) -> int:
    """How many messages of a chat are kept."""
    rows = await work.fetch("SELECT count(*) AS n FROM chat_messages WHERE chat_id = $1", chat_id)
    count: int = rows[0]["n"]
    return count


async def _assets_of(work: UnitOfWork, messages: Sequence[UUID]) -> dict[UUID, list[AssetView]]:
    rows = await work.fetch(
        "SELECT chat_message_id, id, kind, name, coalesce(nullif(media_type, ''), said_type) AS media_type, "
        "size, state, reason FROM chat_assets WHERE chat_message_id = ANY($1::uuid[]) ORDER BY id",
        list(messages),
    )
    found: dict[UUID, list[AssetView]] = {}
    for row in rows:
        facts = dict(row)
        message = facts.pop("chat_message_id")
        facts |= {
            "name": work.keys.decrypt(row["name"], ASSET_NAME),
            "state": AssetState(row["state"]),
        }
        found.setdefault(message, []).append(AssetView(**facts))
    return found


async def list_revisions(work: UnitOfWork, chat_id: UUID, message: UUID) -> list[RevisionView]:
    """The texts that a message had besides the one that it has, the oldest first."""
    rows = await work.read(
        RevisionView,
        "SELECT r.version_at AS at, r.text FROM chat_message_revisions AS r "
        "JOIN chat_messages AS m ON m.id = r.chat_message_id WHERE m.id = $1 AND m.chat_id = $2 "
        "ORDER BY r.version_at, r.version_update LIMIT 500",
        message,
        chat_id,
    )
    for one in rows:
        one.text = work.keys.decrypt(one.text, REVISION)
    return rows


async def list_undelivered(
    work: UnitOfWork, chat_id: UUID, *, before: UUID | None, limit: int
) -> list[SendView]:
    """What a chat did not get for sure, the latest first."""
    where, values = only_given({}, {"d.chat_id =": chat_id, "s.id <": before}, first=2)
    rows = await work.fetch(
        f"{_SENDS} WHERE {where} AND {one_of('d.state', UNDELIVERED)} ORDER BY d.id DESC LIMIT $1",
        limit,
        *values,
    )
    return [_send(work, row) for row in rows]


async def sends_of(work: UnitOfWork, subjects: Sequence[UUID]) -> list[SendView]:
    """What was sent about these things, the oldest first."""
    rows = await work.fetch(
        f"{_SENDS} WHERE s.subject_id = ANY($1::uuid[]) ORDER BY s.id", list(subjects)
    )
    return [_send(work, row) for row in rows]


async def get_send(work: UnitOfWork, send_id: UUID) -> SendView:
    """One thing that was sent, to a chat of the caller's; raises ``SendNotFound``."""
    where, values = only_given(work.bounds.asked("r"), {"s.id =": send_id})
    rows = await work.fetch(f"{_SENDS} JOIN chats AS r ON r.id = s.chat_id WHERE {where}", *values)
    if not rows:
        raise SendNotFound(id=send_id)
    return _send(work, rows[0])


def _send(work: UnitOfWork, row: object) -> SendView:
    facts = dict(row)  # type: ignore[call-overload]  # a record
    stored, card = facts.pop("content"), facts.pop("card")
    said = None
    if stored:
        said = msgspec.json.decode(work.keys.decrypt(stored, CONTENT), type=Content)
    elif card:
        said = msgspec.json.decode(work.keys.decrypt(card, CARD), type=Content)
    facts["state"] = DeliveryState(facts["state"])
    return SendView(**facts, title=_title(said))


def _title(said: Content | None) -> str:
    if said is None:
        return ""
    text = said.text.body.partition("\n")[0] if said.text else said.name
    return mask_text(text)[:_LONGEST_TITLE]


async def get_import(work: UnitOfWork, chat_id: UUID, import_id: UUID) -> ImportView | None:
    """An import of a chat."""
    rows = await work.read(
        ImportView,
        "SELECT id, chat_id, state, created, updated, unchanged, rejected, reason, created_at "
        "FROM chat_imports WHERE id = $1 AND chat_id = $2",
        import_id,
        chat_id,
    )
    return rows[0] if rows else None
