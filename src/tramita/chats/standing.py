"""How our bot stands in a chat: the latest news counts, in whatever order they come."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tramita.chats import cards
from tramita.chats.channel import lose
from tramita.chats.lifecycle import ChatTrigger
from tramita.chats.ports import PRESENT, BotStatus, Membership, Person, Text
from tramita.chats.registry import CHATS, KnownChat, tell_changed
from tramita.chats.sending import send_text
from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.words import to_translate, words_in

_NOT_ACTIVATED = to_translate(
    "This chat is not activated: whoever adds me must be known to us as an agent. "
    "Ask your agent to send /start here."
)


async def note_bot(work: UnitOfWork, chat_id: UUID, news: BotStatus, update: int) -> None:
    """Our bot was added, removed, or got other rights; older news changes nothing."""
    rows = await work.fetch(
        "UPDATE chats SET bot_status = $2, status_at = $3, status_update = $4 WHERE id = $1 "
        "AND (status_at IS NULL OR (status_at, status_update) < ($3, $4)) RETURNING id",
        chat_id,
        news.new.value,
        news.at,
        update,
    )
    if not rows:
        return
    if news.new in PRESENT:
        await _return(work, chat_id)
    else:
        await lose(work, [chat_id])
    tell_changed(work, [chat_id])


async def note_alive(work: UnitOfWork, written: Mapping[UUID, datetime]) -> None:
    """Somebody was heard in these chats, so our bot is there, whatever the messenger said before.

    Whoever tells at this moment that it went later is waited for, and believed.
    """
    rows = await work.fetch(
        """
        SELECT c.id FROM chats AS c JOIN unnest($1::uuid[], $2::timestamptz[]) AS w(id, at) USING (id)
        WHERE c.state = 'lost' AND c.status_at < w.at ORDER BY c.id FOR NO KEY UPDATE OF c
        """,
        list(written),
        list(written.values()),
    )
    for row in rows:
        await work.fetch(
            "UPDATE chats SET bot_status = $2 WHERE id = $1", row["id"], Membership.MEMBER.value
        )
        await _return(work, row["id"])


async def _return(work: UnitOfWork, chat_id: UUID) -> None:
    """Our bot is there again: what cards were to show meanwhile is shown."""
    if await CHATS.move(work, [chat_id], ChatTrigger.RETURN):
        await cards.show_left_out(work, chat_id)
        tell_changed(work, [chat_id])


async def note_topic(work: UnitOfWork, chat_id: UUID, topic: int | None) -> None:
    """People call our bot in this part of a forum: there it answers."""
    await work.fetch("UPDATE chats SET topic = $2 WHERE id = $1", chat_id, topic)


async def say_not_activated(work: UnitOfWork, chat: KnownChat, to: Person) -> None:
    """Say once in a chat that nobody has activated it."""
    words = words_in(to.language or "en")
    text = Text(words.gettext(_NOT_ACTIVATED))
    await send_text(work, chat.id, text, cause=f"not activated:{chat.id}")
