"""Operations whose outcome nobody knows: asked about, parked, decided by a person.

Set-based like the ledger's statements, and in real time like its leases.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.ledger import (
    OPERATION,
    PATIENCE,
    Kind,
    close,
    refuse_missing,
    tell_of_parked,
)
from tramita.kit.operations.lifecycle import OperationState, OperationTrigger
from tramita.kit.operations.paused import is_paused
from tramita.kit.operations.standing import live
from tramita.kit.operations.taken import Doubt, Taken, taken_of


async def take_to_ask(
    work: UnitOfWork, ids: Sequence[UUID], *, leases: Mapping[str, timedelta]
) -> dict[UUID, Taken]:
    """As ``ledger.take``, to ask what became of those of which the provider has not told the end.

    Nobody knows whether they were done, or they were accepted; one that is being asked about,
    or whose provider is paused, is left out.
    """
    rows = await work.fetch(
        f"""
        WITH locked AS (
            SELECT id, provider FROM operations
            WHERE id = ANY($1::uuid[]) AND state IN ('UNKNOWN', 'PENDING') AND due_at <= now()
              AND NOT {is_paused("provider", "kind")}
            ORDER BY id FOR UPDATE
        ), leased AS (
            SELECT id, now() + coalesce(lease, '0') AS until FROM locked
            LEFT JOIN unnest($2::text[], $3::interval[]) AS l(provider, lease) USING (provider)
        )
        UPDATE operations AS o SET
            epoch = o.epoch + 1, asked = o.asked + 1, due_at = until, lease_until = until
        FROM leased WHERE o.id = leased.id
        RETURNING o.id, o.key, o.provider, o.subject_id, o.attempts, o.epoch, tramita_now() AS taken_at,
                  o.asked, coalesce(now() - o.unknown_since, '0') AS lasts,
                  now() - o.nothing_since AS nothing_for, o.reference,
                  o.state = 'PENDING' AS is_pending, o.reason
        """,  # noqa: S608 - our own texts
        list(ids),
        list(leases),
        list(leases.values()),
    )
    refuse_missing(rows, leases)
    return {
        row["id"]: taken_of(
            row,
            doubt=Doubt(
                row["asked"],
                row["lasts"],
                row["nothing_for"],
                row["reference"],
                row["is_pending"],
                said=row["reason"],
            ),
        )
        for row in rows
    }


async def ask_now(
    work: UnitOfWork,
    ids: Sequence[UUID],
    *,
    references: Sequence[str | None] = (),
    cause: str | None = None,
) -> set[UUID]:
    """Have unknown, accepted and parked operations asked about at once; answers which.

    One that no other job asks about goes back to its own, which begins by asking.

    ``references`` are keys of the provider learnt meanwhile, one for each operation. A
    question under way was asked before they were known: its answer is late now, because
    "there is nothing" would have the act repeated.
    """
    await OPERATION.move(work, ids, OperationTrigger.ASK_AGAIN, cause=cause)
    rows = await work.fetch(
        """
        WITH wanted AS (
            SELECT * FROM unnest($1::uuid[], $2::text[]) AS w(id, reference)
        ), locked AS (
            SELECT o.id FROM operations AS o JOIN wanted USING (id)
            WHERE o.state IN ('UNKNOWN', 'PENDING') ORDER BY o.id FOR UPDATE OF o
        )
        UPDATE operations AS o SET
            reference = coalesce(wanted.reference, o.reference),
            nothing_since = CASE WHEN coalesce(wanted.reference, o.reference) IS NULL
                            THEN o.nothing_since END,
            epoch = o.epoch + 1, unknown_since = now(), due_at = now(), lease_until = now() + $3::interval
        FROM locked JOIN wanted USING (id) WHERE o.id = locked.id
        RETURNING o.id, coalesce(o.ask_job, o.job) AS job
        """,
        list(ids),
        list(references) or [None] * len(ids),
        PATIENCE,
    )
    for row in rows:
        work.enqueue(row["job"], operation_id=row["id"])
    return {row["id"] for row in rows}


async def end_pending(
    work: UnitOfWork, kind: Kind, subject: UUID, trigger: OperationTrigger, *, cause: str
) -> bool:
    """The provider's own message tells how what it had accepted ended; false: it is known.

    Whoever records at this moment that it was accepted is waited for.
    """
    known = await live(work, [subject], [kind], lock=True)
    pending = [one.id for one in known if one.state is OperationState.PENDING]
    return bool(await close(work, pending, trigger, cause=cause))


async def send_now(work: UnitOfWork, ids: Sequence[UUID]) -> set[UUID]:
    """Have operations sent again of which it is certain that nothing happened; answers which."""
    moved = await OPERATION.move(work, ids, OperationTrigger.NOT_SENT)
    rows = await work.fetch(
        "UPDATE operations SET due_at = now(), lease_until = now() + $2::interval "
        "WHERE id = ANY($1::uuid[]) RETURNING id, job",
        list(moved),
        PATIENCE,
    )
    for row in rows:
        work.enqueue(row["job"], operation_id=row["id"])
    return set(moved)


async def look_again(work: UnitOfWork, subjects: Sequence[UUID], *, cause: str) -> None:
    """What was left to a person may have settled itself: acts that ask first, ask again."""
    rows = await work.fetch(
        "SELECT id FROM operations WHERE subject_id = ANY($1::uuid[]) "
        "AND state = 'NEEDS_ATTENTION' AND ask_job IS NULL ORDER BY id",
        list(subjects),
    )
    if rows:
        await ask_now(work, [row["id"] for row in rows], cause=cause)


async def withdraw(work: UnitOfWork, ids: Sequence[UUID], *, cause: str) -> set[UUID]:
    """End operations that nobody wants any more, and that nobody has in hand; answers which."""
    return await close(work, ids, OperationTrigger.WITHDRAW, cause=cause)


async def park(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Hand unknown operations to a person; they appear under "needs attention"."""
    moved = await OPERATION.move(work, ids, OperationTrigger.PARK)
    rows = await work.fetch(
        "UPDATE operations SET parked_at = tramita_now() WHERE id = ANY($1::uuid[]) "
        "RETURNING id, kind, reason",
        list(moved),
    )
    await tell_of_parked(work, rows)
