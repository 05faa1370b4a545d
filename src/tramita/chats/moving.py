"""A chat gets another number: its rows follow, whoever tells of it, and in whatever order."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.chats.listening import get_listener
from tramita.chats.registry import KnownChat, find_chats, tell_changed
from tramita.chats.settings import ChatSettings
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork

FOLLOW: Final = "chats.follow_chat"
"""The job that does so for whoever has rows of chats locked already."""
# Until two that are one are looked at again, of which neither gives way.
_AGAIN_IN: Final = timedelta(hours=1)
# What refers to a chat and goes along when two rows turn out to be one chat.
_FOLLOWING: Final = (
    "chat_messages",
    "chat_assets",
    "chat_sends",
    "chat_deliveries",
    "chat_imports",
)


async def move_chat(work: UnitOfWork, old: int, new: int) -> UUID | None:
    """The chat ``old`` is ``new`` from now on. Idempotent; ``None``: nobody knows either.

    Its cards stand in what was left behind: they are written anew when they change next. No row of a
    chat is locked yet, and nothing of a listener's.
    """
    listener = get_listener(work.configured(ChatSettings).backend)
    while True:
        found = await find_chats(work, [old, new])
        before, after = found.get(old), found.get(new)
        if before is None or (after is not None and after.id == before.id):
            if after is not None:
                await _add_alias(work, old, after.id)
            return after.id if after else None
        ids = [one.id for one in (before, after) if one]
        await listener.hold_chats(work, ids)
        await lock_rows(work, "chats", ids, "id")
        if await _are_others(work, found):
            continue
        # Somebody who saw the new number first may be making a row of it: that one is waited for.
        if after is not None or await _claim(work, new, before.id):
            break
    if after is not None:
        if await listener.join_chats(work, before.id, after.id):
            await _put_together(work, before, after)
        else:
            # What is written into either goes to where they are.
            work.enqueue(FOLLOW, delay=_AGAIN_IN, old=old, new=new)
    await work.fetch(
        "UPDATE chats SET telegram_id = $2, type = 'supergroup', topic = NULL, "
        "chat_instance = NULL WHERE id = $1",
        before.id,
        new,
    )
    await work.fetch(
        "UPDATE chat_cards SET in_chat = NULL, message_id = NULL WHERE chat_id = $1", before.id
    )
    tell_changed(work, [before.id])
    return before.id


async def _are_others(work: UnitOfWork, found: Mapping[int, KnownChat]) -> bool:
    """Whether numbers have come to belong to other rows while these were waited for."""
    again = await find_chats(work, list(found))
    return {number: one.id for number, one in again.items()} != {
        number: one.id for number, one in found.items()
    }


async def _claim(work: UnitOfWork, number: int, chat_id: UUID) -> bool:
    """Have a number that nobody has; false: somebody has it now."""
    rows = await work.fetch(
        "INSERT INTO chat_aliases (telegram_id, chat_id, since) VALUES ($1, $2, tramita_now()) "
        "ON CONFLICT DO NOTHING RETURNING telegram_id",
        number,
        chat_id,
    )
    return bool(rows)


async def _add_alias(work: UnitOfWork, number: int, chat_id: UUID) -> None:
    await work.fetch(
        "INSERT INTO chat_aliases (telegram_id, chat_id, since) VALUES ($1, $2, tramita_now()) "
        "ON CONFLICT (telegram_id) DO UPDATE SET chat_id = excluded.chat_id",
        number,
        chat_id,
    )


async def _put_together(work: UnitOfWork, before: KnownChat, after: KnownChat) -> None:
    """What came under the new number before anybody knew whose it was."""
    for table in _FOLLOWING:
        await work.fetch(
            f"UPDATE {table} SET chat_id = $1 WHERE chat_id = $2",  # noqa: S608 - ours
            before.id,
            after.id,
        )
    for table, key in (("chat_people", "telegram_id"), ("chat_cards", "subject_id")):
        await work.fetch(
            f"UPDATE {table} AS t SET chat_id = $1 WHERE chat_id = $2 AND NOT EXISTS "  # noqa: S608 - ours
            f"(SELECT FROM {table} AS o WHERE o.chat_id = $1 AND o.{key} = t.{key})",
            before.id,
            after.id,
        )
    await work.fetch("UPDATE chat_aliases SET chat_id = $1 WHERE chat_id = $2", before.id, after.id)
    await work.fetch(
        "UPDATE chats AS b SET tenant = coalesce(b.tenant, a.tenant), "
        "added_by = coalesce(b.added_by, a.added_by), bot_status = a.bot_status, "
        "status_at = a.status_at, status_update = a.status_update "
        "FROM chats AS a WHERE b.id = $1 AND a.id = $2",
        before.id,
        after.id,
    )
    await _take_over_button(work, before.id, after.id)


async def _take_over_button(work: UnitOfWork, kept: UUID, gone: UUID) -> None:
    """The button that stands in the new chat bears the token of the row that goes: it stays good."""
    rows = await work.fetch(
        "DELETE FROM chats WHERE id = $1 RETURNING start_token, start_token_hash", gone
    )
    for row in rows:
        await work.fetch(
            "UPDATE chats SET start_token = coalesce($2, start_token), "
            "start_token_hash = coalesce($3, start_token_hash) WHERE id = $1",
            kept,
            row["start_token"],
            row["start_token_hash"],
        )
