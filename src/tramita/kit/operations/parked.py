"""Operations that need a person, those of one group: what an operator works through."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from tramita.kit.bounds import within
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.places import ALIKE
from tramita.kit.operations.standing import in_states

# As what operations are taken by people (``kit.claims``).
CLAIMED_AS: Final = "operation"


class ParkedCase(msgspec.Struct):
    """One of them, in platform time; ``taken_by`` is who looks after it.

    ``may_send_again``: the provider has said that nothing is there.
    """

    id: UUID
    kind: str
    provider: str
    subject_id: UUID
    reason: str | None
    since: datetime
    may_send_again: bool
    taken_by: str | None


async def find_parked(
    work: UnitOfWork, alike: str, *, after: UUID | None, limit: int
) -> list[ParkedCase]:
    """Those that are alike, by age, from behind ``after`` on."""
    return await work.read(
        ParkedCase,
        f"""
        SELECT o.id, o.kind, o.provider, o.subject_id, o.reason,
               coalesce(o.parked_at, o.created_at) AS since, c.taken_by,
               o.nothing_since IS NOT NULL AND o.reference IS NULL AND o.ask_job IS NOT NULL
                   AS may_send_again
        FROM operations AS o
        LEFT JOIN attention_claims AS c ON c.kind = '{CLAIMED_AS}' AND c.subject = o.id::text
        WHERE {in_states("o", OperationState.NEEDS_ATTENTION)} AND {ALIKE} = $1
          AND {within("o", 2)} AND ($4::uuid IS NULL OR o.id > $4) ORDER BY o.id LIMIT $5
        """,  # noqa: S608 - our own texts
        alike,
        *work.bounds.limits,
        after,
        limit,
    )
