"""Forgetting rows whose time is over: in small transactions, at night, wherever it stopped.

Nothing is noted down of how far it came. What is there and past its time is what is left to do,
so whoever dies in the middle is followed by whoever looks next. A row that somebody
else has locked is passed over, and goes another time.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg
import structlog

from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.findings import Difference, Finding
from tramita.kit.kept import KeepSettings, Kept
from tramita.kit.metrics import OVERDUE
from tramita.kit.runtime import Runtime
from tramita.kit.seldom import Seldom

log = structlog.get_logger(__name__)

ACTOR: Final = "retention"
# A worker that is told to stop waits for no more than this.
_LONGEST_RUN: Final = timedelta(seconds=20)
# A batch grows and shrinks so that its transaction takes about so long, in seconds.
_SHORT, _LONG = 0.05, 0.25
_FEWEST, _FIRST, _MOST = 50, 100, 5000
# Forgetting waits for nobody: a lock that is not to be had leaves the table for another time.
_PATIENCE: Final = "500ms"
# Every row is forgotten at night; one that is there after two nights was not.
LATE: Final = timedelta(days=2)
# Seconds: so often a process that is asked for its metrics looks.
_LOOKS_EVERY: Final = 60.0
# Among so many of the oldest rows the first is sought that nothing spares.
_LOOKED_THROUGH: Final = 100


@dataclass(slots=True)
class Walk:
    """One way through a table, from its oldest rows to the first that are young."""

    kept: Kept
    term: timedelta
    beyond: tuple[Any, ...] = ()
    gone: int = 0
    _size: int = _FIRST

    async def step(self, database: Database) -> bool:
        """Forget what is over on one page; whether there may be more."""
        began = monotonic()
        async with database.unit_of_work(actor=ACTOR) as work:
            await work.fetch("SELECT set_config('lock_timeout', $1, true)", _PATIENCE)
            [page] = await work.fetch(
                page_statement(self.kept, is_first=not self.beyond),
                self.term,
                self._size,
                *self.beyond,
            )
        took = monotonic() - began
        self.gone += page["gone"]
        self.beyond = tuple(page[name] for name in self.kept.order)
        has_more = page["seen"] == self._size and page["is_over"]
        if took < _SHORT:
            self._size = min(self._size * 2, _MOST)
        elif took > _LONG:
            self._size = max(self._size // 2, _FEWEST)
        return bool(has_more)


def page_statement(kept: Kept, *, is_first: bool) -> str:
    """Forget what is over on the next page of a table: ``$1`` is the term, ``$2`` the page's size.

    The page comes from an index of those it is about, where there is one. Of that index the planner
    believes that it has no row where all have come since the table was analysed, and would read it
    whole for each row of the page: what they are is asked in words by which no index is found.
    """
    walk = ", ".join(f"t.{name}" for name in kept.order)
    same = " AND ".join(f"t.{name} = d.{name}" for name in kept.order)
    beyond = ", ".join(f"${n}" for n in range(3, 3 + len(kept.order)))
    after = "" if is_first else f"AND ({walk}) > ({beyond})"
    act = f"UPDATE {kept.table} AS t SET {kept.empties} FROM"  # noqa: S608 - texts of ours
    if not kept.empties:
        act = f"DELETE FROM {kept.table} AS t USING"  # noqa: S608 - texts of ours
    also = "".join(f", also_{n} AS ({one})" for n, one in enumerate(kept.also))
    last = ", ".join(f"last.{name}" for name in kept.order)
    falling = ", ".join(f"{name} DESC" for name in kept.order)
    return f"""
        WITH page AS MATERIALIZED (
            SELECT {walk}, t.{kept.age} < {kept.now} - $1::interval AS is_over
            FROM {kept.table} AS t WHERE {kept.among} {after} ORDER BY {walk} LIMIT $2
        ), doomed AS MATERIALIZED (
            SELECT {walk} FROM {kept.table} AS t JOIN page AS d ON {same}
            WHERE d.is_over AND ({kept.among}) IS TRUE AND {kept.where}
            ORDER BY {walk} FOR UPDATE OF t SKIP LOCKED
        ), gone AS (
            {act} doomed AS d WHERE {same} RETURNING t.*
        ){also}, last AS (
            SELECT * FROM page ORDER BY {falling} LIMIT 1
        )
        SELECT (SELECT count(*) FROM gone) AS gone, (SELECT count(*) FROM page) AS seen,
               (SELECT bool_or(is_over) FROM page) AS is_over, {last}
        FROM (SELECT) AS one LEFT JOIN last ON true
    """  # noqa: S608 - every piece is a text of ours


@dataclass(slots=True)
class Retention:
    """Whatever is kept for a time, with the terms that are set."""

    runtime: Runtime
    kept: Sequence[Kept]

    def term(self, kept: Kept) -> timedelta:
        """How long these rows are kept."""
        days = kept.days
        if isinstance(days, str):
            days = getattr(self.runtime.configured(kept.settings), days)
        return timedelta(days=days + kept.days_more)

    def is_time(self, now: datetime) -> bool:
        """Whether ``now`` is in the hours in which rows are forgotten."""
        zone = ZoneInfo(self.runtime.settings.time_zone)
        return self.runtime.configured(KeepSettings).is_time(now.astimezone(zone).hour)

    async def real_time(self) -> datetime:
        """The database's time, the same for all workers."""
        rows = await self.runtime.database.fetch("SELECT now() AS now")
        now: datetime = rows[0]["now"]
        return now

    async def forget(self, *, within: timedelta = _LONGEST_RUN) -> dict[str, int]:
        """Forget what is over for so long, a page of each table in turn; answers how many rows."""
        end = monotonic() + within.total_seconds()
        walks = [Walk(one, self.term(one)) for one in self.kept]
        waiting = deque(walks)
        while waiting and monotonic() < end:
            walk = waiting.popleft()
            try:
                has_more = await walk.step(self.runtime.database)
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
                log.info("rows_kept_for_now", rows=walk.kept.name, why=repr(error))
                continue
            if has_more:
                waiting.append(walk)
        forgotten = {walk.kept.name: walk.gone for walk in walks if walk.gone}
        if forgotten:
            log.info("rows_forgotten", is_all=not waiting, **forgotten)
        return forgotten

    async def overdue(self) -> dict[str, timedelta]:
        """By how much the oldest row of each table is past its time; zero where none is."""
        late = {}
        async with self.runtime.database.unit_of_work(actor=ACTOR) as work:
            for one in self.kept:
                late[one.name] = await _overdue(work, one, self.term(one))
                OVERDUE.labels(one.name).set(late[one.name].total_seconds())
        return late

    async def check(self) -> Finding:
        """Whether everything has gone in time."""
        late = await self.overdue()
        return Finding(
            "O3",
            "what is kept for a time goes within two nights after it",
            looked_at=len(late),
            differences=tuple(
                Difference(name, f"its oldest row is {by.days} days past its time")
                for name, by in late.items()
                if by > LATE
            ),
        )


async def _overdue(work: UnitOfWork, kept: Kept, term: timedelta) -> timedelta:
    walk = ", ".join(f"t.{name}" for name in kept.order)
    rows = await work.fetch(
        f"""
        SELECT {kept.now} - $1::interval - t.{kept.age} AS by
        FROM (SELECT * FROM {kept.table} AS t WHERE {kept.among}
              ORDER BY {walk} LIMIT {_LOOKED_THROUGH}) AS t
        WHERE {kept.where} ORDER BY {walk} LIMIT 1
        """,  # noqa: S608 - texts of ours
        term,
    )
    late: timedelta = max([timedelta(0), *(row["by"] for row in rows)])
    return late


@dataclass(slots=True)
class Lateness:
    """By how much rows are past their time, for the metrics of a process that does not forget."""

    kept: Sequence[Kept]
    _seldom: Seldom = field(default_factory=lambda: Seldom("lateness", _LOOKS_EVERY))

    async def look(self, runtime: Runtime) -> None:
        """Look once a minute; where the database does not answer, what was seen last stands."""

        async def see() -> None:
            await Retention(runtime, self.kept).overdue()

        await self._seldom.look(see)
