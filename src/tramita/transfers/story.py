"""Read model of one application: everything that happened to it, to its offers and its documents."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.timeline import Asked, TimelineEntry, tell
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


async def get_application_timeline(work: UnitOfWork, application_id: UUID) -> list[TimelineEntry]:
    """What happened to an application, its money, offers and requests, oldest first."""
    is_inside = work.bounds.is_all_tenants
    return await _tell(work, application_id, TELLS, said=False, is_inside=is_inside)


async def tell_application(
    work: UnitOfWork, application_id: UUID, *, with_notes: bool
) -> list[TimelineEntry]:
    """The same for the house: with what was said outside, and with what agents noted down."""
    also = (*TELLS, _NOTES) if with_notes else TELLS
    return await _tell(work, application_id, also, said=True, is_inside=True)


async def _tell(
    work: UnitOfWork, application_id: UUID, also: Sequence[str], *, said: bool, is_inside: bool
) -> list[TimelineEntry]:
    rows = await work.fetch(PARTS, application_id)
    parts = [row["id"] for row in rows]
    asked = Asked(thing=application_id, parts=parts, also=also, said=said, is_inside=is_inside)
    return await tell(work, asked)
