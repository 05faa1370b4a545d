"""How quickly we write, over all processes: by what stands in the rows of chats and of the bot.

A chat gets a message a second, a group twenty a minute, all chats together twenty-five a second;
some of a group's are left to what is no status card. Where the messenger wants to hear from us
later it means the chat that we wrote to, as far as anybody can tell: that one is closed until then.
When a second chat is told the same meanwhile it is meant for all, and all are closed.

Within a chat what was written first goes first, unless it failed and waits for its next try; nothing
but a card waits for a card. What is behind another has no job of its own: that one's end wakes it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from tramita.chats.letters import Letter
from tramita.chats.rules import wait_for, wait_until
from tramita.chats.settings import ChatSettings
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.paused import is_paused

_SECOND: Final = timedelta(seconds=1)
# So often what is to be written to a paused messenger is looked at.
_PAUSED: Final = timedelta(seconds=5)
# Longer than anybody may write in the times that are looked at.
_KEPT: Final = 100

_WAITING: Final = f"""
    SELECT d.id, d.chat_id, r.provider, m.kind = 'card' AS is_card, r.recent, r.closed_until,
           (SELECT clock_timestamp()) AS now, {is_paused("r.provider", "''")} AS is_paused,
           EXISTS (SELECT FROM chat_deliveries AS o JOIN chat_sends AS s ON s.id = o.send_id
                   WHERE o.chat_id = d.chat_id AND o.id < d.id
                     AND o.state = 'waiting' AND o.next_attempt_at <= now()
                     AND (s.kind <> 'card' OR m.kind = 'card')) AS is_behind
    FROM chat_deliveries AS d JOIN chats AS r ON r.id = d.chat_id
    JOIN chat_sends AS m ON m.id = d.send_id
    WHERE d.id = ANY($1::uuid[]) AND d.state = 'waiting' AND d.next_attempt_at <= now()
      AND r.state = 'present'
    ORDER BY d.id
"""  # noqa: S608 - our own texts
_BOT: Final = """
    INSERT INTO chat_bots AS b (provider) VALUES ($1)
    ON CONFLICT (provider) DO UPDATE SET provider = b.provider RETURNING recent, closed_until
"""


class ChatPace:
    """The pace that the settings say."""

    async def hold(self, work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, timedelta | None]:
        """Those that may not go yet."""
        own = work.configured(ChatSettings)
        waiting = await work.fetch(_WAITING, list(ids))
        held: dict[UUID, timedelta | None] = {}
        rest: dict[str, list[asyncpg.Record]] = {}
        for row in waiting:
            wait = _wait_of(own, row)
            if row["is_behind"] or wait:
                held[row["id"]] = wait or None
            else:
                rest.setdefault(row["provider"], []).append(row)
        for provider, rows in sorted(rest.items()):
            held |= await _hold_all(work, own, provider, rows)
        return held

    async def note(self, work: UnitOfWork, letters: Sequence[Letter]) -> None:
        """These go now."""
        for table, key, ids in (
            ("chats", "id", [one.receiver_id for one in letters]),
            ("chat_bots", "provider", [one.provider for one in letters]),
        ):
            type_ = "uuid" if key == "id" else "text"
            await work.fetch(
                f"""
                UPDATE {table} AS t SET recent = (t.recent || g.times)
                    [greatest(cardinality(t.recent) + cardinality(g.times) - {_KEPT - 1}, 1):]
                FROM (SELECT id, array_agg(clock_timestamp()) AS times
                      FROM unnest($1::{type_}[]) AS l(id) GROUP BY id) AS g
                WHERE t.{key} = g.id
                """,  # noqa: S608 - ours
                ids,
            )


def _wait_of(own: ChatSettings, row: asyncpg.Record) -> timedelta:
    """How long its own chat has to wait."""
    recent, now = row["recent"], row["now"]
    paused = _PAUSED if row["is_paused"] else timedelta(0)
    most = own.group_messages - (own.reserved_messages if row["is_card"] else 0)
    return max(
        paused,
        wait_until(row["closed_until"], now),
        wait_for(recent, 1, timedelta(seconds=own.chat_seconds), now),
        wait_for(recent, max(most, 1), timedelta(seconds=own.group_seconds), now),
    )


async def _hold_all(
    work: UnitOfWork, own: ChatSettings, provider: str, rows: Sequence[asyncpg.Record]
) -> dict[UUID, timedelta | None]:
    """What all chats together have to wait; the bot's row is one process's at a time."""
    [bot] = await work.fetch(_BOT, provider)
    now: datetime = rows[0]["now"]
    recent, held = list(bot["recent"]), dict[UUID, timedelta | None]()
    for row in rows:
        wait = max(
            wait_until(bot["closed_until"], now),
            wait_for(recent, own.bot_messages, _SECOND, now),
        )
        if wait:
            held[row["id"]] = wait
        else:
            recent.append(now)
    return held


async def close(work: UnitOfWork, waits: Mapping[UUID, timedelta]) -> None:
    """The messenger wants these chats to wait; all of them, where another was told so already."""
    await work.fetch(
        """
        WITH told AS (
            UPDATE chats AS c SET closed_until =
                greatest(c.closed_until, clock_timestamp() + w.wait)
            FROM unnest($1::uuid[], $2::interval[]) AS w(id, wait) WHERE c.id = w.id
            RETURNING c.id, c.provider, w.wait
        ), all_told AS (
            SELECT t.provider, max(t.wait) AS wait FROM told AS t
            GROUP BY t.provider
            HAVING count(*) > 1 OR EXISTS (
                SELECT FROM chats AS o WHERE o.provider = t.provider
                AND o.closed_until > clock_timestamp() AND o.id <> ALL($1::uuid[]))
        )
        UPDATE chat_bots AS b SET closed_until =
            greatest(b.closed_until, clock_timestamp() + a.wait)
        FROM all_told AS a WHERE b.provider = a.provider
        """,
        list(waits),
        list(waits.values()),
    )
