"""One outside act, declared once, with the job that carries it out.

Whoever wants an act names it (``ledger.prepare`` with its ``ActName``) and need not know who
does it. Its job takes the operation and goes on until there is a clear answer:

1. From the second attempt on, or when the last worker died, it asks first, where that can be
   asked: what is done already is not done again.
2. What nobody wants any more is withdrawn.
3. It calls. A refusal may mean that it was done before, so it asks then as well.
4. Nothing happened there: again after a pause that grows to a minute. Nobody knows: the
   operation is unknown, and comes back to be asked about or to be repeated under the same key.
5. Accepted, and how it ends is told later: where the name has an ``ask_job``, that asks until
   there is an end, in case the provider's message is lost.

An act that can neither be asked about nor repeated is no ``Act``: it has a job of its own,
and another that asks.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from typing import Any, Final, Generic, TypeVar, assert_never
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations.asking import Nothing, NoWord, Process, Question, Said, There
from tramita.kit.operations.follow_up import ask_first, weigh
from tramita.kit.operations.kind import (
    ActName,
    OperationKind,
    Result,
    Task,
    record_nothing,
)
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.repeatable import settled
from tramita.kit.operations.taken import Doubt
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown

R = TypeVar("R")
T = TypeVar("T")


_ASKED: Final = "The provider says so, asked about it."


def _never(_: object) -> None:
    """There is nothing to say against it."""


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True, kw_only=True)
class Act(Generic[R, T]):
    """What is done through ``name.port`` about a request ``R``, which answers ``T``.

    ``load`` and ``record`` are the area's own, as in ``OperationKind``; ``record`` finds the
    provider's answer as the decision, and none where there was no answer. ``call`` and ``ask``
    get the gateway, the request and the attempt. ``ask`` tells how the act stands, or ``None``:
    it is still to be done; an act without it may be repeated blindly. ``unwanted`` says why it
    need not be done any more, if so. ``on_refused`` is ``REFUSED``, or ``PARK`` where a person
    has to know; ``failure`` says why an answer is a no all the same, if it is. ``reference`` is
    the provider's own key in an answer. ``calls`` and ``ask_calls`` are how many requests a
    call and a question take.
    """

    name: ActName
    load: Callable[[UnitOfWork, Sequence[UUID]], Awaitable[Mapping[UUID, R]]]
    call: Callable[[Any, R, Attempt], Awaitable[Outcome[T]]]
    ask: Callable[[Any, R, Attempt], Awaitable[Outcome[T] | None]] | None = None
    unwanted: Callable[[R], str | None] = _never
    failure: Callable[[T], str | None] = _never
    on_refused: OperationTrigger = OperationTrigger.REFUSED
    record: Callable[[UnitOfWork, Sequence[Result[R, T | None]]], Awaitable[None]] = record_nothing
    refuse: Callable[[UnitOfWork, Sequence[UUID], str], Awaitable[None]] | None = None
    reference: Callable[[T], str | None] = _text
    concurrency: int = 0
    calls: int = 1
    ask_calls: int = 1

    @cached_property
    def kind(self) -> OperationKind[R, T | None]:
        """Its kind of operation."""
        asking = 2 * self.ask_calls if self.ask else 0  # before the call, and after a refusal
        return OperationKind(
            name=self.name.name,
            port=self.name.port,
            job=self.name.job,
            ask_job=self.name.ask_job,
            load=self.load,
            record=self.record,
            refuse=self.refuse,
            calls=self.calls + asking,
            ask_calls=self.ask_calls,
        )

    @property
    def jobs(self) -> list[Job[Any]]:
        """The job that carries it out, and the one that asks where there is one."""
        jobs: list[Job[Any]] = [Job(self.name.job, self.carry_out, self.concurrency)]
        if self.name.ask_job is not None:
            jobs.append(self._question.job)
        return jobs

    @property
    def _question(self) -> Question[R, T | None]:
        return Question(self.kind, self._find)

    async def carry_out(self, process: Process, operation_id: UUID) -> None:
        """Take one operation, act or find that there is nothing to do, and record it."""
        desk = process.desk(self.kind)
        task = await desk.take(operation_id)
        if task is None:
            # Finished already, or in other hands: of somebody who may have died.
            if self.ask:
                await self._question.look(process, operation_id)
            return
        gateway: object = process.gateway(self.name.port, task.operation.provider)
        await desk.hand_in(await self._attempt(gateway, task))

    async def _attempt(self, gateway: object, task: Task[R]) -> Result[R, T | None]:
        ask = partial(self.ask, gateway, task.request, task.attempt) if self.ask else None
        outcome = await ask_first(task, ask) if ask else None
        if outcome is None:
            why = self.unwanted(task.request)
            if why is not None:
                return Result(task, None, OperationTrigger.WITHDRAW, reason=why)
            outcome = await self.call(gateway, task.request, task.attempt)
            if ask:
                outcome = await weigh(outcome, ask)
        return self._settled(task, outcome)

    async def _find(self, process: Process, task: Task[R], _: Doubt) -> Said[R, T | None]:
        gateway: object = process.gateway(self.name.port, task.operation.provider)
        known = None
        if self.ask:
            known = await self.ask(gateway, task.request, task.attempt)
        match known:
            case None:
                why = "The provider has not done it."
                return Nothing(why=why, left=timedelta(0), waiting=None, then=None)
            case NotSent(reason) | Unknown(reason):
                return NoWord(why=reason, left=None, waiting=None, then=None)
            case Done() | Refused() | Pending():
                found = self._settled(task, known)
                return There(replace(found, reason=found.reason or _ASKED))
            case _:
                assert_never(known)

    def _settled(self, task: Task[R], outcome: Outcome[T]) -> Result[R, T | None]:
        match outcome:
            case Done(value):
                reference, why = self.reference(value), self.failure(value)
                trigger = OperationTrigger.DONE if why is None else self.on_refused
                return Result(task, value, trigger, why, reference)
            case Pending(reference, ask_again_in) if self.name.ask_job is not None:
                return Result(
                    task, None, OperationTrigger.PENDING, None, reference, retry_in=ask_again_in
                )
            case _:
                return settled(task, outcome, refused=self.on_refused)
