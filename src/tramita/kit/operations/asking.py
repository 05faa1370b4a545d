"""Asking what became of an operation: one question at a time, with patience.

An answer was lost, or the provider has accepted something and says later how it ended. A
``Question`` is the job that asks. What it finds is one of three:

- ``There``: the provider says how it stands. That is recorded.
- ``Nothing``: it says that there is nothing. One such word is not enough where what was sent
  may still be on its way; it is believed when the provider has gone on saying so.
- ``NoWord``: nobody can say. It is asked again, and after ``left`` a person has to decide.

When a worker dies, its jobs are delivered once more, long before the leases of what it sent
are over. So what is in other hands is asked about as well; only what is there counts then.

What was accepted cannot be lost, only late: it is asked about until it has an end.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID

from pydantic import Field
from pydantic_settings import BaseSettings

from tramita.kit.jobs import Job
from tramita.kit.operations.desk import Desk
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.pause import pause_after
from tramita.kit.operations.taken import Doubt

R = TypeVar("R")
D = TypeVar("D")
P = TypeVar("P")


class Process(Protocol):
    """What the jobs of operations need of the process they run in."""

    def desk(self, kind: OperationKind[R, D]) -> Desk[R, D]: ...
    def gateway(self, port: type[P], provider: str) -> P: ...


class Patience(BaseSettings):
    """How patient an area is with its providers; each has its own values and its own prefix."""

    ask_after: float = Field(
        default=2.0,
        description="Seconds after an unknown outcome until the provider is first asked.",
    )
    outage_wait: float = Field(
        default=3600.0,
        description="Seconds of outage after which an unknown outcome is handed to a person.",
    )

    @property
    def first_pause(self) -> timedelta:
        """Until the first question; each further pause is twice as long, up to a minute."""
        return timedelta(seconds=self.ask_after)


@dataclass(frozen=True, slots=True)
class There(Generic[R, D]):
    """The provider says how it stands, and that is what it means."""

    result: Result[R, D]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing(Generic[D]):
    """It says that there is nothing; believed after ``left``: it is sent again, or ended.

    ``waiting`` is the area's decision until then, ``then`` the one when it is believed.
    """

    why: str
    left: timedelta
    waiting: D
    then: D
    trigger: OperationTrigger = OperationTrigger.NOT_SENT

    @property
    def found_nothing(self) -> bool | None:
        """The provider says so."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWord(Generic[D]):
    """Nobody can say; given up after ``left``, or (``None``) never: then a person decides.

    ``waiting`` is the area's decision until then, ``then`` the one when it is given up.
    ``is_there``: it is certain at least that there is something.
    """

    why: str
    left: timedelta | None
    waiting: D
    then: D
    trigger: OperationTrigger = OperationTrigger.PARK
    is_there: bool = False

    @property
    def found_nothing(self) -> bool | None:
        """Nobody has said so; where there is something, that is settled."""
        return False if self.is_there else None


Said: TypeAlias = There[R, D] | Nothing[D] | NoWord[D]


# Questions, and time, before which no doubt is given up on words that differ.
_ODD_WORDS: Final = 3
_LONG_ENOUGH: Final = timedelta(days=1)
_FOUND: Final = frozenset({OperationTrigger.DONE, OperationTrigger.PENDING})


def _soon(_: object) -> timedelta:
    return timedelta(seconds=2)


@dataclass(frozen=True)
class Question(Generic[R, D]):
    """The job ``kind.ask_job``, and how it finds out what became of an operation.

    ``find`` and ``first_pause`` are given the process, an area's ``Runtime``.
    ``first_pause`` is until it asks again; each further pause is twice as long, up to a minute.
    """

    kind: OperationKind[R, D]
    find: Callable[[Any, Task[R], Doubt], Awaitable[Said[R, D]]]
    first_pause: Callable[[Any], timedelta] = _soon

    @property
    def job(self) -> Job[Any]:
        """The job that asks."""
        return Job(str(self.kind.ask_job), self.ask)

    async def ask(self, process: Process, operation_id: UUID) -> None:
        """Ask once, and record what was learnt."""
        await self.settle(process, operation_id)

    async def settle(self, process: Process, operation_id: UUID) -> Result[R, D] | None:
        """Ask once; answers what was recorded, or ``None`` when nothing was."""
        desk = process.desk(self.kind)
        task = await desk.take_to_ask(operation_id)
        if task is None or task.operation.doubt is None:
            return await self.look(process, operation_id)
        said = await self.find(process, task, task.operation.doubt)
        result = weigh(task, task.operation.doubt, said, self.first_pause(process))
        return result if await desk.hand_in(result) else None

    async def look(self, process: Process, operation_id: UUID) -> Result[R, D] | None:
        """Ask about one that is in other hands, perhaps a dead worker's; answers what was recorded.

        Before its lease is over only what is there counts: what was sent may still be on its
        way, and whoever sent it may live. Then the first answer is the one that is recorded.
        """
        desk = process.desk(self.kind)
        task = await desk.peek(operation_id)
        if task is None:
            return None
        beside = Doubt(1, timedelta(0), None, None, is_elsewhere=True)
        said = await self.find(process, task, beside)
        if isinstance(said, There) and said.result.trigger in _FOUND:
            return said.result if await desk.hand_in(said.result) else None
        await desk.note(task)
        return None


def _is_last_word(doubt: Doubt, said: Nothing[D] | NoWord[D]) -> bool:
    """Whether a person may be asked now: whether two questions ended in the same word.

    The time may have gone by while our own processes were away, or on other faults: then one
    odd word would do, or the lost answer and one question with the same fault. What a provider
    says differently each time ends at twice the time, and not before a day: most of it may be
    time in which it could not be asked at all.
    """
    if said.trigger is not OperationTrigger.PARK or said.left is None:
        return True
    if doubt.said == said.why and doubt.asked > 1:
        return True
    limit = doubt.lasts + said.left
    return doubt.asked >= _ODD_WORDS and doubt.lasts >= max(2 * limit, _LONG_ENOUGH)


def weigh(task: Task[R], doubt: Doubt, said: Said[R, D], first_pause: timedelta) -> Result[R, D]:
    """What an answer means: recorded, asked about again, believed, or given up."""
    if isinstance(said, There):
        return said.result
    pause = pause_after(doubt.asked, first_pause)
    if doubt.is_pending:
        return Result(task, said.waiting, OperationTrigger.PENDING, said.why, retry_in=pause)
    if said.left is not None and said.left <= timedelta(0) and _is_last_word(doubt, said):
        result = Result(task, said.then, said.trigger, said.why)
    else:
        left = said.left or pause
        retry_in = left if timedelta(0) < left < pause else pause
        result = Result(task, said.waiting, OperationTrigger.UNKNOWN, said.why, retry_in=retry_in)
    return replace(result, found_nothing=said.found_nothing)
