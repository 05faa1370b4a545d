"""One outside act, declared once, with the job that carries it out.

Whoever wants an act names it (``ledger.prepare`` with its ``ActName``) and need not know who
does it. Its job takes the operation and goes on until there is a clear answer:

1. From the second attempt on, or when the last worker died, it asks first, where that can be
   asked: what is done already is not done again.
2. What nobody wants any more is withdrawn.
3. It calls. A refusal may mean that it was done before, so it asks then as well.
4. Nothing happened there: again after a pause that grows to a minute. Nobody knows: the
   operation is unknown, and comes back to be asked about or to be repeated under the same key.
   ``NOT_SENT`` is for what never can have happened: where this attempt or an earlier one may
   have been done, it stays ``UNKNOWN`` until the provider gives a clear answer.
5. Accepted, and how it ends is told later: where the name has an ``ask_job``, that asks until
   there is an end, in case the provider's message is lost.

It may be repeated although nobody knows whether it was done: because its provider knows its
key, because the second time harms nobody (giving back what was given back already, handing
over a copy that stays unused), because its job asks first, or, where what was sent may arrive
late, because nobody believes that there is nothing until its ``Caution`` says so. An act with
none of these is no ``Act``: it has a job of its own, and another that asks.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from typing import Any, Final, Generic, TypeVar, assert_never
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ProviderUnavailableError
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
from tramita.kit.operations.pause import pause_after
from tramita.kit.operations.taken import Doubt
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown

R = TypeVar("R")
T = TypeVar("T")


_ASKED: Final = "The provider says so, asked about it."
_LOST: Final = "It was sent, and the process ended before the answer."
_AFTER_UNKNOWN: Final = timedelta(seconds=2)


def _never(_: object) -> None:
    """There is nothing to say against it."""


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _as_it_is(_: object, value: T) -> T:
    return value


async def _nothing_more(_: object, value: T) -> T:
    return value


@dataclass(frozen=True, slots=True)
class Caution:
    """How an act is asked about that may arrive late.

    After ``grace`` the provider is believed that there is nothing; after ``outage`` without a
    word from it a person decides. ``first_pause`` is until the first question. ``early`` are codes
    of refusals that may come too early, such as of something made a moment ago that is not found
    yet: they are believed after ``grace`` as well. ``may_repeat``: what is not done is sent again
    at once, because twice is once.
    """

    first_pause: timedelta
    grace: timedelta
    outage: timedelta
    early: frozenset[str] = frozenset()
    may_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """What is to be ended is not known there: codes of such a no, and when it is asked once more.

    What was there may not be found for a moment. So the first such word is not believed, unless
    an earlier attempt may have ended it; the second one is.
    """

    codes: frozenset[str]
    again_in: timedelta


@dataclass(frozen=True, kw_only=True)
class Act(Generic[R, T]):
    """What is done through ``name.port`` about a request ``R``, which answers ``T``.

    ``load`` and ``record`` are the area's own, as in ``OperationKind``; ``record`` finds the
    provider's answer as the decision, and none where there was no answer. ``call`` and ``ask``
    get the gateway, the request and the attempt. ``ask`` tells how the act stands, or ``None``:
    it is still to be done; an act without it may be repeated blindly. ``unwanted`` says why it
    need not be done any more, if so. ``on_refused`` is ``REFUSED``, or ``PARK`` where a person
    has to know; ``failure`` says why an answer is a no all the same, if it is. ``reference`` is
    the provider's own key in an answer. ``calls`` and ``ask_calls`` are how many calls of
    the gateway an attempt and a question take. ``meaning`` and ``caution`` are given the
    process: what an answer comes to here where a setting decides that, and how careful one has
    to be, with an ``ask`` and an ``ask_job``, about what may arrive late. ``equip`` and ``keep``
    are given the process too, outside of any transaction: what has to be fetched for a request,
    such as a file, and what an answer leaves behind, which must be idempotent. ``gone`` is for
    what ends something, and answers nothing. ``keeps_codes`` as in ``OperationKind``.
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
    meaning: Callable[[Any, T], T] = _as_it_is
    caution: Callable[[Any], Caution] | None = None
    gone: Callable[[Any], Gone] | None = None
    equip: Callable[[Any, R], Awaitable[R]] = _nothing_more
    keep: Callable[[Any, T], Awaitable[T]] = _nothing_more
    keeps_codes: bool = False
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
            keeps_codes=self.keeps_codes,
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
        if self.caution is None:
            return Question(self.kind, self._find)
        return Question(self.kind, self._find, self._first_pause)

    def _first_pause(self, process: Process) -> timedelta:
        return self.caution(process).first_pause if self.caution else _AFTER_UNKNOWN

    async def carry_out(self, process: Process, operation_id: UUID) -> None:
        """Take one operation, act or find that there is nothing to do, and record it."""
        desk = process.desk(self.kind)
        task = await desk.take(operation_id)
        if task is None:
            # Finished already, or in other hands: of somebody who may have died.
            if self.ask:
                await self._question.look(process, operation_id)
            return
        await desk.hand_in(await self._attempt(process, task))

    async def _attempt(self, process: Process, task: Task[R]) -> Result[R, T | None]:
        if task.is_lost and self.caution:
            return self.settled(process, task, Unknown(_LOST))
        gateway: object = process.gateway(self.name.port, task.operation.provider)
        ask = partial(self.ask, gateway, task.request, task.attempt) if self.ask else None
        outcome = await ask_first(task, ask) if ask else None
        if outcome is None:
            why = self.unwanted(task.request)
            if why is not None:
                return Result(task, None, OperationTrigger.WITHDRAW, reason=why)
            try:
                request = await self.equip(process, task.request)
            except ProviderUnavailableError as error:
                return self.settled(process, task, NotSent(str(error), _AFTER_UNKNOWN))
            outcome = await self.call(gateway, request, task.attempt)
            if ask:
                outcome = await weigh(outcome, ask, self.failure)
        return self.settled(process, task, await self._kept(process, outcome))

    async def _kept(self, process: Process, outcome: Outcome[T]) -> Outcome[T]:
        if not isinstance(outcome, Done):
            return outcome
        try:
            return Done(await self.keep(process, outcome.value))
        except ProviderUnavailableError as error:
            return Unknown(str(error))  # It was done, and comes back to be kept.

    async def _find(self, process: Process, task: Task[R], doubt: Doubt) -> Said[R, T | None]:
        gateway: object = process.gateway(self.name.port, task.operation.provider)
        caution = self.caution(process) if self.caution else None
        known = None
        if self.ask:
            known = await self.ask(gateway, task.request, task.attempt)
        match known:
            case Refused(code, reason) if caution and code in caution.early:
                left = doubt.left_to_believe(caution.grace)
                why, end = f"{code}: {reason}", self.on_refused
                return Nothing(why=why, left=left, waiting=None, then=None, trigger=end)
            case None:
                is_late = caution and not caution.may_repeat
                left = doubt.left_to_believe(caution.grace) if caution and is_late else timedelta(0)
                why = "The provider has not done it."
                return Nothing(why=why, left=left, waiting=None, then=None)
            case NotSent(reason) | Unknown(reason):
                limit = doubt.left_of(caution.outage) if caution else None
                return NoWord(why=reason, left=limit, waiting=None, then=None)
            case Done() | Refused() | Pending():
                found = self.settled(process, task, await self._kept(process, known))
                return There(replace(found, reason=found.reason or _ASKED))
            case _:
                assert_never(known)

    def settled(self, process: Process, task: Task[R], outcome: Outcome[T]) -> Result[R, T | None]:
        """What an outcome comes to: an end, or coming back after a pause that grows to a minute."""
        match outcome:
            case Done(value):
                reference, why = self.reference(value), self.failure(value)
                trigger = OperationTrigger.DONE if why is None else self.on_refused
                return Result(task, self.meaning(process, value), trigger, why, reference)
            case Refused(code, reason):
                return self._refused(process, task, code, f"{code}: {reason}")
            case Pending(reference, ask_again_in) if self.name.ask_job is not None:
                return Result(
                    task, None, OperationTrigger.PENDING, None, reference, retry_in=ask_again_in
                )
            case Pending(reference, ask_again_in):
                why = f"accepted as {reference}, without an answer"
                return _again(task, OperationTrigger.UNKNOWN, why, ask_again_in)
            case NotSent(reason, retry_in) if not task.operation.is_in_doubt:
                return _again(task, OperationTrigger.NOT_SENT, reason, retry_in)
            case NotSent(reason, retry_in):
                return _again(task, OperationTrigger.UNKNOWN, reason, retry_in)
            case Unknown(reason):
                return _again(task, OperationTrigger.UNKNOWN, reason, self._first_pause(process))
            case _:
                assert_never(outcome)

    def _refused(self, process: Process, task: Task[R], code: str, why: str) -> Result[R, T | None]:
        gone = self.gone(process) if self.gone else None
        if gone and code in gone.codes:
            if task.operation.is_in_doubt:
                return Result(task, None, OperationTrigger.DONE, why)
            return Result(task, None, OperationTrigger.UNKNOWN, why, retry_in=gone.again_in)
        if self.caution and code in self.caution(process).early:
            return _again(task, OperationTrigger.UNKNOWN, why, self._first_pause(process))
        return Result(task, None, self.on_refused, why)


def _again(
    task: Task[R], trigger: OperationTrigger, why: str, retry_in: timedelta
) -> Result[R, T | None]:
    pause = pause_after(task.operation.attempt, retry_in)
    return Result(task, None, trigger, reason=why, retry_in=pause)
