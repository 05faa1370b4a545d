"""Operations that the provider has accepted without an answer: asked about.

The answer comes by the provider's own message, or when it is asked because none came; the
first of the two counts, and ends them (``ledger.close``).
"""

from datetime import timedelta
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.ledger import PATIENCE


async def take_pending(
    work: UnitOfWork, operation_id: UUID, *, lease: timedelta
) -> tuple[UUID, Attempt] | None:
    """Take one to ask about, for so long: its subject, and the attempt that asks.

    ``None`` when it is known meanwhile, or somebody else is asking.
    """
    rows = await work.fetch(
        """
        UPDATE operations SET asked = asked + 1, due_at = now() + $2::interval,
                              lease_until = now() + $2::interval
        WHERE id = $1 AND state = 'PENDING' AND due_at <= now()
        RETURNING subject_id, key, attempts
        """,
        operation_id,
        lease,
    )
    if not rows:
        return None
    [row] = rows
    return row["subject_id"], Attempt(operation_id, row["key"], row["attempts"])


async def ask_again(work: UnitOfWork, operation_id: UUID, pause: timedelta) -> None:
    """Have one that is still pending asked about after a pause."""
    rows = await work.fetch(
        """
        UPDATE operations SET due_at = now() + $2::interval,
                              lease_until = now() + $2::interval + $3::interval
        WHERE id = $1 AND state = 'PENDING' RETURNING ask_job
        """,
        operation_id,
        pause,
        PATIENCE,
    )
    for row in rows:
        work.enqueue(row["ask_job"], delay=pause, operation_id=operation_id)
