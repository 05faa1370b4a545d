"""A letter, what came of sending it, and when it is sent again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from typing import Final, Generic, Self, TypeVar
from uuid import UUID

from tramita.kit.outbox.lifecycle import DeliveryTrigger

_JITTER = 0.1
_LONGEST_RETRY_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Letter:
    """One attempt; a channel adds what is sent, and where to.

    ``number`` counts the attempts ever made, ``tries`` those since the last replay.
    """

    delivery_id: UUID
    receiver_id: UUID
    number: int
    tries: int


L = TypeVar("L", bound=Letter)


class Verdict(Enum):
    """What an attempt came to."""

    ACCEPTED = auto()
    AGAIN = auto()
    # The receiver says that it wants nothing any more.
    GONE = auto()
    # It will never take this one.
    REFUSED = auto()
    # It may have it, and would not know it again.
    UNKNOWN = auto()


_SETTLED: Final[Mapping[Verdict, DeliveryTrigger]] = {
    Verdict.ACCEPTED: DeliveryTrigger.ACCEPTED,
    Verdict.GONE: DeliveryTrigger.GONE,
    Verdict.REFUSED: DeliveryTrigger.REFUSE,
    Verdict.UNKNOWN: DeliveryTrigger.LOSE,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one attempt; ``answer`` and ``error`` are masked."""

    verdict: Verdict
    status: int | None
    error: str | None
    answer: str
    milliseconds: int
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Settlement(Generic[L]):
    """What came of a letter; ``wait`` is how long until the next one, if there is to be one."""

    letter: L
    sent: Sent
    wait: timedelta | None

    @property
    def unheeded(self) -> Self:
        """Whoever says that it wants nothing is not the receiver any more: that is asked again."""
        if self.sent.verdict is not Verdict.GONE:
            return self
        return replace(self, sent=replace(self.sent, verdict=Verdict.AGAIN))

    def trigger(self, *, is_open: bool) -> DeliveryTrigger:
        """What it does to the delivery, given whether its receiver still gets anything."""
        settled = _SETTLED.get(self.sent.verdict)
        if settled is not None:
            return settled
        if not is_open:
            return DeliveryTrigger.CANCEL
        return DeliveryTrigger.AGAIN if self.wait is not None else DeliveryTrigger.EXHAUSTED


def wait_after(
    tries: int, schedule: Sequence[timedelta], *, retry_after: timedelta | None, chance: float
) -> timedelta | None:
    """How long to wait after ``tries`` attempts have failed; ``None`` when it was the last.

    The schedule's wait, up to a tenth longer or shorter as ``chance`` (-1 to 1) says, so
    that what failed together does not come back together; or what the receiver asked for,
    if that is longer, up to a day.
    """
    if tries > len(schedule):
        return None
    wait = schedule[tries - 1] * (1 + _JITTER * chance)
    return max(wait, min(retry_after or wait, _LONGEST_RETRY_AFTER))
