"""Durable jobs on PostgreSQL."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg
import pytest

from tests.kit.workers import (
    FAIL,
    FAIL_ONCE,
    NOTE,
    NOTE_SLOWLY,
    NOTE_TYPES,
    TICK,
    Notebook,
    make_worker,
)
from tests.world import until
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres, passing_folder
from tramita.kit.identifiers import new_id
from tramita.kit.jobs import Job, Worker

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def working(worker: Worker[Any]) -> AsyncIterator[Worker[Any]]:
    """A worker that runs until the block ends."""
    task = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(30):
            await worker.is_ready.wait()
        yield worker
    finally:
        worker.stop()
        async with asyncio.timeout(30):
            await task


async def enqueue(database: Database, job: Job[Any], **arguments: Any) -> None:
    async with database.unit_of_work() as work:
        work.enqueue(job, **arguments)


async def statuses(database: Database) -> dict[str, str]:
    """Status by name of the jobs that are still in the queue."""
    async with database.unit_of_work() as work:
        rows = await work.fetch("SELECT entrypoint, status::text FROM pgqueuer")
    return {row["entrypoint"]: row["status"] for row in rows}


async def until_status(database: Database, expected: dict[str, str]) -> None:
    """Return when the queue looks like that."""

    async def is_so() -> bool:
        return expected == await statuses(database)

    await until(is_so)


def marked(database: Database) -> str:
    """An address under which the worker's own connections can be told from the test's."""
    return f"{database.dsn}&application_name=worker"


async def terminate(database: Database) -> None:
    """End the marked connections."""
    connection = await database.connect()
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'worker'"
        )
    finally:
        await connection.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a server of the test's own."""
    with passing_folder("tramita-jobs-") as folder:
        yield folder


class TestJob:
    async def test_gets_its_arguments_as_the_types_it_asks_for(self, database: Database) -> None:
        """They travel as JSON; whoever writes a job does not see that."""
        notebook, id_ = Notebook(), new_id()
        arguments = (id_, date(2026, 11, 22), Decimal("12.50"), ["a", "b"], True)
        await enqueue(
            database,
            NOTE_TYPES,
            id_=id_,
            day=arguments[1],
            amount=arguments[2],
            names=["a", "b"],
        )

        await make_worker(database.dsn, notebook).run(drain=True)

        assert [arguments] == notebook.lines


