"""One kind of outside act: what it needs of a provider, what it loads, how it is recorded."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.statement import Statement
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.taken import Taken

R = TypeVar("R")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class ActName:
    """An outside act as far as wanting it goes: who wants one need not know who does it.

    ``port`` is what its provider must have. Its job has its name; ``ask_job`` names another
    that asks about unknown ones, where there is one.
    """

    name: str
    port: type
    ask_job: str | None = None

    @property
    def job(self) -> str:
        """The job that carries it out."""
        return self.name


@dataclass(frozen=True)
class Task(Generic[R]):
    """An operation to carry out: what to send, and the attempt to send it as."""

    operation: Taken
    request: R
    attempt: Attempt

    @property
    def is_lost(self) -> bool:
        """Whether it was sent before by somebody who never recorded an outcome."""
        return self.operation.is_lost


@dataclass(frozen=True)
class Result(Generic[R, D]):
    """What came of a task: the decision of the area, and how the operation settles.

    ``retry_in`` is when to send again after ``NOT_SENT``, and when to ask after
    ``UNKNOWN``. ``found_nothing``: the provider was asked and says that nothing is there,
    or (false) that something is; ``None`` when it did not say.
    """

    task: Task[R]
    decision: D
    trigger: OperationTrigger
    reason: str | None = None
    reference: str | None = None
    retry_in: timedelta = field(default=timedelta(0))
    found_nothing: bool | None = None

    @property
    def told(self) -> tuple[Attempt, str, str]:
        """What was said during it, with provider and outcome, as the journal keeps it."""
        return self.task.attempt, self.task.operation.provider, self.trigger.value

    @property
    def comes_back(self) -> bool:
        """Whether a job will act or ask again by itself: nothing is decided."""
        return self.trigger in (OperationTrigger.NOT_SENT, OperationTrigger.UNKNOWN)

    @property
    def is_still_pending(self) -> bool:
        """Whether the provider was asked about what it had accepted, in vain: nothing is new."""
        doubt = self.task.operation.doubt
        return doubt is not None and doubt.is_pending and self.trigger is OperationTrigger.PENDING


async def record_nothing(_work: UnitOfWork, _results: Sequence[Result[Any, Any]]) -> None:
    """Write nothing: how the operation settled says it all."""


@dataclass(frozen=True)
class AtOnce(Generic[R, D]):
    """How one result that somebody waits for is settled and recorded in a single statement.

    ``statement`` has the part ``at_once.DONE``, and answers a row if the result applies;
    ``arguments`` are its own, or nothing for a result that it cannot record.
    """

    statement: Statement
    arguments: Callable[[Result[R, D]], Mapping[str, object] | None]


@dataclass(frozen=True)
class OperationKind(Generic[R, D]):
    """``job`` names the job that carries it out; it is enqueued again when it was lost.

    ``port`` is what its provider must have; which provider that is, each operation says.

    ``ask_job`` names the job that asks the provider about an unknown one; a kind without
    it takes an unknown one up itself: it begins each further attempt by asking, or repeats
    what may be repeated (``Act``). ``load`` answers requests by subject id,
    ``record`` writes the decisions that apply; both are set-based, because many
    operations share a transaction. ``refuse`` does what follows when a person marks
    operations as refused, given their subjects and a sentence that says so; ``hold`` what follows
    when an error of our own holds their jobs until a person has them run again.

    ``at_once`` says what ``record`` does, of one that is done. ``keeps_codes``: what its provider says
    in a refusal may name people. ``record`` gets it, and encrypts it; of the operation, and in its
    history, stands the code alone.

    ``calls`` and ``ask_calls`` are how many calls, one after the other, an attempt and a
    question may take: the lease lasts for all of them, or a provider that answers slowly
    would never hear the last one. How many requests a call is, its provider says (``Provider``).
    """

    name: str
    port: type
    job: str
    load: Callable[[UnitOfWork, Sequence[UUID]], Awaitable[Mapping[UUID, R]]]
    record: Callable[[UnitOfWork, Sequence[Result[R, D]]], Awaitable[None]] = record_nothing
    ask_job: str | None = None
    refuse: Callable[[UnitOfWork, Sequence[UUID], str], Awaitable[None]] | None = None
    hold: Callable[[UnitOfWork, Sequence[UUID]], Awaitable[None]] | None = None
    at_once: AtOnce[R, D] | None = None
    keeps_codes: bool = False
    calls: int = 1
    ask_calls: int = 1
