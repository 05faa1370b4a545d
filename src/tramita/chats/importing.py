"""History from before, or from elsewhere: batches at once, exports by a job."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tramita.chats.errors import ChatNotBound
from tramita.chats.messages import MOST_AT_ONCE, NewMessage, Saved, Source, save_all
from tramita.chats.ports import Asset, Person
from tramita.chats.registry import find_chats, get_chat
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import TooManyError
from tramita.kit.identifiers import new_id
from tramita.kit.runtime import Runtime

IMPORT_JOB = "chats.import_export"


class TooManyMessages(TooManyError):
    """A batch may have {limit} messages."""


@dataclass(frozen=True, slots=True)
class Item:
    """A message as somebody hands it in; ``in_chat`` where the chat had another number then."""

    message_id: int
    at: datetime
    text: str = ""
    edited_at: datetime | None = None
    sender: Person | None = None
    reply_to: int | None = None
    album: str | None = None
    in_chat: int | None = None
    assets: Sequence[Asset] = ()


@dataclass(slots=True)
class Counted:
    """What became of a batch; ``rejected`` are places in it, with the code of why."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)

    def count(self, saved: Sequence[Saved]) -> None:
        """Add these."""
        self.created += saved.count(Saved.CREATED)
        self.updated += saved.count(Saved.UPDATED)
        self.unchanged += saved.count(Saved.UNCHANGED)


async def save_messages(
    work: UnitOfWork, chat_id: UUID, items: Sequence[Item], source: Source = Source.BATCH
) -> Counted:
    """Keep up to 500 messages of a chat; what is known already stays as it is. Idempotent.

    Raises ``ChatNotFound``, ``ChatNotBound`` and ``TooManyMessages``.
    """
    if len(items) > MOST_AT_ONCE:
        raise TooManyMessages(limit=MOST_AT_ONCE)
    chat = await get_chat(work, chat_id)
    if chat.tenant is None:
        raise ChatNotBound
    numbers = {one.in_chat or chat.telegram_id for one in items}
    known = await find_chats(work, numbers)
    ours = {number for number in numbers if number in known and known[number].id == chat_id}
    counted, given = Counted(), list[NewMessage]()
    for place, one in enumerate(items):
        number = one.in_chat or chat.telegram_id
        if number not in ours:
            counted.rejected.append((place, "other_chat"))
        elif one.message_id <= 0:
            counted.rejected.append((place, "message_id_invalid"))
        else:
            given.append(
                NewMessage(
                    chat_id,
                    number,
                    one.message_id,
                    one.at,
                    one.text,
                    edited_at=one.edited_at,
                    sender=one.sender,
                    reply_to=one.reply_to,
                    album=one.album,
                    assets=one.assets,
                )
            )
    counted.count(await save_all(work, chat.provider, source, given))
    return counted


async def import_export(runtime: Runtime, chat_id: UUID, content: bytes, *, actor: str) -> UUID:
    """Have the export of a chat read in by a job; answers the import.

    Raises ``ChatNotFound``, ``ChatNotBound``, ``FileTooLarge`` and ``FilesAway``.
    """
    async with runtime.database.unit_of_work() as work:
        if (await get_chat(work, chat_id)).tenant is None:
            raise ChatNotBound
    stored = await runtime.files.put(content)
    made = new_id()
    async with runtime.database.unit_of_work(actor=actor) as work:
        await work.fetch(
            "INSERT INTO chat_imports (id, chat_id, file, actor, state, created_at) "
            "VALUES ($1, $2, $3, $4, 'running', tramita_now())",
            made,
            chat_id,
            stored.digest,
            actor,
        )
        work.enqueue(IMPORT_JOB, import_id=made)
    return made
