"""The desk: where the jobs of one kind of operation take their work and hand it in.

Jobs run one operation each; the desk gathers what many of them do at the same
moment into few transactions: one to take and load, one to record. What the area
loads and records is its own, as set-based functions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import asyncpg

from tramita.kit.attempt import Attempt
from tramita.kit.batching import MicroBatch
from tramita.kit.database.engine import Database
from tramita.kit.database.statement import Statement
from tramita.kit.database.work import UnitOfWork
from tramita.kit.metrics import OPERATIONS_SETTLED
from tramita.kit.operations import at_once, doubts, ledger
from tramita.kit.operations.journal import keep_exchanges
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.ledger import Settlement
from tramita.kit.operations.lifecycle import OperationState as S
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.paused import refuse_paused
from tramita.kit.operations.taken import Taken, taken_of
from tramita.kit.outlasting import outlast
from tramita.kit.provider import ProviderMissing

R = TypeVar("R")
D = TypeVar("D")

_SAYS_NO = frozenset({OperationTrigger.REFUSED, OperationTrigger.PARK})


class Take(Protocol):
    """One of the ledger's ways to take operations."""

    async def __call__(
        self, work: UnitOfWork, ids: Sequence[UUID], *, leases: Mapping[str, timedelta]
    ) -> dict[UUID, Taken]: ...


