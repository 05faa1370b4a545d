"""What befalls an installation, drawn as a whole before it begins, the same for the same seed.

A crowd asks for its links moments before the database goes away: the jobs are then queued,
picked and about to begin, which no quiet database ever shows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final


class Kind(StrEnum):
    """What strikes, and whom."""

    KILL_WORKER = "kill -9 of a worker"
    KILL_WEB = "kill -9 of web"
    STOP_WORKER = "SIGSTOP of a worker, SIGCONT after a while"
    FAST = "pg_ctl stop -m fast, start after a while"
    IMMEDIATE = "pg_ctl stop -m immediate, start after a while"
    POSTMASTER = "kill -9 of the postmaster, start after a while"
    END_BACKENDS = "pg_terminate_backend of half of all"
    CANCEL = "pg_cancel_backend of what runs a statement"


RESTARTS: Final = (Kind.FAST, Kind.IMMEDIATE, Kind.POSTMASTER)
# A worker that sleeps longer than a call may take, and no longer than its proposal is
# looked for: the outside world would take that one for a second client.
_STOPPED: Final = (3.5, 6.0)
_WITHOUT_DATABASE: Final = (0.3, 2.5)
_AFTER_A_CROWD: Final = (0.0, 0.6)
_WINDOW: Final = 10.0


@dataclass(frozen=True)
class Strike:
    """``kind`` strikes ``at`` seconds after the load began.

    ``number`` says which of several; of a restart, how many envelopes of twenty ask for their
    links: ``lead`` seconds after the first of them has it the database goes away for ``seconds``.
    """

    at: float
    kind: Kind
    number: int = 0
    seconds: float = 0.0
    lead: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.at:6.2f} s: {self.kind} "
            f"(number {self.number}, {self.seconds:.2f} s, {self.lead:.2f} s after a crowd)"
        )


def draw_plan(seed: int, seconds: float, *, restarts: Sequence[Kind] = ()) -> list[Strike]:
    """Strikes for so many seconds of load, ordered; one restart in each ten of them.

    Or these ``restarts``, one after the other.
    """
    random = Random(f"{seed} strikes")
    each: list[Sequence[Kind]] = [(one,) for one in restarts]
    windows = each or [RESTARTS] * max(1, round(seconds / _WINDOW))
    length = seconds / len(windows)
    strikes = [
        strike
        for number, kinds in enumerate(windows)
        for strike in _draw_window(random, length * number, length, kinds)
    ]
    return sorted(strikes, key=lambda one: one.at)


def _draw_window(
    random: Random, begin: float, seconds: float, restarts: Sequence[Kind]
) -> Iterator[Strike]:
    """Every kind in one window; the database goes away in the middle of a crowd."""
    at = begin + random.uniform(0.35, 0.6) * seconds
    kind, away = random.choice(restarts), random.uniform(*_WITHOUT_DATABASE)
    yield Strike(at, kind, random.randint(3, 5), away, random.uniform(*_AFTER_A_CROWD))
    # Late: until web is back, there is little load for anything else to strike.
    yield Strike(begin + random.uniform(0.65, 0.95) * seconds, Kind.KILL_WEB)
    for worker in (0, 1):
        yield Strike(begin + random.uniform(0.1, 0.95) * seconds, Kind.KILL_WORKER, worker)
    at = begin + random.uniform(0.1, 0.6) * seconds
    yield Strike(at, Kind.STOP_WORKER, random.randrange(2), random.uniform(*_STOPPED))
    yield Strike(begin + random.uniform(0.2, 0.95) * seconds, Kind.END_BACKENDS)
    yield Strike(begin + random.uniform(0.2, 0.95) * seconds, Kind.CANCEL)
