"""Read model of one application: everything that happened to it, to its offers and its documents."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.timeline import Asked, Stretch, tell
from tramita.transfers.model import NOTE
from tramita.transfers.queries import PARTS

_REVISIONS: Final = """
    SELECT at, 2, revision, 'revision', source, actor, NULL, NULL,
           jsonb_build_object('of', 'application_revisions', 'revision', revision,
                              'changed', to_jsonb(changed))::text, NULL, NULL
    FROM application_revisions WHERE application_id = $1
"""
_DOCUMENTS: Final = """
    SELECT created_at, 2, 0, 'document', kind, actor, NULL, NULL,
           jsonb_build_object('of', 'application_documents', 'document', id, 'origin', origin,
                              'number', number)::text, NULL, NULL
    FROM application_documents WHERE application_id = $1
"""
_NOTES: Final = f"""
    SELECT created_at, 7, 0, 'note', 'note', actor, NULL, NULL,
           jsonb_build_object('note', id, 'subject', application_id)::text, text, '{NOTE}'
    FROM application_notes WHERE application_id = $1
"""  # noqa: S608 - constants
TELLS: Final = (_REVISIONS, _DOCUMENTS)
"""What an application tells besides its moves: statements of ``kit.timeline.Asked.also``."""


async def get_application_timeline(
    work: UnitOfWork, application_id: UUID, before: datetime | None = None
) -> Stretch:
    """What happened last to an application, its money, offers and requests, or ``before`` a moment."""
    is_inside = work.bounds.is_all_tenants
    asked = Asked(thing=application_id, also=TELLS, is_inside=is_inside, before=before)
    return await _tell(work, asked)


async def tell_application(
    work: UnitOfWork, application_id: UUID, before: datetime | None, *, most: int, with_notes: bool
) -> Stretch:
    """The same for the house: with what was said outside, and with what agents noted down."""
    also = (*TELLS, _NOTES) if with_notes else TELLS
    asked = Asked(
        thing=application_id, also=also, said=True, is_inside=True, before=before, most=most
    )
    return await _tell(work, asked)


async def _tell(work: UnitOfWork, asked: Asked) -> Stretch:
    rows = await work.fetch(PARTS, asked.thing)
    return await tell(work, replace(asked, parts=[row["id"] for row in rows]))
