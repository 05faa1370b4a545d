"""``numbering.release_hold``: give a hold back that nobody wants.

Twice is once, so it is repeated for as long as it takes; at the latest the hold lapses by
itself, and the provider then says that there is nothing to give back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations import ledger
from tramita.kit.operations.kind import OperationKind
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.repeatable import settled
from tramita.kit.runtime import Runtime
from tramita.numbering.ports import NumberInventory
from tramita.numbering.provider import PROVIDER

JOB: Final = "numbering.release_hold"


@dataclass(frozen=True, slots=True)
class Surplus:
    """A hold that nobody wants."""

    external_id: str


async def load_holds(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Surplus]:
    """Holds by the id of their pre-reservation."""
    rows = await work.fetch(
        "SELECT id, external_id FROM pre_reservation WHERE id = ANY($1::uuid[])", list(ids)
    )
    return {row["id"]: Surplus(row["external_id"]) for row in rows}


RELEASE: Final[OperationKind[Surplus, None]] = OperationKind(
    name=JOB, port=NumberInventory, job=JOB, load=load_holds
)


async def give_back_holds(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Have the holds of these pre-reservations given back."""
    keys = {id_: f"release_hold:{id_}" for id_ in ids}
    await ledger.prepare(work, RELEASE, keys, provider=PROVIDER)


async def release_hold(runtime: Runtime, operation_id: UUID) -> None:
    """Give one hold back."""
    desk = runtime.desk(RELEASE)
    task = await desk.take(operation_id)
    if task is None:
        return  # Finished already, or in other hands.
    gateway = runtime.gateway(NumberInventory, task.operation.provider)
    outcome = await gateway.release_hold(task.request.external_id, task.attempt)
    await desk.hand_in(settled(task, outcome, refused=OperationTrigger.PARK))


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, release_hold, concurrency=10)]
