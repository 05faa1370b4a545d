"""The sweep: finds operations on which nobody will act any more, and sees that somebody does.

An operation whose lease ran out is looked at: is there a job that will act on it in time? Where
one waits or runs, it has more time. Where one is held by an error of our own, a person has to look,
and another beside it would only fail as well. Where there is none, it is enqueued.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs.rows import with_jobs
from tramita.kit.operations.ledger import PATIENCE, tell_of_parked
from tramita.kit.operations.lifecycle import LEASED
from tramita.kit.operations.paused import is_paused
from tramita.kit.operations.standing import in_states

# What follows for an area when the jobs of operations are held, given their subjects.
Hold = Callable[[UnitOfWork, Sequence[UUID]], Awaitable[None]]

# One that was sent and lost is enqueued so often, until somebody has taken it.
_AGAIN_AFTER: Final = timedelta(seconds=30)

_SWEEP: Final = f"""
    WITH due AS MATERIALIZED (
        SELECT o.id FROM operations AS o
        WHERE {in_states("o", *LEASED)} AND o.lease_until < now()
          AND (o.state <> 'SENT' OR o.due_at < now())
          AND (o.state <> 'PENDING' OR o.ask_job IS NOT NULL)
          AND NOT {is_paused("o.provider", "o.kind")}
        ORDER BY o.lease_until LIMIT $1
    ), cared_for AS (
        {with_jobs("due", "operation_id")}
    ), locked AS (
        SELECT o.id, coalesce(c.is_held, false) AS is_held, o.parked_at IS NULL AS is_new,
               o.state <> 'SENT' AND coalesce(
                   c.acts_at <= greatest(now(), o.due_at) + $3::interval, false) AS is_live
        FROM operations AS o JOIN due USING (id) LEFT JOIN cared_for AS c USING (id)
        WHERE o.lease_until < now() ORDER BY o.id FOR UPDATE OF o SKIP LOCKED
    )
    UPDATE operations AS o SET
        due_at = CASE WHEN o.state = 'SENT' THEN now() + $3::interval ELSE o.due_at END,
        lease_until = CASE WHEN o.state = 'SENT' THEN o.lease_until
                      ELSE now() + $2::interval END,
        parked_at = CASE WHEN l.is_held THEN coalesce(o.parked_at, tramita_now())
                    ELSE o.parked_at END
    FROM locked AS l WHERE o.id = l.id
    RETURNING o.id, o.kind, o.subject_id, l.is_held, l.is_live, l.is_new,
              'its job is held by an error of our own' AS reason,
              CASE WHEN o.state IN ('PENDING', 'UNKNOWN') THEN coalesce(o.ask_job, o.job)
                   ELSE o.job END AS job
"""  # noqa: S608 - our own texts


async def enqueue_lost(
    work: UnitOfWork, *, on_held: Mapping[str, Hold] | None = None, limit: int = 2000
) -> int:
    """Enqueue the job of every operation on which nobody will act; answers how many.

    This finds whatever lost its job: a caller killed before it recorded an answer, a job that
    somebody deleted. A sent one keeps its lease, so that its taker sees that it was lost. An
    unknown one, and one the provider has accepted without an answer, is asked about by the
    job for that. ``on_held`` says by kind what follows when its job is held.
    """
    rows = await work.fetch(_SWEEP, limit, PATIENCE, _AGAIN_AFTER)
    lost = [row for row in rows if not (row["is_held"] or row["is_live"])]
    for row in lost:
        work.enqueue(row["job"], key=f"lost:{row['id']}", operation_id=row["id"])
    await _hand_over(work, [row for row in rows if row["is_held"] and row["is_new"]], on_held or {})
    return len(lost)


async def _hand_over(
    work: UnitOfWork, held: Sequence[asyncpg.Record], on_held: Mapping[str, Hold]
) -> None:
    """Tell whoever listens of operations whose jobs are held, once, and what follows from it."""
    await tell_of_parked(work, held)
    subjects: defaultdict[str, list[UUID]] = defaultdict(list)
    for row in held:
        subjects[row["kind"]].append(row["subject_id"])
    for kind, ids in subjects.items():
        if kind in on_held:
            await on_held[kind](work, ids)
