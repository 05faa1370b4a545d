"""Messages to chats as a channel of the outbox: their tables, their pace, what answers mean for a chat."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.chats import settling
from tramita.chats.letters import CARD, CONTENT, Letter
from tramita.chats.lifecycle import DELIVERY, ChatTrigger
from tramita.chats.pacing import ChatPace
from tramita.chats.registry import CHATS, TOKEN, tell_changed
from tramita.kit.database.work import UnitOfWork
from tramita.kit.outbox.channel import Channel
from tramita.kit.outbox.letters import Settlement, Verdict
from tramita.kit.outbox.tables import Tables, was_handed_over
from tramita.kit.transitions import Stateful

TELL_LOST: Final = "chats.tell_lost"
"""The job that tells a chat's listener that our bot is not there any more."""
_LOST: Final = "our bot may not write into this chat"


async def judge(work: UnitOfWork, settlements: Sequence[Settlement[Letter]]) -> None:
    """Keep what was written, follow chats that moved, close those that are gone or must wait."""
    await settling.keep_written(work, settlements)
    await settling.close_for(work, settlements)
    settling.follow(work, settlements)
    gone = [one.letter for one in settlements if one.sent.verdict is Verdict.GONE]
    if gone:
        await lose(work, await _note_gone(work, gone))
    tell_changed(work, [one.letter.receiver_id for one in settlements])


async def _note_gone(work: UnitOfWork, letters: Sequence[Letter]) -> list[UUID]:
    """The chats of these of which there is no later news than that our bot was not there.

    It was not there at some time after the letter was taken. Whoever has added it since is believed, and within
    the same second too: the messenger tells of no less.
    """
    rows = await work.fetch(
        """
        UPDATE chats AS c SET status_at = g.at
        FROM (SELECT l.chat_id, date_trunc('second', max(a.started_at)) AS at
              FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS l(chat_id, delivery_id, number)
              JOIN chat_attempts AS a USING (delivery_id, number) GROUP BY l.chat_id) AS g
        WHERE c.id = g.chat_id AND (c.status_at IS NULL OR c.status_at < g.at) RETURNING c.id
        """,
        [one.receiver_id for one in letters],
        [one.delivery_id for one in letters],
        [one.number for one in letters],
    )
    return sorted(row["id"] for row in rows)


async def lose(work: UnitOfWork, chat_ids: Collection[UUID]) -> None:
    """Our bot is not in these chats: nothing more is sent there. Their rows are locked.

    Since when is written down already: what the messenger tells of later than that counts.
    """
    moved = await CHATS.move(work, list(chat_ids), ChatTrigger.LOSE, cause=_LOST)
    if not moved:
        return
    await CHANNEL.cancel_waiting(work, list(moved), cause=_LOST)
    for one in moved:
        work.enqueue(TELL_LOST, chat_id=one)


CHANNEL: Final = Channel(
    name="chats",
    job="chats.send",
    letter=Letter,
    deliveries=Stateful(DELIVERY, "chat_deliveries"),
    tables=Tables(
        messages="chat_sends",
        message="send_id",
        receivers="chats",
        receiver="chat_id",
        attempts="chat_attempts",
        columns={
            "provider": "r.provider",
            "chat": "r.telegram_id",
            "topic": "CASE WHEN r.is_forum THEN r.topic END",
            "send_id": "m.id",
            "kind": "m.kind",
            "file": "m.file",
            "card_id": "m.card_id",
            "card_version": "(SELECT c.version FROM chat_cards AS c WHERE c.id = m.card_id)",
            "edits": "(SELECT c.message_id FROM chat_cards AS c "
            "WHERE c.id = m.card_id AND c.in_chat = r.telegram_id)",
            "content": "coalesce(m.content #>> '{}', '')",
            "card": "coalesce((SELECT c.content #>> '{}' FROM chat_cards AS c "
            "WHERE c.id = m.card_id), '')",
            "token": "coalesce(r.start_token, '')",
        },
        encrypted={"content": CONTENT, "card": CARD, "token": TOKEN},
        is_open="r.state = 'present'",
        closed=_LOST,
        is_lost=was_handed_over("chat_attempts"),
    ),
    judge=judge,
    pace=ChatPace(),
    in_order_written=True,
    lanes=1,
    # Longer than the longest upload may take; whoever died holds its chat up for so long.
    lease=timedelta(seconds=90),
)


async def note_handing_over(work: UnitOfWork, letters: Sequence[Letter]) -> list[bool]:
    """Write down that these go now and may stand there; false for one that is in other hands."""
    return await CHANNEL.note_handing_over(work, letters)
