"""Chats by their numbers, whose they are, and the token by which our application opens from them.

A chat keeps its row whatever number the messenger gives it: every number that it has or had is
an alias. Two rows that turn out to be one chat are put together in the older one.

Lock order: whatever a listener locks, then chats in order of id, then what is sent there.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from tramita.chats.errors import ChatNotBound, ChatNotFound
from tramita.chats.lifecycle import CHAT, ChatState
from tramita.chats.listening import ChatSeen
from tramita.chats.ports import Chat, ChatType
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import NAME, Keyring
from tramita.kit.finding import normalize_name
from tramita.kit.identifiers import new_id
from tramita.kit.transitions import Stateful

CHATS: Final = Stateful(CHAT, "chats")
TITLE: Final = "chats.title"
TOKEN: Final = "chats.start_token"
_HASH: Final = "start_token"
# 128 bits in 22 letters, of those that a link may have.
_TOKEN_BYTES: Final = 16
_LONGEST_TITLE: Final = 255


def topic_of(chat_id: UUID) -> str:
    """What whoever watches a chat listens to."""
    return f"chats:{chat_id}"


def tell_changed(work: UnitOfWork, chat_ids: Collection[UUID]) -> None:
    """Have whoever watches these chats look again."""
    for one in set(chat_ids):
        work.publish(topic_of(one), {"type": "CHANGED"})


@dataclass(frozen=True, slots=True)
class KnownChat:
    """A chat; ``telegram_id`` is its number now. Without a tenant nobody has activated it."""

    id: UUID
    provider: str
    telegram_id: int
    tenant: str | None
    title: str
    type: str
    is_forum: bool
    topic: int | None
    state: ChatState
    added_by: int | None
    chat_instance: str | None
    start_token: str | None = field(repr=False)

    @property
    def seen(self) -> ChatSeen:
        """As its listener knows it."""
        return ChatSeen(self.id, self.telegram_id, self.tenant, self.title)


_COLUMNS: Final = """
    c.id, c.provider, c.telegram_id, c.tenant, c.title, c.type, c.is_forum, c.topic, c.state,
    c.added_by, c.chat_instance, c.start_token
"""


def _known(keys: Keyring, row: asyncpg.Record) -> KnownChat:
    known = {name: row[name] for name in KnownChat.__slots__}
    token = known["start_token"]
    return KnownChat(
        **known
        | {
            "title": keys.decrypt(known["title"], TITLE),
            "state": ChatState(known["state"]),
            "start_token": token and keys.decrypt(token, TOKEN),
        }
    )


def tenant_of(chat: KnownChat) -> str:
    """Whose it is; raises ``ChatNotBound``."""
    if chat.tenant is None:
        raise ChatNotBound
    return chat.tenant


async def get_chats(work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, KnownChat]:
    """Chats by id."""
    rows = await work.fetch(
        f"SELECT {_COLUMNS} FROM chats AS c WHERE id = ANY($1::uuid[])",  # noqa: S608 - ours
        list(ids),
    )
    return {row["id"]: _known(work.keys, row) for row in rows}


async def get_chat(work: UnitOfWork, chat_id: UUID) -> KnownChat:
    """One chat; raises ``ChatNotFound``."""
    found = await get_chats(work, [chat_id])
    if chat_id not in found:
        raise ChatNotFound(id=chat_id)
    return found[chat_id]


async def find_chats(work: UnitOfWork, numbers: Collection[int]) -> dict[int, KnownChat]:
    """Chats by any number that they have or had."""
    rows = await work.fetch(
        f"SELECT a.telegram_id AS number, {_COLUMNS} FROM chat_aliases AS a "  # noqa: S608 - ours
        "JOIN chats AS c ON c.id = a.chat_id WHERE a.telegram_id = ANY($1::bigint[])",
        list(numbers),
    )
    return {row["number"]: _known(work.keys, row) for row in rows}


async def find_chat(work: UnitOfWork, number: int) -> KnownChat | None:
    """One chat by any number that it has or had."""
    return (await find_chats(work, [number])).get(number)


async def find_by_token(work: UnitOfWork, token: str) -> KnownChat | None:
    """The chat whose application opens with this token; none where it was replaced."""
    rows = await work.fetch(
        f"SELECT {_COLUMNS} FROM chats AS c WHERE start_token_hash = $1",  # noqa: S608 - ours
        work.keys.hash(_HASH, token),
    )
    return _known(work.keys, rows[0]) if rows else None


async def add_chats(work: UnitOfWork, provider: str, shown: Mapping[int, Chat]) -> None:
    """Have a row for each of these that nobody knows yet, as the messenger shows them."""
    known = await find_chats(work, shown)
    new = [(new_id(), shown[number]) for number in sorted(shown) if number not in known]
    if not new:
        return
    # Whoever else adds the same chat is waited for; its row is the one that counts.
    await work.fetch(
        """
        WITH given AS (
            SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::boolean[])
                AS g(id, telegram_id, type, is_forum)
        ), added AS (
            INSERT INTO chat_aliases (telegram_id, chat_id, since)
            SELECT telegram_id, id, tramita_now() FROM given ORDER BY telegram_id
            ON CONFLICT DO NOTHING RETURNING telegram_id
        )
        INSERT INTO chats (id, provider, telegram_id, type, is_forum, state, created_at)
        SELECT id, $1, telegram_id, type, is_forum, 'present', tramita_now()
        FROM given JOIN added USING (telegram_id)
        """,
        provider,
        [id_ for id_, _ in new],
        [one.id for _, one in new],
        [one.type.value for _, one in new],
        [one.is_forum for _, one in new],
    )


async def private_chat(
    work: UnitOfWork, provider: str, tenant: str, person: int, name: str
) -> KnownChat:
    """The chat of somebody with our bot; it is the first tenant's that writes to them.

    It has their own number. Whether there is one at all the messenger says of what is written there.
    """
    shown = {person: Chat(person, ChatType.PRIVATE, name)}
    known = await find_chat(work, person)
    if known is None:
        await add_chats(work, provider, shown)
        known = (await find_chats(work, [person]))[person]
    if known.tenant is None:
        await bind(work, known.id, tenant, person)
    if known.tenant in (None, tenant):
        await note_looks(work, {known.id: shown[person]})
    return await get_chat(work, known.id)


async def note_looks(work: UnitOfWork, shown: Mapping[UUID, Chat]) -> None:
    """Keep how chats that are somebody's are called now; those that changed, in order of id."""
    known = await get_chats(work, shown)
    changed = {
        id_: one
        for id_, one in sorted(shown.items())
        if known[id_].tenant is not None
        and (known[id_].title, known[id_].type, known[id_].is_forum)
        != (one.title[:_LONGEST_TITLE], one.type.value, one.is_forum)
        # What was said under an old number says nothing of what it is now.
        and known[id_].telegram_id == one.id
    }
    if changed:
        await work.fetch(
            """
            UPDATE chats AS c SET title = n.title, title_hash = n.title_hash, type = n.type,
                is_forum = n.is_forum
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::bytea[])
                AS n(id, title, type, is_forum, title_hash) WHERE c.id = n.id
            """,
            list(changed),
            [work.keys.encrypt(one.title[:_LONGEST_TITLE], TITLE) for one in changed.values()],
            [one.type.value for one in changed.values()],
            [one.is_forum for one in changed.values()],
            [_title_hash(work.keys, one.title[:_LONGEST_TITLE]) for one in changed.values()],
        )
        tell_changed(work, changed)


