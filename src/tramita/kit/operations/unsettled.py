"""What of acts outside about something has not ended, as a page tells it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.lifecycle import LIVE, OperationState
from tramita.kit.operations.standing import in_states

_MOST: Final = 50


class Unsettled(Struct):
    """An act outside that has not ended."""

    id: UUID
    kind: str
    provider: str
    state: str
    reason: str | None
    since: datetime
    subject_id: UUID


async def find_unsettled(work: UnitOfWork, subjects: Sequence[UUID]) -> Sequence[Unsettled]:
    """The acts about these, what needs a person first."""
    return await work.read(Unsettled, _UNSETTLED, list(subjects))


_UNSETTLED: Final = f"""
    SELECT o.id, o.kind, o.provider, o.state, o.reason,
           coalesce((SELECT max(at) FROM history
                     WHERE subject_id = o.id AND subject = 'operations'), o.created_at) AS since,
           o.subject_id
    FROM operations AS o
    WHERE o.subject_id = ANY($1::uuid[]) AND {in_states("o", *LIVE)}
    ORDER BY {in_states("o", OperationState.NEEDS_ATTENTION)} DESC, o.id LIMIT {_MOST}
"""  # noqa: S608 - constants
