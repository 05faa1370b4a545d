"""How the queue is, as the page of jobs shows it: job by job, and what runs by the clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final, Self

from tramita.console.times import Moment, Now, name_of_span
from tramita.console.words import name_of_kind
from tramita.kit.jobs.standing import (
    MOST_COUNTED,
    MOST_LATER,
    JobCount,
    QueueStanding,
    ScheduleStanding,
)

# A worker looks every few seconds; what is due for longer than this, nobody runs.
_LATE: Final = timedelta(minutes=1)


class Turn(StrEnum):
    """Whether a schedule's next run is to come, due, or ``LATE``: then no worker runs it."""

    TO_COME = "to_come"
    DUE = "due"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class ShownCount:
    """A job's line; ``lag`` where any of it is due."""

    row: JobCount
    title: str
    lag: str | None


@dataclass(frozen=True, slots=True)
class ShownSchedule:
    """A schedule's line; ``next.ago`` is how long until its next run, or since it was due."""

    row: ScheduleStanding
    title: str
    last: Moment | None
    next: Moment
    turn: Turn

    @classmethod
    def of(cls, row: ScheduleStanding, *, now: Now) -> Self:
        """``row`` as its reader is told times; ``now`` is the queue's."""
        overdue = now.at - row.next_run
        turn = Turn.TO_COME if overdue < timedelta(0) else Turn.DUE
        return cls(
            row,
            name_of_kind(row.name),
            Moment.of(row.last_run, now=now) if row.last_run else None,
            replace(Moment.of(row.next_run, now=now), ago=name_of_span(abs(overdue), now.words)),
            Turn.LATE if overdue > _LATE else turn,
        )


@dataclass(frozen=True, slots=True)
class Queue:
    """All of it; ``is_uncounted``: there are more jobs than are counted, ``is_flooded``: of those due."""

    due: int
    running: int
    lag: str
    is_uncounted: bool
    is_flooded: bool
    jobs: Sequence[ShownCount]
    schedules: Sequence[ShownSchedule]

    @classmethod
    def of(cls, told: QueueStanding, *, now: Now) -> Self:
        """``told`` as its reader is told times; ``now`` is the queue's."""
        later = sum(one.waiting - one.due for one in told.jobs)
        is_flooded = told.due >= MOST_COUNTED
        return cls(
            told.due,
            sum(one.running for one in told.jobs),
            name_of_span(told.lag, now.words),
            is_flooded or later >= MOST_LATER,
            is_flooded,
            [
                ShownCount(
                    one,
                    name_of_kind(one.name),
                    name_of_span(one.lag, now.words) if one.due else None,
                )
                for one in told.jobs
            ],
            [ShownSchedule.of(one, now=now) for one in told.schedules],
        )
