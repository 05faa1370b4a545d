"""What agents note down for one another; no client sees it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.insiders import OPERATOR, is_insider
from tramita.kit.notes import LONGEST, NoteNotTaken
from tramita.transfers.errors import RoleForbidden
from tramita.transfers.following import CHANGED, topic_of
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.model import NOTE, ApplicationNote
from tramita.transfers.rows import lock_application
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import Action, may
from tramita.transfers.who import Who


class NoteView(Struct):
    """A note and whose it is."""

    id: UUID
    text: str
    actor: str
    created_at: datetime


async def add_note(work: UnitOfWork, application_id: UUID, text: str, who: Who) -> NoteView:
    """Note something down; raises ``NoteNotTaken``, ``ApplicationNotFound`` and ``RoleForbidden``."""
    if not text.strip() or len(text) > LONGEST:
        raise NoteNotTaken(longest=LONGEST)
    application = await lock_application(work, application_id)
    state, kind = ApplicationState(application.state), Kind(application.kind)
    if not may(who.role, state, Action.WRITE_NOTE, kind=kind):
        raise RoleForbidden(role=who.role, action=Action.WRITE_NOTE)
    note = ApplicationNote(
        id=new_id(),
        application_id=application_id,
        text=text,
        actor=who.name,
        created_at=await work.now(),
    )
    work.session.add(note)
    await work.session.flush()
    work.publish(topic_of(application_id), CHANGED)
    return NoteView(note.id, text, note.actor, note.created_at)


async def list_notes(work: UnitOfWork, application_id: UUID) -> list[NoteView]:
    """All of them, oldest first."""
    found = await work.read(
        NoteView,
        "SELECT id, text, actor, created_at FROM application_notes WHERE application_id = $1 "
        "ORDER BY id",
        application_id,
    )
    for one in found:
        one.text = work.keys.decrypt(one.text, NOTE)
        if is_insider(one.actor) and not work.bounds.is_all_tenants:
            one.actor = OPERATOR
    return found
