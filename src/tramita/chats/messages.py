"""Messages of chats: each is kept once, with its latest text and every text that it had.

A message is known by its number within the number that its chat had then. Whatever comes twice,
late, or before what it belongs to leads to the same: the text of the latest version is the
message's, the others are revisions. A version is latest by its time, and within the same second
by the number of the update that told of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import asyncpg

from tramita.chats.attaching import Attached, attach
from tramita.chats.members import Seen, note_people
from tramita.chats.ports import Asset, MessageSeen, Person
from tramita.chats.registry import tell_changed
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.outside import storable_text

TEXT: Final = "chat_messages.text"
REVISION: Final = "chat_message_revisions.text"
MOST_AT_ONCE: Final = 500


class Source(StrEnum):
    """How a message came to us."""

    UPDATE = "update"
    BATCH = "batch"
    EXPORT = "export"
    SENT = "sent"


class Saved(StrEnum):
    """What became of one that was given."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message as somebody tells of it; ``update`` is 0 where no update does.

    ``in_chat`` is the number under which its chat knows ``message_id``.
    """

    chat_id: UUID
    in_chat: int
    message_id: int
    at: datetime
    text: str
    edited_at: datetime | None = None
    update: int = 0
    sender: Person | None = None
    reply_to: int | None = None
    album: str | None = None
    topic: int | None = None
    service: str = ""
    is_ours: bool = False
    assets: Sequence[Asset] = field(default=())

    @property
    def version(self) -> tuple[datetime, int]:
        """Of what the text is, among all that the message had."""
        return (self.edited_at or self.at, self.update)

    @property
    def key(self) -> tuple[int, int]:
        """By what it is known."""
        return (self.in_chat, self.message_id)


def message_of(chat_id: UUID, in_chat: int, update: int, seen: MessageSeen) -> NewMessage:
    """A message as an update tells of it."""
    return NewMessage(
        chat_id,
        in_chat,
        seen.message_id,
        seen.at,
        seen.text,
        edited_at=seen.edited_at,
        update=update,
        sender=seen.sender,
        reply_to=seen.reply_to,
        album=seen.album,
        topic=seen.topic,
        service=seen.service,
        assets=seen.assets,
    )


async def save_all(
    work: UnitOfWork, provider: str, source: Source, given: Sequence[NewMessage]
) -> list[Saved]:
    """Keep messages; answers what became of each, in the order given. Idempotent."""
    results: dict[int, Saved] = {}
    given = [replace(one, text=storable_text(one.text)) for one in given]
    for together in _rounds(given):
        saved = await _save(work, provider, source, [one for _, one in together])
        results |= {n: what for (n, _), what in zip(together, saved, strict=True)}
    await note_people(
        work, [Seen(one.chat_id, one.sender, one.at, one.update) for one in given if one.sender]
    )
    changed = [given[n].chat_id for n, what in results.items() if what is not Saved.UNCHANGED]
    tell_changed(work, changed)
    return [results[n] for n in range(len(given))]


def _rounds(given: Sequence[NewMessage]) -> Iterator[list[tuple[int, NewMessage]]]:
    """Each message once in a round, in one order: so two workers never wait for each other."""
    waiting = list(enumerate(given))
    while waiting:
        first: dict[tuple[int, int], tuple[int, NewMessage]] = {}
        later = [one for one in waiting if first.setdefault(one[1].key, one) is not one]
        yield [first[key] for key in sorted(first)]
        waiting = later


async def _save(
    work: UnitOfWork, provider: str, source: Source, given: Sequence[NewMessage]
) -> list[Saved]:
    created = await _insert(work, source, given)
    known = await _lock(work, [one for one in given if one.key not in created])
    ids = created | {key: row["id"] for key, row in known.items()}
    changes = [(one, known[one.key]) for one in given if one.key in known]
    newer = [(one, row) for one, row in changes if _is_newer(one, row)]
    revised = [(one, row) for one, row in newer if _text_of(work, row) != one.text]
    older = [(one, row) for one, row in changes if _is_older(work, one, row)]
    await _keep_revisions(
        work,
        [
            (row["id"], row["version_at"], row["version_update"], _text_of(work, row))
            for _, row in revised
        ]
        + [(row["id"], *one.version, one.text) for one, row in older],
    )
    await _update(work, newer)
    fresh = [one for one in given if one.key in created] + [one for one, _ in newer]
    await attach(
        work,
        provider,
        [Attached(one.chat_id, ids[one.key], asset) for one in fresh for asset in one.assets],
    )
    updated = {one.key for one, _ in revised}
    return [_what(one.key in created, one.key in updated) for one in given]


def _what(is_created: bool, is_updated: bool) -> Saved:
    if is_created:
        return Saved.CREATED
    return Saved.UPDATED if is_updated else Saved.UNCHANGED


async def _insert(
    work: UnitOfWork, source: Source, given: Sequence[NewMessage]
) -> dict[tuple[int, int], UUID]:
    rows = await work.fetch(
        """
        INSERT INTO chat_messages (id, chat_id, in_chat, message_id, is_ours, person, at, version_at,
            version_update, revision, text, reply_to, album, topic, service, source, created_at)
        SELECT id, chat_id, in_chat, message_id, is_ours, person, at, version_at, version_update, 1,
               text, reply_to, album, topic, service, $1, tramita_now()
        FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::boolean[], $7::bigint[],
                    $8::timestamptz[], $9::timestamptz[], $10::bigint[], $11::text[], $12::bigint[],
                    $13::text[], $14::bigint[], $15::text[])
            AS m(id, chat_id, in_chat, message_id, is_ours, person, at, version_at, version_update,
                 text, reply_to, album, topic, service)
        ON CONFLICT (in_chat, message_id) DO NOTHING RETURNING id, in_chat, message_id
        """,
        source.value,
        [new_id() for _ in given],
        [one.chat_id for one in given],
        [one.in_chat for one in given],
        [one.message_id for one in given],
        [one.is_ours for one in given],
        [one.sender and one.sender.id for one in given],
        [one.at for one in given],
        [one.version[0] for one in given],
        [one.update for one in given],
        [work.keys.encrypt(one.text, TEXT) for one in given],
        [one.reply_to for one in given],
        [one.album for one in given],
        [one.topic for one in given],
        [one.service for one in given],
    )
    return {(row["in_chat"], row["message_id"]): row["id"] for row in rows}


async def _lock(
    work: UnitOfWork, given: Sequence[NewMessage]
) -> dict[tuple[int, int], asyncpg.Record]:
    if not given:
        return {}
    rows = await work.fetch(
        """
        SELECT m.id, m.in_chat, m.message_id, m.version_at, m.version_update, m.text
        FROM chat_messages AS m JOIN unnest($1::bigint[], $2::bigint[]) AS g(in_chat, message_id)
            USING (in_chat, message_id)
        ORDER BY m.in_chat, m.message_id FOR NO KEY UPDATE OF m
        """,
        [one.in_chat for one in given],
        [one.message_id for one in given],
    )
    return {(row["in_chat"], row["message_id"]): row for row in rows}


def _text_of(work: UnitOfWork, row: asyncpg.Record) -> str:
    return work.keys.decrypt(row["text"], TEXT)


def _is_newer(one: NewMessage, row: asyncpg.Record) -> bool:
    known: tuple[datetime, int] = (row["version_at"], row["version_update"])
    return one.version > known


def _is_older(work: UnitOfWork, one: NewMessage, row: asyncpg.Record) -> bool:
    """Whether it is a text from before; what no update tells may be the same version told anew."""
    at: datetime = row["version_at"]
    known: int = row["version_update"]
    if one.version[0] == at:
        return 0 < one.update < known and one.text != _text_of(work, row)
    return one.version[0] < at


async def _update(work: UnitOfWork, newer: Sequence[tuple[NewMessage, asyncpg.Record]]) -> None:
    if not newer:
        return
    await work.fetch(
        """
        UPDATE chat_messages AS m SET version_at = n.version_at, version_update = n.version_update,
            text = n.text, revision = m.revision + n.is_revised::int
        FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::text[], $5::boolean[])
            AS n(id, version_at, version_update, text, is_revised)
        WHERE m.id = n.id
        """,
        [row["id"] for _, row in newer],
        [one.version[0] for one, _ in newer],
        [one.update for one, _ in newer],
        [work.keys.encrypt(one.text, TEXT) for one, _ in newer],
        [one.text != _text_of(work, row) for one, row in newer],
    )


async def _keep_revisions(
    work: UnitOfWork, texts: Sequence[tuple[UUID, datetime, int, str]]
) -> None:
    if not texts:
        return
    await work.fetch(
        """
        INSERT INTO chat_message_revisions (id, chat_message_id, version_at, version_update, text)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bigint[], $5::text[])
        ON CONFLICT (chat_message_id, version_at, version_update) DO NOTHING
        """,
        [new_id() for _ in texts],
        [id_ for id_, _, _, _ in texts],
        [at for _, at, _, _ in texts],
        [update for _, _, update, _ in texts],
        [work.keys.encrypt(text, REVISION) for _, _, _, text in texts],
    )
