"""Writing into chats: inside the unit of work that causes it, and sent when the messenger takes it.

What cannot be repeated and may stand in the chat is not sent again by itself: it is shown as
such, and a person sends it again who has looked (``send_again``).
"""

from dataclasses import dataclass, replace
from uuid import UUID

import msgspec

from tramita.chats.channel import CHANNEL
from tramita.chats.errors import SendNotFound
from tramita.chats.letters import CONTENT, DOCUMENT_KIND, TEXT_KIND, Content, opens
from tramita.chats.ports import LONGEST_CAPTION, LONGEST_TEXT, Text
from tramita.chats.registry import start_token, tell_changed
from tramita.chats.rules import cut
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A file (``runtime.files`` has it as ``file``) to be put into a chat."""

    file: str
    name: str
    media_type: str
    caption: str = ""
    is_silent: bool = False


async def send_text(
    work: UnitOfWork,
    chat_id: UUID,
    text: Text,
    *,
    subject_id: UUID | None = None,
    cause: str | None = None,
) -> UUID | None:
    """Write a text into a chat, about ``subject_id``; answers the send.

    ``None``: there was one for this ``cause`` already. A plain text that is too long is cut.
    """
    if opens(text.buttons):
        await start_token(work, chat_id)
    fitting = text if text.is_html else replace(text, body=cut(text.body, LONGEST_TEXT))
    about = _About(TEXT_KIND, subject_id, cause)
    return await _write(work, chat_id, about, Content(text=fitting), None)


async def send_document(
    work: UnitOfWork,
    chat_id: UUID,
    document: NewDocument,
    *,
    subject_id: UUID | None = None,
    cause: str | None = None,
) -> UUID | None:
    """Put a file into a chat; the same otherwise."""
    content = Content(
        name=document.name,
        media_type=document.media_type,
        caption=cut(document.caption, LONGEST_CAPTION),
        is_silent=document.is_silent,
    )
    about = _About(DOCUMENT_KIND, subject_id, cause)
    return await _write(work, chat_id, about, content, document.file)


@dataclass(frozen=True, slots=True)
class _About:
    kind: str
    subject_id: UUID | None
    cause: str | None


async def _write(
    work: UnitOfWork, chat_id: UUID, about: _About, content: Content, file: str | None
) -> UUID | None:
    rows = await work.fetch(
        """
        WITH send AS (
            INSERT INTO chat_sends
                (id, chat_id, subject_id, cause, kind, content, file, actor, written_at)
            VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, tramita_now())
            ON CONFLICT (cause) DO NOTHING RETURNING id, chat_id
        )
        INSERT INTO chat_deliveries
            (id, send_id, chat_id, state, attempts, tries, is_held, next_attempt_at, wake_at)
        SELECT id, id, chat_id, 'waiting', 0, 0, false, now(), now() + $9::interval FROM send
        RETURNING id
        """,
        new_id(),
        chat_id,
        about.subject_id,
        about.cause,
        about.kind,
        work.keys.encrypt_json(msgspec.to_builtins(content), CONTENT),
        file,
        work.actor,
        CHANNEL.patience,
    )
    # One delivery each: it bears the send's own id.
    ids = [row["id"] for row in rows]
    CHANNEL.enqueue(work, ids)
    tell_changed(work, [chat_id] if ids else [])
    return ids[0] if ids else None


async def send_again(work: UnitOfWork, send_id: UUID) -> None:
    """Send what came to an end anew, as it was written.

    Raises ``SendNotFound``, and ``TransitionNotAllowed`` while it is waiting or being sent.
    """
    rows = await work.fetch(
        "SELECT r.id FROM chats AS r JOIN chat_sends AS s ON s.chat_id = r.id WHERE s.id = $1 "
        "FOR NO KEY UPDATE OF r",
        send_id,
    )
    if not rows:
        raise SendNotFound(id=send_id)
    await CHANNEL.replay(work, send_id)
    tell_changed(work, [row["id"] for row in rows])