def _title_hash(keys: Keyring, title: str) -> bytes | None:
    hashed = normalize_name(title)
    return keys.hash(NAME, hashed) if hashed else None


async def bind(work: UnitOfWork, chat_id: UUID, tenant: str, added_by: int) -> None:
    """From now on it is this tenant's; a chat that is somebody's already stays theirs."""
    await work.fetch(
        "UPDATE chats SET tenant = $2, added_by = $3 WHERE id = $1 AND tenant IS NULL",
        chat_id,
        tenant,
        added_by,
    )
    tell_changed(work, [chat_id])


async def start_token(work: UnitOfWork, chat_id: UUID) -> str:
    """The token by which our application opens from a chat; made when it is first asked for."""
    known = await get_chat(work, chat_id)
    return known.start_token or await _write_token(work, chat_id, only_if="start_token IS NULL")


async def rotate_token(work: UnitOfWork, chat_id: UUID) -> str:
    """A new token; by the old one nothing opens any more. Raises ``ChatNotBound``.

    Whoever opens by the new one says anew what the chat's other name is.
    """
    if (await get_chat(work, chat_id)).tenant is None:
        raise ChatNotBound
    await work.fetch("UPDATE chats SET chat_instance = NULL WHERE id = $1", chat_id)
    return await _write_token(work, chat_id, only_if="true")


async def _write_token(work: UnitOfWork, chat_id: UUID, *, only_if: str) -> str:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await work.fetch(
        f"UPDATE chats SET start_token = $2, start_token_hash = $3 WHERE id = $1 AND {only_if}",  # noqa: S608 - ours
        chat_id,
        work.keys.encrypt(token, TOKEN),
        work.keys.hash(_HASH, token),
    )
    return (await get_chat(work, chat_id)).start_token or token


_PIN: Final = """
    UPDATE chats AS c SET chat_instance = $2
    WHERE c.id = $1 AND c.chat_instance IS NULL AND coalesce($3::bigint, c.telegram_id) = c.telegram_id
      AND NOT EXISTS (
          SELECT FROM chat_aliases AS o JOIN chat_aliases AS n USING (chat_id)
          WHERE n.chat_id = c.id AND n.telegram_id = c.telegram_id AND n.since > $4::timestamptz
            AND o.telegram_id <> c.telegram_id)
"""


async def pin_instance(
    work: UnitOfWork,
    chat_id: UUID,
    chat_instance: str,
    *,
    number: int | None = None,
    at: datetime | None = None,
) -> bool:
    """Whether this is the chat's other name, which the first who says one decides.

    With another number a chat gets another name. So what was said under one that it had (``number``), or before
    it was known by the one that it has (``at``), decides nothing; whoever gives it one at this moment is waited for.
    """
    await lock_rows(work, "chats", [chat_id], "id")
    await work.fetch(_PIN, chat_id, chat_instance, number, at)
    rows = await work.fetch(
        "SELECT coalesce(chat_instance, $2) = $2 AS is_same FROM chats WHERE id = $1",
        chat_id,
        chat_instance,
    )
    return bool(rows and rows[0]["is_same"])
