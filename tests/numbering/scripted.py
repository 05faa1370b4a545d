"""An inventory that says what it was told to, and a desk with one task on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, TypeVar, cast

from tramita.kit.attempt import Attempt
from tramita.kit.identifiers import new_id
from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.taken import Doubt, Taken
from tramita.kit.outcome import Outcome
from tramita.kit.runtime import Runtime
from tramita.numbering.ports import (
    FoundHold,
    FoundRequest,
    FoundReservation,
    Hold,
    Reservation,
    WantedNumbers,
)
from tramita.numbering.provider import PROVIDER
from tramita.numbering.settings import NumberingSettings

R = TypeVar("R")

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS: Final = NumberingSettings(ask_after=2, hold_grace=60, outage_wait=3600)
MSISDN: Final = "5511987654321"


def make_task(
    request: R, *, asked: int | None = None, said: str | None = None, at: datetime = NOW
) -> Task[R]:
    """A task in hand; with ``asked`` its outcome is unknown, and it is asked about so often.

    ``said`` is what was learnt the time before.
    """
    doubt = None if asked is None else Doubt(asked, timedelta(minutes=1), None, None, said=said)
    id_ = new_id()
    taken = Taken(id_, "the key", PROVIDER, new_id(), 1, 1, is_lost=False, taken_at=at, doubt=doubt)
    return Task(taken, request, Attempt(id_, "the key"))


@dataclass
class Scripted:
    """A ``NumberInventory`` that gives these answers in turn, and notes what it was asked."""

    answers: Sequence[Outcome[Any]]
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def _next(self, *question: object) -> Outcome[Any]:
        self.asked.append(question)
        return self.answers[len(self.asked) - 1]

    async def pre_reserve(self, wanted: WantedNumbers, attempt: Attempt) -> Outcome[Hold]:
        return self._next("pre_reserve", wanted, attempt.key)

    async def reserve(
        self, external_id: str, msisdn: str, attempt: Attempt
    ) -> Outcome[Reservation]:
        return self._next("reserve", external_id, msisdn, attempt.key)

    async def release_hold(self, external_id: str, attempt: Attempt) -> Outcome[None]:
        return self._next("release_hold", external_id)

    async def release_reservation(self, reservation_id: str, attempt: Attempt) -> Outcome[None]:
        return self._next("release_reservation", reservation_id)

    async def find_request(self, request_id: str, attempt: Attempt) -> Outcome[FoundRequest | None]:
        return self._next("find_request", request_id)

    async def find_hold(self, external_id: str, attempt: Attempt) -> Outcome[FoundHold | None]:
        return self._next("find_hold", external_id)

    async def find_reservation(
        self, msisdn: str, attempt: Attempt
    ) -> Outcome[FoundReservation | None]:
        return self._next("find_reservation", msisdn)


@dataclass
class OneTask(Generic[R]):
    """What a job needs of a runtime: a desk with this task, this inventory, our settings.

    A task ``beside`` the desk is in other hands.
    """

    task: Task[R] | None
    inventory: Scripted
    beside: Task[R] | None = None
    handed_in: list[Result[R, Any]] = field(default_factory=list)

    @property
    def runtime(self) -> Runtime:
        """As the job takes it."""
        return cast(Runtime, self)

    def desk(self, _kind: object) -> "OneTask[R]":
        return self

    def gateway(self, _port: object, _provider: str) -> Scripted:
        return self.inventory

    def configured(self, _kind: object) -> NumberingSettings:
        return SETTINGS

    async def take(self, _operation: object) -> Task[R] | None:
        return self.task

    async def take_to_ask(self, _operation: object) -> Task[R] | None:
        return self.task

    async def peek(self, _operation: object) -> Task[R] | None:
        return self.beside

    async def note(self, _task: Task[R]) -> None:
        pass

    async def hand_in(self, result: Result[R, Any]) -> bool:
        self.handed_in.append(result)
        return True
