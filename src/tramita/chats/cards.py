"""Status cards: one message of ours per chat and thing, which says how the thing stands.

Whoever changes the thing shows its card anew, in the same unit of work. What follows within some
seconds is gathered, and the chat gets the latest: a card that has a message is edited, one that has
none, or whose message is gone, is written. One delivery waits at most for each card.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from tramita.chats.channel import CHANNEL
from tramita.chats.letters import CARD, CARD_KIND, Content, opens
from tramita.chats.ports import Text
from tramita.chats.registry import rotate_token, start_token
from tramita.chats.settings import ChatSettings
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id

_SHOW = """
    INSERT INTO chat_cards AS c (id, chat_id, subject_id, content, version, shown)
    VALUES ($1, $2, $3, $4::jsonb, 1, 0)
    ON CONFLICT (chat_id, subject_id) DO UPDATE SET
        content = excluded.content, version = c.version + 1
    RETURNING id, message_id IS NULL AS is_new
"""


async def show(work: UnitOfWork, chat_id: UUID, subject_id: UUID, text: Text) -> None:
    """Have the card of ``subject_id`` in this chat say this; the latest text wins.

    The chat is locked: whoever takes what waits there reads the card before, or as it is then.
    """
    await lock_rows(work, "chats", [chat_id], "id")
    if opens(text.buttons):
        await start_token(work, chat_id)
    [row] = await work.fetch(
        _SHOW,
        new_id(),
        chat_id,
        subject_id,
        work.keys.encrypt_json(msgspec.to_builtins(Content(text=text)), CARD),
    )
    gathered = timedelta(seconds=work.configured(ChatSettings).card_seconds)
    await _enqueue(work, [row["id"]], timedelta(0) if row["is_new"] else gathered)


async def replace_link(work: UnitOfWork, chat_id: UUID) -> str:
    """Have our application open by another link; what opened by the old one is written anew.

    Answers the new token. Raises ``ChatNotFound`` and ``ChatNotBound``.
    """
    token = await rotate_token(work, chat_id)
    await work.fetch("UPDATE chat_cards SET version = version + 1 WHERE chat_id = $1", chat_id)
    await show_left_out(work, chat_id)
    return token


async def show_left_out(work: UnitOfWork, chat_id: UUID) -> None:
    """Show what cards of a chat have not shown yet, now that something can be sent there again."""
    rows = await work.fetch(
        "SELECT id FROM chat_cards WHERE chat_id = $1 AND shown < version ORDER BY id", chat_id
    )
    await _enqueue(work, [row["id"] for row in rows], timedelta(0))


async def _enqueue(work: UnitOfWork, cards: list[UUID], gathered: timedelta) -> None:
    """One delivery for each that has none waiting, in a while; their chat is locked."""
    rows = await work.fetch(
        """
        WITH card AS (
            SELECT c.id, c.chat_id, c.subject_id, given.send_id
            FROM unnest($1::uuid[], $2::uuid[]) AS given(id, send_id)
            JOIN chat_cards AS c ON c.id = given.id
            WHERE NOT EXISTS (
                SELECT FROM chat_sends AS s JOIN chat_deliveries AS d ON d.send_id = s.id
                WHERE s.card_id = c.id AND d.state = 'waiting')
        ), send AS (
            INSERT INTO chat_sends (id, chat_id, subject_id, kind, card_id, actor, written_at)
            SELECT send_id, chat_id, subject_id, $3, id, $4, tramita_now() FROM card
            RETURNING id, chat_id
        )
        INSERT INTO chat_deliveries
            (id, send_id, chat_id, state, attempts, tries, is_held, next_attempt_at, wake_at)
        SELECT id, id, chat_id, 'waiting', 0, 0, false, now() + $5::interval,
               now() + $5::interval + $6::interval FROM send
        RETURNING id
        """,
        cards,
        [new_id() for _ in cards],
        CARD_KIND,
        work.actor,
        gathered,
        CHANNEL.patience,
    )
    for row in rows:
        work.enqueue(CHANNEL.job, delay=gathered or None, delivery_id=row["id"])