class TestWorker:
    async def test_runs_what_is_enqueued_while_it_works(self, database: Database) -> None:
        """Woken by the commit, not by a timer, and the job leaves the queue."""
        notebook = Notebook()
        worker = make_worker(database.dsn, notebook, dequeue_timeout=timedelta(seconds=60))
        async with working(worker):
            await enqueue(database, NOTE, line="a")
            await notebook.until("a")
            await enqueue(database, NOTE, line="b")
            await notebook.until("b")

        assert ["a", "b"] == notebook.lines
        assert {} == await statuses(database)

    async def test_holds_a_job_that_fails(self, database: Database) -> None:
        """It stays visible, and the others run."""
        notebook = Notebook()
        async with working(make_worker(database.dsn, notebook)):
            await enqueue(database, FAIL)
            await enqueue(database, NOTE, line="a")
            await notebook.until("failing", "a")

            await until_status(database, {"kit.fail": "failed"})

        assert 1 == notebook.lines.count("failing")

    @pytest.mark.parametrize(
        "failure",
        [ConnectionResetError(), asyncpg.DeadlockDetectedError("deadlock detected")],
        ids=["lost", "deadlock"],
    )
    async def test_repeats_a_job_that_the_database_failed(
        self, database: Database, failure: Exception
    ) -> None:
        """Nothing is wrong with it; it waits a moment in the queue."""
        notebook = Notebook(failures=[failure])
        async with working(make_worker(database.dsn, notebook)):
            await enqueue(database, FAIL_ONCE)
            await notebook.until("recovered")

        assert {} == await statuses(database)

    async def test_repeats_a_job_that_was_cut_off(self, database: Database) -> None:
        """One that was cancelled has not ended: it is taken over as that of a dead worker."""
        notebook = Notebook(failures=[asyncio.CancelledError()])
        quick = timedelta(seconds=1)
        async with working(make_worker(database.dsn, notebook, heartbeat_timeout=quick)):
            await enqueue(database, FAIL_ONCE)
            await notebook.until("recovered")

            await until_status(database, {})

    async def test_holds_a_job_whose_error_no_column_takes(self, database: Database) -> None:
        """What ends beside it is recorded as well."""
        notebook = Notebook(failures=[ValueError("half\0way")])
        async with working(make_worker(database.dsn, notebook)):
            await enqueue(database, FAIL_ONCE)
            await enqueue(database, NOTE, line="a")
            await notebook.until("a")

            await until_status(database, {"kit.fail_once": "failed"})

    async def test_bounds_a_job_over_all_workers(self, database: Database) -> None:
        """Two at a time of this one, however many workers there are."""
        notebooks = [Notebook(), Notebook()]
        workers = [make_worker(database.dsn, notebook) for notebook in notebooks]
        for n in range(6):
            await enqueue(database, NOTE_SLOWLY, line=str(n))

        def begun() -> list[object]:
            return [line for one in notebooks for line in one.lines if line != "after"]

        async def are_two() -> bool:
            return len(begun()) >= 2

        async with working(workers[0]), working(workers[1]):
            await until(are_two)
            # Whoever does this has looked once more at what there is to do.
            await enqueue(database, NOTE, line="after")
            await asyncio.wait(
                [asyncio.create_task(one.until("after")) for one in notebooks],
                return_when=asyncio.FIRST_COMPLETED,
            )
            began = begun()
            for one in notebooks:
                one.gate.set()

        assert 2 == len(began)

    @pytest.mark.parametrize("concurrency", [1, 2, 99, 100])
    async def test_takes_any_bound_of_its_own(self, database: Database, concurrency: int) -> None:
        """The queue refuses bounds below two batches; a small machine wants them."""
        notebook = Notebook()
        await enqueue(database, NOTE, line="a")

        await make_worker(database.dsn, notebook, concurrency=concurrency).run(drain=True)

        assert ["a"] == notebook.lines

    async def test_runs_schedules(self, database: Database) -> None:
        """Again and again."""
        notebook = Notebook()
        async with working(make_worker(database.dsn, notebook, schedules=[TICK])):
            await notebook.until("tick")

        assert "tick" in notebook.lines

    async def test_takes_over_the_schedules_of_a_dead_worker(self, database: Database) -> None:
        """As soon as its jobs; the sweeps that look after it are schedules themselves."""
        async with working(make_worker(database.dsn, first := Notebook(), schedules=[TICK])):
            await first.until("tick")
        async with database.unit_of_work() as work:
            await work.fetch(
                "UPDATE pgqueuer_schedules SET status = 'picked', "
                "heartbeat = now() - interval '11 seconds'"
            )

        notebook = Notebook()
        async with working(make_worker(database.dsn, notebook, schedules=[TICK])):
            # The queue by itself would not before 19 seconds have gone by.
            await notebook.until("tick", seconds=15)

        assert "tick" in notebook.lines


class TestDraining:
    async def test_ends_when_nothing_is_due(self, database: Database) -> None:
        """Jobs are done, those they enqueue as well; what is deferred stays."""
        notebook = Notebook()
        async with database.unit_of_work() as work:
            work.enqueue(NOTE, line="now")
            work.enqueue(NOTE, line="next week", delay=timedelta(days=7))

        async with asyncio.timeout(30):
            await make_worker(database.dsn, notebook).run(drain=True)

        assert ["now"] == notebook.lines
        assert {"kit.note": "queued"} == await statuses(database)

    async def test_goes_on_after_the_database_was_away(self, database: Database) -> None:
        """It does not say that all is done when it could not look."""
        notebook = Notebook()
        await enqueue(database, NOTE_SLOWLY, line="a")
        draining = asyncio.create_task(
            make_worker(marked(database), notebook, heartbeat_timeout=timedelta(seconds=2)).run(
                drain=True
            )
        )
        await notebook.until("began a")
        await terminate(database)
        notebook.gate.set()
        await enqueue(database, NOTE, line="b")

        async with asyncio.timeout(60):
            await draining

        assert "b" in notebook.lines


