"""Notes: what people write down about a thing for whoever looks at it next."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from tramita.kit.audit import Subject, note_act
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.types import encrypted
from tramita.kit.errors import MalformedError
from tramita.kit.identifiers import new_id
from tramita.kit.kept import Kept

# As what their text is encrypted.
NOTE: Final = encrypted("notes.text")
# Characters; whatever keeps notes, or has a form for them, takes this from here.
LONGEST: Final = 4000


class NoteNotTaken(MalformedError):
    """A note has 1 to {longest} characters."""


async def write_note(
    work: UnitOfWork, kind: str, subject: UUID, text: str, *, tenant: str | None = None
) -> UUID:
    """Keep what the actor of this work has to say of a thing of this kind.

    Raises ``NoteNotTaken``.
    """
    told = text.strip()
    if not told or len(told) > LONGEST:
        raise NoteNotTaken(longest=LONGEST)
    note = new_id()
    await work.fetch(
        "INSERT INTO notes (id, subject_id, actor, text, written_at) "
        "VALUES ($1, $2, $3, $4, tramita_now())",
        note,
        subject,
        work.actor,
        work.keys.encrypt(told, NOTE),
    )
    await note_act(work, work.actor, "note.written", Subject(kind, subject, tenant), note=str(note))
    return note


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="notes",
        table="notes",
        what="what our own people noted down about contracts",
        stays="nothing; that a note was written stands in the audit",
        age="written_at",
        days="notes_days",
    ),
)
