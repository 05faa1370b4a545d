"""The desk: where the jobs of one kind of operation take their work and hand it in.

Jobs run one operation each; the desk gathers what many of them do at the same
moment into few transactions: one to take and load, one to record. What the area
loads and records is its own, as set-based functions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.batching import MicroBatch
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import ledger
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.ledger import Settlement, Taken
from tramita.kit.operations.lifecycle import OperationTrigger

R = TypeVar("R")
D = TypeVar("D")


@dataclass
class Desk(Generic[R, D]):
    """``lease`` is how long a taken operation may go without an outcome."""

    database: Database
    kind: OperationKind[R, D]
    lease: timedelta
    _taking: MicroBatch[UUID, Task[R] | None] = field(init=False)
    _handing: MicroBatch[Result[R, D], bool] = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the two batches."""
        self._taking = MicroBatch(self._take)
        self._handing = MicroBatch(self._hand_in)

    async def take(self, operation_id: UUID) -> Task[R] | None:
        """Beat one: the task, or ``None`` when it is finished or in other hands."""
        return await self._taking.add(operation_id)

    async def hand_in(self, result: Result[R, D]) -> bool:
        """Beat three: record the result; false when it came too late to be applied."""
        return await self._handing.add(result)

    async def _take(self, ids: Sequence[UUID]) -> list[Task[R] | None]:
        async with self.database.unit_of_work(actor=self.kind.job) as work:
            taken = await ledger.take(work, ids, lease=self.lease)
            requests = await self.kind.load(work, [one.subject_id for one in taken.values()])
        # The same operation may stand in a batch twice: the first to ask gets it.
        return [
            _task(one, requests) if (one := taken.pop(identifier, None)) else None
            for identifier in ids
        ]

    async def _hand_in(self, results: Sequence[Result[R, D]]) -> list[bool]:
        async with self.database.unit_of_work(actor=self.kind.job) as work:
            await ledger.journal(
                work,
                self.kind.provider,
                [(one.task.attempt, one.trigger.value) for one in results],
            )
            applied = await ledger.settle(work, [_settlement(one) for one in results])
            ours = [one for one in results if one.task.operation.id in applied]
            if ours:
                await self.kind.record(work, ours)
            self._enqueue_again(work, ours)
        return [one.task.operation.id in applied for one in results]

    def _enqueue_again(self, work: UnitOfWork, results: Sequence[Result[R, D]]) -> None:
        for one in results:
            if one.trigger is OperationTrigger.NOT_SENT:
                work.enqueue(self.kind.job, delay=one.retry_in, operation_id=one.task.operation.id)


def _task(taken: Taken, requests: Mapping[UUID, R]) -> Task[R]:
    attempt = Attempt(operation_id=taken.id, key=taken.key, number=taken.attempt)
    return Task(taken, requests[taken.subject_id], attempt)


def _settlement(result: Result[R, D]) -> Settlement:
    return Settlement(
        result.task.operation, result.trigger, result.reason, result.reference, result.retry_in
    )
