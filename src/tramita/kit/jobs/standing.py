"""How the queue is: how deep, how late, what is held, and what runs by the clock.

In the queue's own real time. Of what is due, runs or is held no more than ``MOST_COUNTED`` are counted,
and of what waits for its time those that come first, ``MOST_LATER``: so it costs the same on the day on
which everything waits, and however much is put off.
"""

from datetime import datetime, timedelta
from typing import Final

import asyncpg
import msgspec

MOST_COUNTED: Final = 100_000
MOST_LATER: Final = 1_000
# Each part of it has an index, so that none is looked for among the others.
_COUNTED: Final = """
    (SELECT entrypoint, status, execute_after FROM pgqueuer
     WHERE status = 'queued' AND execute_after <= now() ORDER BY execute_after LIMIT $1)
    UNION ALL
    (SELECT entrypoint, status, execute_after FROM pgqueuer
     WHERE status = 'queued' AND execute_after > now() ORDER BY execute_after LIMIT $2)
    UNION ALL
    (SELECT entrypoint, status, execute_after FROM pgqueuer WHERE status = 'picked' LIMIT $1)
    UNION ALL
    (SELECT entrypoint, status, execute_after FROM pgqueuer WHERE status = 'failed' LIMIT $1)
"""


class JobCount(msgspec.Struct):
    """How many jobs of a name wait for their turn or their time, run, and are held.

    ``due`` are those of the waiting whose time has come, ``lag`` how long the first of them has waited;
    of all others that wait, whatever their names, the first thousand are counted.
    """

    name: str
    waiting: int
    due: int
    running: int
    held: int
    lag: timedelta


class ScheduleStanding(msgspec.Struct):
    """What runs by the clock: when it ran last, and when it runs next, in real time."""

    name: str
    cron: str
    last_run: datetime | None
    next_run: datetime


class QueueStanding(msgspec.Struct):
    """The queue as a whole, and by name, what waits longest first."""

    due: int
    lag: timedelta
    held: int
    jobs: list[JobCount]
    schedules: list[ScheduleStanding]


async def read_queue_clock(connection: asyncpg.Connection) -> datetime:
    """The queue's own time: the real one, whatever the platform's clock says."""
    now: datetime = await connection.fetchval("SELECT now()")
    return now


async def tell_queue(connection: asyncpg.Connection) -> QueueStanding:
    """How the queue is now, in two statements."""
    rows = await connection.fetch(
        f"""
        SELECT entrypoint AS name, count(*) FILTER (WHERE status = 'queued') AS waiting,
               count(*) FILTER (WHERE status = 'queued' AND execute_after <= now()) AS due,
               count(*) FILTER (WHERE status = 'picked') AS running,
               count(*) FILTER (WHERE status = 'failed') AS held,
               -- In whole seconds: what a duration has in a description of an API (RFC 3339).
               coalesce(date_trunc('second', now() - min(execute_after)
                        FILTER (WHERE status = 'queued' AND execute_after <= now())), '0') AS lag
        FROM ({_COUNTED}) AS counted
        GROUP BY entrypoint ORDER BY lag DESC, waiting DESC, entrypoint
        """,  # noqa: S608 - a constant
        MOST_COUNTED,
        MOST_LATER,
    )
    jobs = [msgspec.convert(dict(row), JobCount) for row in rows]
    schedules = await connection.fetch(
        "SELECT DISTINCT ON (entrypoint) entrypoint AS name, expression AS cron, last_run, next_run "
        "FROM pgqueuer_schedules ORDER BY entrypoint, next_run DESC"
    )
    return QueueStanding(
        due=sum(one.due for one in jobs),
        lag=max((one.lag for one in jobs), default=timedelta(0)),
        held=sum(one.held for one in jobs),
        jobs=jobs,
        schedules=[msgspec.convert(dict(row), ScheduleStanding) for row in schedules],
    )