class TestStopping:
    async def test_waits_for_what_is_running(self, database: Database) -> None:
        """A deployment cuts nobody off in the middle."""
        notebook = Notebook()
        worker = make_worker(database.dsn, notebook)
        task = asyncio.create_task(worker.run())
        await enqueue(database, NOTE_SLOWLY, line="a")
        await notebook.until("began a")

        worker.stop()
        assert not task.done()
        notebook.gate.set()
        async with asyncio.timeout(30):
            await task

        assert ["began a", "ended a"] == notebook.lines
        assert {} == await statuses(database)

    async def test_before_starting_is_not_starting(self, database: Database) -> None:
        """A process told to leave while it comes up leaves."""
        worker = make_worker(database.dsn, Notebook())
        task = asyncio.create_task(worker.run())
        worker.stop()

        async with asyncio.timeout(30):
            await task

        assert not worker.is_ready.is_set()

    async def test_while_connecting_is_not_starting(self, database: Database) -> None:
        """Nor does it wait for a connection it no longer needs."""
        worker = make_worker(database.dsn, Notebook())
        task = asyncio.create_task(worker.run())
        # One step is enough to be past the first look at the order to stop.
        await asyncio.sleep(0)
        worker.stop()

        async with asyncio.timeout(30):
            await task

        assert not worker.is_ready.is_set()

    async def test_does_not_wait_for_a_database_that_is_away(self) -> None:
        """The pause before the next attempt ends with the order to stop."""
        worker = make_worker("postgresql://nobody@127.0.0.1:1/nothing", Notebook())
        task = asyncio.create_task(worker.run())
        await asyncio.sleep(0)
        worker.stop()

        async with asyncio.timeout(30):
            await task

        assert not worker.is_ready.is_set()


class TestLosingTheDatabase:
    async def test_does_not_end_the_worker_when_connections_are_terminated(
        self, database: Database
    ) -> None:
        """It connects again and goes on."""
        notebook = Notebook()
        async with working(make_worker(marked(database), notebook)):
            await enqueue(database, NOTE, line="before")
            await notebook.until("before")

            await terminate(database)
            await enqueue(database, NOTE, line="after")
            await notebook.until("after")

        assert ["before", "after"] == notebook.lines

    async def test_does_not_end_the_worker_when_postgres_restarts(self, folder: Path) -> None:
        """Not even when PostgreSQL is away for a while."""
        notebook, directory = Notebook(), folder / "postgres"
        server = EmbeddedPostgres.start(directory, options={"fsync": "off"})
        database = Database.open(server.url())
        try:
            await migrate(database)
            async with working(make_worker(database.dsn, notebook)):
                await database.close()
                await asyncio.to_thread(server.close)
                server = await asyncio.to_thread(
                    EmbeddedPostgres.start, directory, options={"fsync": "off"}
                )
                await enqueue(database, NOTE, line="after")
                await notebook.until("after")
            await database.close()
        finally:
            server.close()

        assert ["after"] == notebook.lines


class TestAKilledWorker:
    @pytest.mark.soak
    async def test_leaves_its_jobs_to_the_others(self, database: Database) -> None:
        """Within fifteen seconds, with nobody restarting it."""
        ears = await database.connect()
        begun = asyncio.Event()
        await ears.add_listener("kit_tests", lambda *_: begun.set())
        await enqueue(database, NOTE, line="a")
        victim = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.kit.workers", database.dsn, cwd=ROOT
        )
        async with asyncio.timeout(60):
            await begun.wait()
        notebook = Notebook()

        async with working(make_worker(database.dsn, notebook)):
            victim.send_signal(signal.SIGKILL)
            await victim.wait()
            killed_at = monotonic()
            await notebook.until("a", seconds=20)
            took = monotonic() - killed_at

        await ears.close()
        assert took < 15
