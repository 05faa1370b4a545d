"""``portability.open_group``: open a signature group before an envelope's contracts are sent.

Nothing at the provider tells one group from another, so an opening whose answer was lost is
done again; a group that nobody uses does no harm. It is tried for as long as it takes, and
the contracts wait for it. Where the provider refuses, they are sent without a group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.repeatable import settled
from tramita.kit.runtime import Runtime
from tramita.portability.grouping import OPEN, enqueue_waiting
from tramita.portability.ports import ProposalGateway


@dataclass(frozen=True, slots=True)
class Opening:
    """A group to open. ``is_wanted``: its envelope is still to be signed."""

    is_wanted: bool


OpeningResult: TypeAlias = Result[Opening, str | None]


async def load_openings(work: UnitOfWork, envelopes: Sequence[UUID]) -> Mapping[UUID, Opening]:
    """Openings by envelope."""
    rows = await work.fetch(
        "SELECT id, state = 'formalizing' AS is_wanted FROM envelopes WHERE id = ANY($1::uuid[])",
        list(envelopes),
    )
    return {row["id"]: Opening(row["is_wanted"]) for row in rows}


async def record_openings(work: UnitOfWork, results: Sequence[OpeningResult]) -> None:
    """Keep the keys, and let the contracts go that waited for them."""
    keys = {
        one.task.operation.subject_id: one.decision for one in results if one.decision is not None
    }
    await work.fetch(
        """
        WITH opened AS (
            SELECT * FROM unnest($1::uuid[], $2::text[]) AS k(id, key)
        ), locked AS (
            SELECT id FROM envelopes WHERE id IN (SELECT id FROM opened)
            ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE envelopes AS e SET group_key = opened.key
        FROM locked JOIN opened USING (id) WHERE e.id = locked.id AND e.group_key IS NULL
        """,
        list(keys),
        list(keys.values()),
    )
    await enqueue_waiting(
        work,
        [one.task.operation.subject_id for one in results if not one.comes_back],
    )


OPENING: Final[OperationKind[Opening, str | None]] = OperationKind(
    name=OPEN.name, port=ProposalGateway, job=OPEN.job, load=load_openings, record=record_openings
)


async def open_group(runtime: Runtime, operation_id: UUID) -> None:
    """Open one group, unless its envelope has ended meanwhile."""
    desk = runtime.desk(OPENING)
    task = await desk.take(operation_id)
    if task is None:
        return  # Finished already, or in other hands.
    await desk.hand_in(await _open(runtime, task))


async def _open(runtime: Runtime, task: Task[Opening]) -> OpeningResult:
    if not task.request.is_wanted:
        return Result(task, None, OperationTrigger.WITHDRAW, reason="The envelope has ended.")
    gateway = runtime.gateway(ProposalGateway, task.operation.provider)
    outcome = await gateway.open_signature_group(task.attempt)
    return settled(task, outcome, refused=OperationTrigger.REFUSED)


JOBS: Final[list[Job[Runtime]]] = [Job(OPEN.job, open_group)]
