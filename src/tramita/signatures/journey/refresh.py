"""``signatures.refresh``: ask the service how procedures stand, and apply it.

A reader who finds what is known too old has it asked for, and waits for nothing; what nobody
reads of is asked about by the poll. ``asked_at`` keeps many readers from asking the same: it is
set by whoever enqueues, so a service that is away is asked once in a while and no more.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job, Schedule
from tramita.kit.outcome import Done, Outcome, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.signatures.journey.apply_states import REFRESH, apply_states
from tramita.signatures.lifecycle import SUBMITTED
from tramita.signatures.ports import PROCEDURE_UNKNOWN, SignatureBackend, SignatureState
from tramita.signatures.rows import Procedure, get_procedures
from tramita.signatures.settings import SignatureSettings

JOB: Final = REFRESH
# Jobs under way at once, over all workers, and procedures that each asks about.
_AT_ONCE: Final = 4
BATCH: Final = 10
# Found due by one run of the poll.
_DUE: Final = 200


async def refresh(runtime: Runtime, procedure_ids: list[UUID]) -> None:
    """Ask about some procedures, all at once, and apply what was answered."""
    async with runtime.database.unit_of_work(actor=JOB) as work:
        found = await get_procedures(work, procedure_ids)
        asked_at = await work.now()
    asked = [one for one in found.values() if one.state in SUBMITTED]
    said = await asyncio.gather(*(ask_state(runtime, one) for one in asked))
    known = {
        one.id: outcome.value if isinstance(outcome, Done) else None
        for one, outcome in zip(asked, said, strict=True)
        if isinstance(outcome, Done | Refused)
    }
    if known:
        lost_for = runtime.configured(SignatureSettings).lost_for
        async with runtime.database.unit_of_work(actor=JOB) as work:
            await apply_states(work, known, lost_for, asked_at=asked_at)


async def ask_state(runtime: Runtime, procedure: Procedure) -> Outcome[SignatureState]:
    """How a procedure stands at its service; ``Refused``: it has none of its reference."""
    gateway = runtime.gateway(SignatureBackend, procedure.provider)
    attempt = Attempt(procedure.id, f"state:{procedure.id}")
    outcome = await gateway.get_signature_state(procedure.provider_reference or "", attempt)
    if isinstance(outcome, Refused) and outcome.code != PROCEDURE_UNKNOWN:
        return Unknown(f"{outcome.code}: {outcome.reason}")  # A no to us says nothing about it.
    return outcome


async def enqueue_stale(
    work: UnitOfWork, contract_ids: Collection[UUID], stale_after: timedelta
) -> int:
    """Have procedures of these contracts asked about of which what is known is too old.

    Answers how many.
    """
    rows = await work.fetch(
        f"""
        UPDATE signing_procedures AS p SET asked_at = tramita_now() FROM (
            SELECT id FROM signing_procedures WHERE contract_id = ANY($1::uuid[])
              AND {one_of("state", SUBMITTED)}
              AND known_at <= tramita_now() - $2::interval
              AND (asked_at IS NULL OR asked_at <= tramita_now() - $2::interval)
            ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        ) AS stale WHERE p.id = stale.id RETURNING p.id
        """,  # noqa: S608 - constants
        list(contract_ids),
        stale_after,
    )
    _enqueue(work, [row["id"] for row in rows])
    return len(rows)


async def poll_due(runtime: Runtime) -> None:
    """Have those asked about of which nobody has learnt anything for long, or whose time is over."""
    settings = runtime.configured(SignatureSettings)
    async with runtime.database.unit_of_work(actor="timer") as work:
        rows = await work.fetch(
            f"""
            UPDATE signing_procedures AS p SET asked_at = tramita_now() FROM (
                SELECT id FROM signing_procedures WHERE {one_of("state", SUBMITTED)}
                  AND (known_at <= tramita_now() - make_interval(secs => $1)
                       OR expires_at <= tramita_now())
                  AND (asked_at IS NULL OR asked_at <= tramita_now() - interval '5 minutes')
                ORDER BY known_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
            ) AS due WHERE p.id = due.id RETURNING p.id
            """,  # noqa: S608 - constants
            settings.poll_hours * 3600,
            _DUE,
        )
        _enqueue(work, [row["id"] for row in rows])


def _enqueue(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    for first in range(0, len(ids), BATCH):
        work.enqueue(JOB, procedure_ids=list(ids[first : first + BATCH]))


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, refresh, _AT_ONCE)]
SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [
    Schedule("signatures.poll_due", "* * * * * */30", poll_due)
]
