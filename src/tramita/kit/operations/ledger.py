"""Set-based statements on operation rows: prepare, take, settle.

Each runs inside the caller's unit of work, costs one statement for any number of
operations, locks rows in order of id, and writes the history of what it moved.

Leases and due times are in the server's real time (``now()``), not the platform's
movable one: advancing the clock by five days must not make a call that is under way
look lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

import asyncpg

from tramita.kit.attempt import Attempt
from tramita.kit.database.statement import Statement
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.masking import mask_text
from tramita.kit.metrics import OPERATIONS_SETTLED
from tramita.kit.operations.events import NEEDS_ATTENTION
from tramita.kit.operations.journal import TOLD, told_arguments
from tramita.kit.operations.lifecycle import LIFECYCLE, OperationTrigger
from tramita.kit.operations.lifecycle import OperationState as S
from tramita.kit.operations.paused import is_paused
from tramita.kit.operations.taken import Taken, taken_of
from tramita.kit.provider import ProviderMissing
from tramita.kit.transitions import Stateful
from tramita.kit.webhooks.emission import NewEvent, emit_many

# How long an operation that waits goes without a look at whether a job is there to act on it.
PATIENCE = timedelta(seconds=30)
# How long one may wait without a job, where somebody else enqueues it when its time has come.
PATIENCE_WITHOUT_JOB = timedelta(minutes=10)

OPERATION = Stateful(LIFECYCLE, "operations")


class Kind(Protocol):
    """What preparing needs to know of an operation's kind."""

    @property
    def name(self) -> str: ...
    @property
    def job(self) -> str: ...
    @property
    def ask_job(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a taken operation; ``retry_in`` with ``NOT_SENT`` and ``UNKNOWN``."""

    operation: Taken
    trigger: OperationTrigger
    reason: str | None = None
    reference: str | None = None
    retry_in: timedelta = timedelta(0)
    found_nothing: bool | None = None

    @property
    def source(self) -> S:
        """The state it was taken in."""
        doubt = self.operation.doubt
        if doubt is None:
            return S.SENT
        return S.PENDING if doubt.is_pending else S.UNKNOWN

    @property
    def target(self) -> S:
        """The state it leads to."""
        return LIFECYCLE.next(self.source, self.trigger)


async def prepare(
    work: UnitOfWork,
    kind: Kind,
    keys: Mapping[UUID, str],
    *,
    provider: str | Mapping[UUID, str],
    at_once: bool = True,
    owners: Mapping[UUID, UUID] | None = None,
) -> dict[UUID, UUID]:
    """Write the intention to act for each subject and enqueue the kind's job.

    ``keys`` is the operation's key by subject; ``provider`` who is to act, for all of them
    or by subject. Answers ``subject → operation``; a subject that already has a live operation of
    this kind, or a key used before, is left out, and nothing is enqueued for it. A key is
    looked up before: a conflict waits for whoever is settling that operation, and they
    may be waiting for a row of ours. Without ``at_once`` somebody else enqueues the jobs
    when their time has come; the sweep does so after ten minutes. An operation belongs to
    whoever its subject belongs to; ``owners`` names, by subject, the things to go by where the
    subjects themselves are not on record yet.
    """
    rows = await work.fetch(
        """
        INSERT INTO operations (id, key, kind, provider, job, subject_id, state, attempts, epoch,
                                created_at, due_at, lease_until, ask_job, tenant, carrier)
        SELECT id, key, $4, provider, $5, subject_id, 'PREPARED', 0, 0,
               (SELECT tramita_now()), now(), now() + $6::interval, $7,
               coalesce(owner.tenant, 'house'), owner.carrier
        FROM unnest($1::uuid[], $2::text[], $3::uuid[], $8::uuid[], $9::text[])
            AS o(id, key, subject_id, of_whom, provider)
        LEFT JOIN LATERAL tramita_owner(o.of_whom) AS owner ON true
        WHERE NOT EXISTS (SELECT FROM operations AS known WHERE known.key = o.key)
        ON CONFLICT DO NOTHING
        RETURNING id, subject_id
        """,
        [new_id() for _ in keys],
        list(keys.values()),
        list(keys),
        kind.name,
        kind.job,
        PATIENCE if at_once else PATIENCE_WITHOUT_JOB,
        kind.ask_job,
        [owners[one] if owners else one for one in keys],
        [provider if isinstance(provider, str) else provider[one] for one in keys],
    )
    if at_once:
        for row in rows:
            work.enqueue(kind.job, operation_id=row["id"])
    return {row["subject_id"]: row["id"] for row in rows}


async def take(
    work: UnitOfWork, ids: Sequence[UUID], *, leases: Mapping[str, timedelta]
) -> dict[UUID, Taken]:
    """Take what may be acted on now; what is finished, in other hands or paused is left out.

    ``leases`` is by provider how long each is taken for; raises ``ProviderMissing`` where one
    is not among them, and the caller's unit of work must end without effect then. Also what is
    unknown is taken, where no job of its own asks about it: whoever takes it asks first, or
    repeats what may be repeated.

    Waits for whoever holds a row: that may be a cancellation that changes nothing about it,
    and this job will not come again by itself.
    """
    rows = await work.fetch(
        f"""
        WITH locked AS (
            SELECT id, state AS source, provider FROM operations
            WHERE id = ANY($1::uuid[])
              AND (state = 'PREPARED'
                   OR (state = 'NOT_SENT' AND due_at <= now())
                   OR (state = 'UNKNOWN' AND due_at <= now() AND ask_job IS NULL)
                   OR (state = 'SENT' AND lease_until < now()))
              AND NOT {is_paused("provider", "kind")}
            ORDER BY id FOR UPDATE
        ), taken AS (
            UPDATE operations AS o SET
                state = 'SENT',
                epoch = o.epoch + 1,
                attempts = o.attempts + (locked.source <> 'SENT')::int,
                sent_at = CASE WHEN locked.source = 'SENT' THEN o.sent_at ELSE (SELECT tramita_now()) END,
                lease_until = now() + coalesce(lease, '0'),
                asked = 0, nothing_since = NULL,
                unknown_since = CASE WHEN locked.source = 'UNKNOWN' THEN o.unknown_since END
            FROM locked LEFT JOIN unnest($2::text[], $3::interval[]) AS l(provider, lease)
                USING (provider)
            WHERE o.id = locked.id
            RETURNING o.id, o.key, o.provider, o.subject_id, o.attempts, o.epoch, locked.source
        ), kept AS (
            INSERT INTO history
                (subject, subject_id, from_state, to_state, trigger, actor, cause, at)
            SELECT 'operations', id, source, 'SENT', 'send', $4, NULL, (SELECT tramita_now())
            FROM taken WHERE source <> 'SENT'
        )
        SELECT *, (SELECT tramita_now()) AS taken_at FROM taken
        """,  # noqa: S608 - our own texts
        list(ids),
        list(leases),
        list(leases.values()),
        work.actor,
    )
    refuse_missing(rows, leases)
    return {row["id"]: taken_of(row, source=S(row["source"])) for row in rows}


async def peek(work: UnitOfWork, operation_id: UUID) -> Taken | None:
    """One that somebody has in hand to carry out, without taking it from them.

    Whoever settles it first, they or we, is the one who counts: both have the same epoch.
    """
    rows = await work.fetch(
        f"""
        SELECT id, key, provider, subject_id, attempts, epoch, (SELECT tramita_now()) AS taken_at
        FROM operations WHERE id = $1 AND state = 'SENT' AND lease_until >= now()
          AND NOT {is_paused("provider", "kind")}
        """,  # noqa: S608 - our own texts
        operation_id,
    )
    return taken_of(rows[0]) if rows else None


def refuse_missing(rows: Sequence[asyncpg.Record], leases: Mapping[str, timedelta]) -> None:
    """Raise ``ProviderMissing`` when one of the operations is a provider's without a lease."""
    for row in rows:
        if row["provider"] not in leases:
            raise ProviderMissing(row["provider"])


async def begin(
    work: UnitOfWork, kind: Kind, subject: UUID, *, key: str, provider: str, lease: timedelta
) -> Taken | None:
    """Write the intention to act as taken already, in one statement: nobody else will take it.

    ``None``: the subject has a live operation of this kind, the key was used before, or the
    provider is paused.
    """
    given = begun_arguments(kind, provider=provider, lease=lease, actor=work.actor)
    given |= {"subject": subject, "key": key}
    rows = await work.fetch(_BEGIN.text, *_BEGIN.arguments(given))
    return taken_of(rows[0]) if rows else None


# Begins the operation that ``wanted`` names by subject, key, and the thing whose owner is its own.
BEGUN: Final = f"""
    begun AS (
        INSERT INTO operations (id, key, kind, provider, job, subject_id, state, attempts,
                                epoch, created_at, sent_at, due_at, lease_until, ask_job,
                                tenant, carrier)
        SELECT :operation::uuid, wanted.key, :kind, :provider, :job, wanted.subject_id, 'SENT', 1,
               1, (SELECT tramita_now()), now(), now(), now() + :lease::interval, :ask_job,
               coalesce(owner.tenant, 'house'), owner.carrier
        FROM wanted LEFT JOIN LATERAL tramita_owner(wanted.of_whom) AS owner ON true
        ON CONFLICT DO NOTHING RETURNING id, key, provider, subject_id, attempts, epoch
    ), begun_kept AS ({OPERATION.history("begun", S.PREPARED, OperationTrigger.SEND)})
"""  # noqa: S608 - all of it is ours
_BEGIN: Final = Statement(f"""
    WITH wanted AS (
        SELECT :subject::uuid AS subject_id, :key::text AS key, :subject::uuid AS of_whom
        WHERE NOT {is_paused(":provider::text", ":kind::text")}
    ), {BEGUN}
    SELECT *, (SELECT tramita_now()) AS taken_at FROM begun
""")  # noqa: S608 - all of it is ours


def begun_arguments(
    kind: Kind, *, provider: str, lease: timedelta, actor: str
) -> dict[str, object]:
    """The arguments of ``BEGUN``."""
    return {
        "operation": new_id(),
        "kind": kind.name,
        "provider": provider,
        "job": kind.job,
        "lease": lease,
        "ask_job": kind.ask_job,
        "actor": actor,
    }


_SETTLED: Final = """
    outcome AS (
        SELECT * FROM unnest(:ids::uuid[], :epochs::int[], :states::text[], :triggers::text[],
                             :reasons::text[], :references::text[], :retries::interval[],
                             :sources::text[], :nothings::boolean[])
            AS o(id, epoch, state, trigger, reason, reference, retry_in, source, found_nothing)
    ), locked AS (
        SELECT o.id, o.epoch FROM operations AS o JOIN outcome USING (id, epoch)
        WHERE o.state = outcome.source ORDER BY o.id FOR UPDATE OF o
    ), settled AS (
        UPDATE operations AS o SET
            state = outcome.state,
            reason = outcome.reason,
            reference = coalesce(outcome.reference, o.reference),
            due_at = now() + outcome.retry_in,
            lease_until = now() + outcome.retry_in + :patience::interval,
            settled_at = CASE WHEN outcome.state IN ('SUCCEEDED', 'REFUSED')
                         THEN (SELECT tramita_now()) END,
            job = CASE WHEN outcome.state NOT IN ('SUCCEEDED', 'REFUSED') THEN o.job END,
            ask_job = CASE WHEN outcome.state NOT IN ('SUCCEEDED', 'REFUSED')
                      THEN o.ask_job END,
            unknown_since = CASE WHEN outcome.state = 'UNKNOWN'
                            THEN coalesce(o.unknown_since, now()) ELSE o.unknown_since END,
            nothing_since = CASE WHEN outcome.found_nothing
                                 THEN coalesce(o.nothing_since, now())
                                 WHEN NOT outcome.found_nothing
                                   OR coalesce(outcome.reference, o.reference) IS NOT NULL
                                 THEN NULL ELSE o.nothing_since END,
            parked_at = CASE WHEN outcome.state = 'NEEDS_ATTENTION'
                        THEN (SELECT tramita_now()) ELSE o.parked_at END
        FROM locked JOIN outcome USING (id, epoch)
        WHERE o.id = locked.id
        RETURNING o.id, o.epoch, o.kind, o.state, outcome.source, outcome.trigger,
                  outcome.reason
    ), kept AS (
        INSERT INTO history
            (subject, subject_id, from_state, to_state, trigger, actor, cause, at)
        SELECT 'operations', id, source, state, trigger, :actor, reason, (SELECT tramita_now())
        FROM settled WHERE NOT (source = 'PENDING' AND state = 'PENDING')
    )
    SELECT id, epoch, kind, state, reason FROM settled
"""
_SETTLE: Final = Statement(f"WITH {_SETTLED}")
_TELL_AND_SETTLE: Final = Statement(f"WITH told AS ({TOLD}), {_SETTLED}")


async def settle(
    work: UnitOfWork,
    settlements: Sequence[Settlement],
    *,
    told: Sequence[tuple[Attempt, str, str]] = (),
) -> set[tuple[UUID, int]]:
    """Record outcomes; answers which were applied, as operation and epoch.

    One whose epoch has passed is left out: somebody else has taken the operation
    meanwhile, and a late answer is recorded in the journal, never applied. ``told`` is what goes
    there, as ``keep_exchanges`` keeps it.
    """
    is_told = any(attempt.exchanges for attempt, _, _ in told)
    statement = _TELL_AND_SETTLE if is_told else _SETTLE
    given = _columns(settlements) | told_arguments(told)
    given |= {"actor": work.actor, "patience": PATIENCE}
    rows = await work.fetch(statement.text, *statement.arguments(given))
    for row in rows:
        OPERATIONS_SETTLED.labels(row["kind"], row["state"]).inc()
    await tell_of_parked(work, [row for row in rows if row["state"] == S.NEEDS_ATTENTION])
    return {(row["id"], row["epoch"]) for row in rows}


async def close(
    work: UnitOfWork, ids: Sequence[UUID], trigger: OperationTrigger, *, cause: str
) -> set[UUID]:
    """End operations that nobody has in hand, along their life cycle; answers which."""
    moved = await OPERATION.move(work, ids, trigger, cause=cause)
    await work.fetch(
        """
        UPDATE operations SET
            settled_at = (SELECT tramita_now()), reason = $2,
            job = CASE WHEN state NOT IN ('SUCCEEDED', 'REFUSED') THEN job END,
            ask_job = CASE WHEN state NOT IN ('SUCCEEDED', 'REFUSED') THEN ask_job END
        WHERE id = ANY($1::uuid[])
        """,
        list(moved),
        mask_text(cause),
    )
    return set(moved)


def _columns(settlements: Sequence[Settlement]) -> dict[str, object]:
    return {
        "ids": [one.operation.id for one in settlements],
        "epochs": [one.operation.epoch for one in settlements],
        "states": [one.target.value for one in settlements],
        "triggers": [one.trigger.value for one in settlements],
        "reasons": [mask_text(one.reason) if one.reason else None for one in settlements],
        "references": [one.reference for one in settlements],
        "retries": [one.retry_in for one in settlements],
        "sources": [one.source.value for one in settlements],
        "nothings": [one.found_nothing for one in settlements],
    }


async def tell_of_parked(work: UnitOfWork, rows: Sequence[asyncpg.Record]) -> None:
    """Tell whoever listens that a person has to look, with kind and reason."""
    if not rows:
        return
    said = [
        (row["id"], {"id": row["id"], "kind": row["kind"], "reason": row["reason"]}) for row in rows
    ]
    await emit_many(work, [NewEvent(NEEDS_ATTENTION, id_, data) for id_, data in said])
