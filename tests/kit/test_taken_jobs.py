"""Jobs that a worker has taken and not yet begun, when their database goes away.

For most of a job's life a restart finds it waiting at a provider. The moment before that is
short: taken from the queue, with nothing asked of the database yet. It is held open here.

One job of them is at its provider all the while, as in any busy worker. So whatever the queue
could not write down of the others is still there to be written when the database is back, and
that must not be that they have failed.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chaos.postgres import Postgres
from tests.conftest import folder_in_memory
from tests.kit.database_workers import TABLE
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import passing_folder
from tramita.kit.jobs import Job, Worker

JOBS = 40
PATIENT = "0"
# Of the event loop: so many that the queue has tried to write down what became of each job.
TURNS = 1000


@dataclass
class Taken:
    """Jobs between being taken and beginning; ``gate`` lets them begin, ``last`` the last."""

    database: Database
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    last: asyncio.Event = field(default_factory=asyncio.Event)
    taken: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def note(self, places: set[str], line: str) -> None:
        """Let whoever waits know that a job came so far."""
        async with self.changed:
            places.add(line)
            self.changed.notify_all()

    async def until(self, places: set[str], jobs: int) -> None:
        """Return when so many jobs came so far."""
        async with asyncio.timeout(60), self.changed:
            await self.changed.wait_for(lambda: len(places) == jobs)


async def write(taken: Taken, line: str) -> None:
    """Write a line, once the gate is open."""
    await taken.note(taken.taken, line)
    await (taken.last if line == PATIENT else taken.gate).wait()
    try:
        async with taken.database.unit_of_work() as work:
            await work.fetch("INSERT INTO written VALUES ($1)", line)
    except Exception:
        await taken.note(taken.failed, line)
        raise


WRITE: Job[Taken] = Job("kit.write_late", write)


@pytest.fixture
def directory() -> Iterator[Path]:
    """Where the server of the test lives; what is done to it would reach every other test."""
    with passing_folder("tramita-taken-", below=folder_in_memory()) as folder:
        yield folder / "postgres"


class TestJobsThatWereTaken:
    async def test_run_again_after_a_restart(self, directory: Path) -> None:
        """None is held, though there is no database to write down that it is to run again."""
        postgres = await Postgres.make(directory)
        database = Database.open(postgres.url)
        await migrate(database)
        await database.fetch(TABLE)
        taken = Taken(database)
        worker = Worker(database.dsn, taken, [WRITE], heartbeat_timeout=timedelta(seconds=2))
        working = asyncio.create_task(worker.run())
        try:
            async with database.unit_of_work() as work:
                for number in range(JOBS):
                    work.enqueue(WRITE, line=f"{number}")
            await taken.until(taken.taken, JOBS)

            await postgres.stop("fast")
            taken.gate.set()
            await taken.until(taken.failed, JOBS - 1)
            for _ in range(TURNS):
                await asyncio.sleep(0)
            await postgres.start()
            but_the_last = await jobs_left(database, jobs=1)
            taken.last.set()
            left = await jobs_left(database)
        finally:
            worker.stop()
            await working
            await database.close()
            await postgres.stop("immediate")

        assert [("kit.write_late", "picked")] == but_the_last
        assert [] == left


async def jobs_left(database: Database, *, jobs: int = 0) -> list[tuple[str, str]]:
    """What is in the queue when no more than so many jobs are, or when time is over."""
    rows = await rows_of(database)
    with suppress(TimeoutError):
        async with asyncio.timeout(60):
            while len(rows) > jobs:
                rows = await rows_of(database)
    return rows


async def rows_of(database: Database) -> list[tuple[str, str]]:
    """Every job that is in the queue, with its status."""
    rows = await database.fetch("SELECT entrypoint, status::text FROM pgqueuer")
    return [(row["entrypoint"], row["status"]) for row in rows]
