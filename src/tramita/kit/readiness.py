"""Whether this process can do its work now: one look at the database for all who ask.

Whoever asks may be anybody, and many: there is one look at a time, on one connection of its
own, and its answer counts for a second.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import asyncpg

from tramita.kit.database.engine import Database
from tramita.kit.database.schema import Fit, read_fit
from tramita.kit.jobs import count_waiting
from tramita.kit.jobs.held import count_held_jobs
from tramita.kit.transient import Trouble, trouble_of

# Seconds.
LONGEST_SILENCE = 3.0
VALID_FOR = 1.0
# Looks that wait for a silent server; beyond these nobody begins another.
_MOST_SILENT = 3
# Of more jobs than these it is not told how many wait.
_MOST_COUNTED = 1000

# What a starting process waits for, one that is up can work beside: only tables that lack
# something stop it.
_WORKABLE = frozenset({Fit.OWN, Fit.AHEAD})

# 300 kB of rows in 64 kB of memory: the rest goes to disk, as far as there is room.
_WRITE_TO_DISK = "SELECT count(*) FROM generate_series(1, 10000)"


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen; ``can_work`` says whether requests and jobs should come here."""

    can_work: bool
    checks: Mapping[str, Any]
    held: int = 0

    @property
    def trouble(self) -> str | None:
        """What ails the database, such as ``not writable: DiskFullError``."""
        said: str = self.checks["database"]
        return None if said == "ok" else said


@dataclass
class Readiness:
    """The looks of one process at its database."""

    database: Database
    _look: "asyncio.Task[Look] | None" = None
    _began: float = 0.0
    _silent: set["asyncio.Task[Look]"] = field(default_factory=set)

    async def look(self) -> Look:
        """What is so now, or was a moment ago.

        A driver that waits for a silent server may also wait while it is being cancelled,
        so nobody here waits for it: it ends by itself when the server does.
        """
        age = monotonic() - self._began
        if self._look is None or (self._look.done() and age > VALID_FOR):
            if len(self._silent) >= _MOST_SILENT:
                return _silence()
            self._look, self._began, age = asyncio.create_task(self._see()), monotonic(), 0.0
        looking = self._look
        await asyncio.wait({looking}, timeout=max(0.0, LONGEST_SILENCE - age))
        if looking.done() and not looking.cancelled():
            return looking.result()
        self._give_up(looking)
        return _silence()

    def _give_up(self, looking: "asyncio.Task[Look]") -> None:
        if self._look is looking:
            self._look = None
            self._silent.add(looking)
            looking.add_done_callback(self._silent.discard)
            looking.cancel()

    async def _see(self) -> Look:
        try:
            connection = await self.database.connect()
            try:
                return await _see_on(connection)
            finally:
                connection.terminate()
        except Exception as error:
            trouble = trouble_of(error)
            if trouble is None and not isinstance(error, (OSError, asyncpg.PostgresError)):
                raise
            word = "not writable" if trouble is Trouble.UNWRITABLE else "unreachable"
            return Look(can_work=False, checks={"database": f"{word}: {type(error).__name__}"})


async def _see_on(connection: asyncpg.Connection) -> Look:
    if await connection.fetchval("SELECT current_setting('transaction_read_only') = 'on'"):
        return Look(can_work=False, checks={"database": "not writable: read-only"})
    await connection.execute("SET work_mem = '64kB'")
    await connection.execute(_WRITE_TO_DISK)
    fit = await read_fit(connection)
    if fit not in _WORKABLE:
        return Look(can_work=False, checks={"database": "ok", "migrations": fit.value})
    waiting = await count_waiting(connection, most=_MOST_COUNTED)
    held = await count_held_jobs(connection)
    queue = {"waiting": waiting, "held": held}
    checks = {"database": "ok", "migrations": fit.value, "queue": queue}
    return Look(can_work=True, checks=checks, held=held)


def _silence() -> Look:
    return Look(can_work=False, checks={"database": f"silent for {LONGEST_SILENCE} s"})