@dataclass
class Desk(Generic[R, D]):
    """``leases`` is by provider how long a taken operation may go without an outcome.

    ``ask_leases`` is how long a question about an unknown one may take; without it, as long.
    An operation of another provider is not taken: whoever wants to gets ``ProviderMissing``.
    """

    database: Database
    kind: OperationKind[R, D]
    leases: Mapping[str, timedelta]
    ask_leases: Mapping[str, timedelta] | None = None
    _taking: MicroBatch[UUID, Task[R] | None] = field(init=False)
    _asking: MicroBatch[UUID, Task[R] | None] = field(init=False)
    _handing: MicroBatch[Result[R, D], bool] = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the batches."""
        asking = self.leases if self.ask_leases is None else self.ask_leases
        self._taking = MicroBatch(partial(self._take, ledger.take, self.leases))
        self._asking = MicroBatch(partial(self._take, doubts.take_to_ask, asking))
        self._handing = MicroBatch(self._hand_in)

    async def take(self, operation_id: UUID) -> Task[R] | None:
        """Beat one: the task, or ``None`` when it is finished or in other hands."""
        return await self._taking.add(operation_id)

    async def begin(
        self,
        work: UnitOfWork,
        subject_id: UUID,
        *,
        key: str,
        provider: str,
        request: R | None = None,
    ) -> Task[R] | None:
        """Write the intention and take it within ``work``: for a caller that acts at once.

        ``request`` is what would be loaded, from a caller that knows it already. ``None``: the
        subject has a live operation of this kind, or the key was used before. Where the caller
        ends before it hands in, the kind's job finds the operation lost. Raises
        ``ProviderPaused``, and whoever waits for it is told to come again.
        """
        if provider not in self.leases:
            raise ProviderMissing(provider)
        began, lease = monotonic(), self.leases[provider]
        taken = await ledger.begin(
            work, self.kind, subject_id, key=key, provider=provider, lease=lease
        )
        if taken is None:
            await refuse_paused(work, provider, self.kind.name)
            return None
        if request is None:
            request = (await self.kind.load(work, [subject_id]))[subject_id]
        return self._task(taken, {subject_id: request}, lease_ends=began + lease.total_seconds())

    async def begin_at_once(
        self,
        statement: Statement,
        given: dict[str, object],
        *,
        provider: str,
        actor: str,
        read: Callable[[asyncpg.Record], R],
    ) -> Task[R] | None:
        """The same by a statement of the area's own that has ``ledger.BEGUN`` in it.

        It answers the columns of ``begun``, ``taken_at``, and what ``read`` makes the request
        of. ``None``: it has done nothing.
        """
        if provider not in self.leases:
            raise ProviderMissing(provider)
        began, lease = monotonic(), self.leases[provider]
        begun = ledger.begun_arguments(self.kind, provider=provider, lease=lease, actor=actor)
        rows = await self.database.fetch(statement.text, *statement.arguments(begun | given))
        if not rows:
            return None
        taken = taken_of(rows[0])
        requests = {taken.subject_id: read(rows[0])}
        return self._task(taken, requests, lease_ends=began + lease.total_seconds())

    async def take_to_ask(self, operation_id: UUID) -> Task[R] | None:
        """An operation without an end to ask about; ``None``: it has one, or is in other hands."""
        return await self._asking.add(operation_id)

    async def peek(self, operation_id: UUID) -> Task[R] | None:
        """One that is in other hands, to ask about beside them; ``None``: it is in nobody's."""
        began = monotonic()
        async with self.database.unit_of_work(actor=self.kind.job) as work:
            taken = await ledger.peek(work, operation_id)
            if taken is None:
                return None
            requests = await self.kind.load(work, [taken.subject_id])
        asking = self.leases if self.ask_leases is None else self.ask_leases
        if taken.provider not in asking:
            raise ProviderMissing(taken.provider)
        return self._task(taken, requests, began + asking[taken.provider].total_seconds())

    async def ask_early(self, operation_id: UUID) -> None:
        """The job of one in other hands has come once more: have it asked about at once.

        Whoever had it may have died, and its lease may go on for long.
        """
        async with self.database.unit_of_work(actor=self.kind.job) as work:
            if self.kind.ask_job and await ledger.peek(work, operation_id):
                work.enqueue(self.kind.ask_job, operation_id=operation_id)

    async def note(self, task: Task[R]) -> None:
        """Keep what was said about one that nothing was learnt of."""
        async with self.database.unit_of_work(actor=self.kind.job) as work:
            await keep_exchanges(
                work, [(task.attempt, task.operation.provider, OperationTrigger.UNKNOWN.value)]
            )

    async def hand_in(self, result: Result[R, D], *, is_awaited: bool = False) -> bool:
        """Beat three: record the result; false when it came too late to be applied.

        What an outside system said must not be lost because our own database is away
        just now: it is tried again until the lease is over. ``is_awaited``: somebody waits
        for it, so it is recorded by itself and does not wait for company.
        """

        async def write() -> bool:
            if is_awaited:
                return await self._hand_in_alone(result)
            return await self._handing.add(result)

        return await outlast(write, self.leases[result.task.operation.provider])

    async def _take(
        self, take: Take, leases: Mapping[str, timedelta], ids: Sequence[UUID]
    ) -> list[Task[R] | None]:
        began = monotonic()
        async with self._work() as work:
            taken = await take(work, ids, leases=leases)
            requests = await self.kind.load(work, [one.subject_id for one in taken.values()])
            # Within the transaction: an operation whose request is missing is not taken.
            tasks = {
                id_: self._task(one, requests, began + leases[one.provider].total_seconds())
                for id_, one in taken.items()
            }
        # The same operation may stand in a batch twice: the first to ask gets it.
        return [tasks.pop(identifier, None) for identifier in ids]

    def _task(self, taken: Taken, requests: Mapping[UUID, R], lease_ends: float) -> Task[R]:
        attempt = Attempt(
            taken.id, taken.key, taken.attempt, lease_ends=lease_ends, kind=self.kind.name
        )
        return Task(taken, requests[taken.subject_id], attempt)

    async def _hand_in_alone(self, result: Result[R, D]) -> bool:
        recording = at_once.recording(self.kind, result)
        if recording is None:
            return (await self._hand_in([result]))[0]
        text, arguments = recording
        rows = await self.database.fetch(text, *arguments)
        if rows:
            OPERATIONS_SETTLED.labels(self.kind.name, S.SUCCEEDED.value).inc()
        return bool(rows)

    async def _hand_in(self, results: Sequence[Result[R, D]]) -> list[bool]:
        # Of the same taking there may be two: whoever has it, and whoever asked beside them.
        first = {_taking(one): one for one in reversed(results)}
        async with self._work() as work:
            applied = await ledger.settle(
                work,
                [self._settlement(one) for one in first.values()],
                told=[one.told for one in results],
            )
            ours = [one for taking, one in first.items() if taking in applied]
            news = [one for one in ours if not one.is_still_pending]
            if news:
                await self.kind.record(work, news)
            self._enqueue_again(work, ours)
        return [one is first[_taking(one)] and _taking(one) in applied for one in results]

    def _work(self) -> UnitOfWork:
        return self.database.unit_of_work(actor=self.kind.job, is_planned_once=True)

    def _settlement(self, result: Result[R, D]) -> Settlement:
        reason = result.reason
        if reason is not None and self.kind.keeps_codes and result.trigger in _SAYS_NO:
            reason = reason.partition(": ")[0]
        return Settlement(
            result.task.operation,
            result.trigger,
            reason,
            result.reference,
            result.retry_in,
            result.found_nothing,
        )

    def _enqueue_again(self, work: UnitOfWork, results: Sequence[Result[R, D]]) -> None:
        again = {
            OperationTrigger.NOT_SENT: self.kind.job,
            OperationTrigger.UNKNOWN: self.kind.ask_job or self.kind.job,
        }
        if self.kind.ask_job is not None:
            again[OperationTrigger.PENDING] = self.kind.ask_job
        for one in results:
            if one.trigger in again:
                operation = one.task.operation.id
                work.enqueue(again[one.trigger], delay=one.retry_in, operation_id=operation)


def _taking(result: Result[R, D]) -> tuple[UUID, int]:
    """Which taking of which operation a result belongs to."""
    return result.task.operation.id, result.task.operation.epoch
