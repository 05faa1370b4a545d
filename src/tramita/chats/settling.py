"""What the messenger's answers leave behind: messages of ours, chats that moved or must wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tramita.chats import pacing
from tramita.chats.letters import CARD_KIND, Letter, Sent
from tramita.chats.messages import NewMessage, Source, save_all
from tramita.chats.moving import FOLLOW
from tramita.kit.database.work import UnitOfWork
from tramita.kit.outbox.letters import Settlement, Verdict


@dataclass(frozen=True, slots=True)
class _Written:
    letter: Letter
    sent: Sent
    message_id: int


async def keep_written(work: UnitOfWork, settlements: Sequence[Settlement[Letter]]) -> None:
    """Messages that stand in their chats now are part of the chats' history."""
    written = [
        _Written(one.letter, one.sent, one.sent.message_id)
        for one in settlements
        if isinstance(one.sent, Sent) and one.sent.message_id is not None
    ]
    if not written:
        return
    rows = await work.fetch(
        """
        UPDATE chat_sends AS s SET in_chat = w.in_chat, message_id = w.message_id, file_id = w.file_id
        FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[])
            AS w(id, in_chat, message_id, file_id) WHERE s.id = w.id RETURNING s.id, s.chat_id
        """,
        [one.letter.send_id for one in written],
        [one.letter.chat for one in written],
        [one.message_id for one in written],
        [one.sent.file_id for one in written],
    )
    await _keep_cards(work, [one for one in written if one.letter.kind == CARD_KIND])
    # Its chat may have turned out to be another one's second row meanwhile.
    chats: dict[UUID, UUID] = {row["id"]: row["chat_id"] for row in rows}
    by_provider: dict[str, list[_Written]] = {}
    for one in written:
        if one.letter.send_id not in chats:
            continue
        by_provider.setdefault(one.letter.provider, []).append(one)
    now = await work.now()
    for provider, ours in sorted(by_provider.items()):
        given = [
            NewMessage(
                chats[one.letter.send_id],
                one.letter.chat,
                one.message_id,
                now,
                _text_of(one.letter),
                topic=one.letter.topic,
                is_ours=True,
            )
            for one in ours
        ]
        await save_all(work, provider, Source.SENT, given)


def _text_of(letter: Letter) -> str:
    said = letter.said
    if said is None:
        return ""
    return said.text.body if said.text else f"{said.caption}\n{said.name}".strip()


async def _keep_cards(work: UnitOfWork, written: Sequence[_Written]) -> None:
    await work.fetch(
        """
        UPDATE chat_cards AS c SET shown = w.version, in_chat = w.in_chat, message_id = w.message_id
        FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::bigint[])
            AS w(id, version, in_chat, message_id) WHERE c.id = w.id AND c.shown < w.version
        """,
        [one.letter.card_id for one in written],
        [one.letter.card_version for one in written],
        [one.letter.chat for one in written],
        [one.message_id for one in written],
    )


async def close_for(work: UnitOfWork, settlements: Sequence[Settlement[Letter]]) -> None:
    """Chats that are to wait, as the messenger says; a message that is lost is written anew."""
    waits: dict[UUID, timedelta] = {
        one.letter.receiver_id: one.sent.retry_after
        for one in settlements
        if one.sent.verdict is Verdict.AGAIN and one.sent.retry_after is not None
    }
    if waits:
        await pacing.close(work, waits)
    lost = [
        one.letter.card_id
        for one in settlements
        if isinstance(one.sent, Sent) and one.sent.has_lost_message
    ]
    if lost:
        await work.fetch(
            "UPDATE chat_cards SET in_chat = NULL, message_id = NULL WHERE id = ANY($1::uuid[])",
            lost,
        )


def follow(work: UnitOfWork, settlements: Sequence[Settlement[Letter]]) -> None:
    """Chats that have another number now: what listeners have of them is locked before their rows, which are."""
    moved = {
        one.letter.chat: one.sent.moved_to
        for one in settlements
        if isinstance(one.sent, Sent) and one.sent.moved_to is not None
    }
    for old, new in sorted(moved.items()):
        work.enqueue(FOLLOW, old=old, new=new)
