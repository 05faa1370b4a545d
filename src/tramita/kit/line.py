"""A line to an outside system: what holds of every call, whatever is spoken over it.

No call is made while a database transaction is open, none without a deadline. To a
provider only so many are made at once, none while it is plainly down, and none that could
outlive the lease of its operation; each is counted, and journalled with its outcome.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from tramita.kit.attempt import Attempt, Exchanged
from tramita.kit.breaker import Breaker
from tramita.kit.database.work import open_work
from tramita.kit.metrics import EXCHANGE_SECONDS, EXCHANGES
from tramita.kit.outcome import NotSent
from tramita.kit.turns import Turns

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

_WAIT_FOR_A_PLACE = 5.0


class TransactionOpen(RuntimeError):
    """An outside system was about to be called while a database transaction was open."""


class Call(Protocol[R_co]):
    """One call, in the words of whatever is spoken; it raises for our own mistakes only."""

    async def make(self) -> R_co:
        """Say it and hear the answer, once."""

    def cut_off(self, within: str) -> R_co:
        """What it came to when the deadline had passed: ``within 30 s``."""


class ProviderCall(Call[R], Protocol[R]):
    """One that is made for an operation."""

    @property
    def is_answered(self) -> bool:
        """Whether the provider is up: it said something, and not that it is broken."""

    def journalled(self, result: R, began: float, milliseconds: int) -> Exchanged:
        """What was said, masked."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[R]):
    """What a call came to; ``began`` in seconds of ``time.monotonic``."""

    result: R
    began: float
    seconds: float

    @property
    def milliseconds(self) -> int:
        """How long it took."""
        return round(self.seconds * 1000)


def refuse_within_transaction(what: str) -> None:
    """Raise ``TransactionOpen`` where a slow outside system would hold our rows."""
    work = open_work.get()
    if work is not None and work.is_open:
        raise TransactionOpen(what)


async def make_call(
    call: Call[R], deadline: timedelta, clock: Callable[[], float] = time.monotonic
) -> Ended[R]:
    """Make it within ``deadline``, from first byte to last."""
    began, at = time.monotonic(), clock()
    try:
        async with asyncio.timeout(deadline.total_seconds()):
            result = await call.make()
    except TimeoutError:
        result = call.cut_off(f"within {deadline.total_seconds():g} s")
    return Ended(result, began, clock() - at)


@dataclass(frozen=True, slots=True)
class Seen:
    """How many seconds ago a provider answered last, and failed last, and how."""

    answered: float | None
    failed: float | None
    failure: str | None


@dataclass
class Line:
    """The line to one provider in this process.

    ``deadline`` bounds a call from first byte to last; ``concurrency`` is how many
    calls may be under way at once.
    """

    provider: str
    _: KW_ONLY
    deadline: timedelta = timedelta(seconds=30)
    concurrency: int = 500
    breaker: Breaker = field(default_factory=Breaker)
    clock: Callable[[], float] = time.monotonic
    _places: asyncio.Semaphore = field(init=False)
    _turns: Turns = field(default_factory=Turns)
    _under_way: int = 0
    _answered: float | None = None
    _failed: tuple[float, str] | None = None

    @property
    def in_flight(self) -> int:
        """How many calls are under way."""
        return self._under_way

    def seen(self) -> Seen:
        """What this process has seen of the provider last."""
        now = self.clock()
        answered = None if self._answered is None else now - self._answered
        if self._failed is None:
            return Seen(answered, None, None)
        at, how = self._failed
        return Seen(answered, now - at, how)

    def __post_init__(self) -> None:
        """Prepare the limit."""
        self._places = asyncio.Semaphore(self.concurrency)

    async def carry(self, call: ProviderCall[R], attempt: Attempt, *, what: str) -> R | NotSent:
        """Make the call, once; ``NotSent`` where it may not be made now."""
        refuse_within_transaction(f"{self.provider} {what}")
        try:
            # Bounded, because the operation's lease is running while we wait.
            async with asyncio.timeout(_WAIT_FOR_A_PLACE):
                await self._places.acquire()
        except TimeoutError:
            return NotSent(f"too many calls to {self.provider} under way", timedelta(seconds=1))
        try:
            held_back = self._held_back(attempt)
            if held_back is not None:
                return held_back
            return await self._carry(call, attempt)
        finally:
            self._places.release()

    def _held_back(self, attempt: Attempt) -> NotSent | None:
        if attempt.lease_ends is not None and (
            self.clock() + self.deadline.total_seconds() > attempt.lease_ends
        ):
            # A process that was stopped for a while, or waited long for its turn, may have
            # been given up on: whoever asks the provider meanwhile must not be overtaken.
            return NotSent("too late to be sent under this lease", timedelta(seconds=1))
        blocked = self.breaker.blocked_for(self.clock())
        if blocked is not None:
            return NotSent(f"{self.provider} is down, calls are held back", blocked)
        return None

    async def _carry(self, call: ProviderCall[R], attempt: Attempt) -> R:
        self._under_way += 1
        try:
            ended = await make_call(call, self.deadline, self.clock)
        finally:
            self._under_way -= 1
        if call.is_answered:
            self._answered = self.clock()
            self.breaker.succeeded()
        else:
            why = getattr(ended.result, "reason", None)
            self._failed = (self.clock(), why or type(ended.result).__name__)
            self.breaker.failed(self.clock())
        EXCHANGES.labels(self.provider, type(ended.result).__name__).inc()
        EXCHANGE_SECONDS.labels(self.provider).observe(ended.seconds)
        # Masking here, and verifying and judging in our caller, compute without a pause.
        await self._turns.take()
        said = call.journalled(ended.result, ended.began, ended.milliseconds)
        attempt.exchanges.append(said)
        return ended.result
