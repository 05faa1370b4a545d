"""Jobs that an error of our own stopped: seen, and run again when it is mended."""

import asyncio
import logging
from datetime import timedelta

import pytest

from tests.kit.held import hold_job
from tests.kit.workers import FAIL_ONCE, NOTE, Notebook, make_worker
from tests.locks import until_waiting
from tramita.kit.database.engine import Database
from tramita.kit.jobs.held import (
    HeldJob,
    JobEnqueuedMeanwhile,
    count_held_jobs,
    find_held_jobs,
    run_held_jobs,
    run_what_the_database_held,
)

CPF = "165.145.480-91"


async def held(database: Database, *, after: int | None = None, limit: int = 10) -> list[HeldJob]:
    async with database.unit_of_work() as work:
        return await find_held_jobs(work.connection, after=after, limit=limit)


async def run(database: Database, *ids: int) -> int:
    """Have these run again, or all."""
    async with database.unit_of_work(actor="user:ana@example.com") as work:
        return await run_held_jobs(work.connection, ids or None, actor=work.actor)


async def waiting(database: Database) -> list[int]:
    """The ids of the jobs that wait to be run."""
    rows = await database.fetch("SELECT id FROM pgqueuer WHERE status = 'queued' ORDER BY id")
    return [row["id"] for row in rows]


def chained(error: Exception, cause: Exception) -> Exception:
    """``error``, which came of ``cause``."""
    error.__cause__ = cause
    return error


class TestAJobThatFailed:
    async def test_is_held_with_its_error_and_runs_when_that_is_mended(
        self, database: Database
    ) -> None:
        """A real worker, a real error, and the same job done in the end."""
        notebook = Notebook(failures=[ValueError(f"the bug, of {CPF}")])
        async with database.unit_of_work() as work:
            work.enqueue(FAIL_ONCE)
        await make_worker(database.dsn, notebook).run(drain=True)

        [job] = await held(database)
        assert 1 == await run(database, job.id)
        await make_worker(database.dsn, notebook).run(drain=True)

        assert ("kit.fail_once", "{}", "ValueError: the bug, of •••.145.•••-••") == (
            job.name,
            job.arguments,
            job.error,
        )
        assert "in fail_once" in job.traceback
        assert CPF not in job.traceback
        assert ["recovered"] == notebook.lines
        assert [] == await held(database)

    @pytest.mark.parametrize(
        "error",
        [ValueError("half \ud83d, \x00"), chained(KeyError("a"), ValueError("half \ud83d"))],
        ids=["itself", "its cause"],
    )
    async def test_is_held_also_when_its_error_cannot_be_written_down(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        """Half characters of somebody's text: the queue could not keep them, and began anew."""
        # Nor can what carries reports from one process of the tests to the other.
        monkeypatch.setattr(logging.getLogger("pgqueuer"), "disabled", True)
        async with database.unit_of_work() as work:
            work.enqueue(FAIL_ONCE)
        async with asyncio.timeout(60):
            await make_worker(database.dsn, Notebook(failures=[error])).run(drain=True)

        [job] = await held(database)
        assert job.error.startswith(f"{type(error).__name__}: ")
        assert "half \N{REPLACEMENT CHARACTER}" in job.traceback
        assert "in fail_once" in job.traceback

    async def test_comes_back_when_it_fails_again(self, database: Database) -> None:
        """With the error of the last time."""
        notebook = Notebook(failures=[ValueError("second"), ValueError("first")])
        async with database.unit_of_work() as work:
            work.enqueue(FAIL_ONCE)
        errors = []
        for _ in range(2):
            await make_worker(database.dsn, notebook).run(drain=True)
            errors += [one.error for one in await held(database)]
            await run(database)

        assert ["ValueError: first", "ValueError: second"] == errors

    async def test_is_told_without_its_log(self, database: Database) -> None:
        """The queue's log may have been cleaned; the job is there all the same."""
        await hold_job(database, error=None, arguments={"cpf": CPF, "line": "x"})

        [job] = await held(database)

        assert ("The queue's log says no more why.", "") == (job.error, job.traceback)
        assert '{"cpf":"•••.145.•••-••","line":"x"}' == job.arguments
        assert timedelta(minutes=12) <= job.waited < timedelta(minutes=13)

    async def test_is_listed_page_by_page(self, database: Database) -> None:
        """In the order in which they were enqueued; all are counted."""
        ids = [await hold_job(database) for _ in range(3)]

        pages = [await held(database, limit=2), await held(database, after=ids[1], limit=2)]

        assert [ids[:2], ids[2:]] == [[one.id for one in page] for page in pages]
        async with database.unit_of_work() as work:
            assert 3 == await count_held_jobs(work.connection)


class TestRunningAgain:
    async def test_touches_no_other(self, database: Database) -> None:
        """Not the held ones beside it, nor what waits or is gone."""
        first, second = await hold_job(database), await hold_job(database)
        async with database.unit_of_work() as work:
            work.enqueue(NOTE, line="waits")
        [other] = await waiting(database)

        assert (1, 0) == (await run(database, first), await run(database, first, other, 10**17))

        assert [first, other] == await waiting(database)
        assert [second] == [one.id for one in await held(database)]

    async def test_of_all_of_them_at_once(self, database: Database) -> None:
        """After a mended deployment nobody presses three hundred buttons."""
        ids = [await hold_job(database) for _ in range(3)]

        assert 3 == await run(database)

        assert ids == await waiting(database)

    async def test_leaves_one_of_each_key(self, database: Database) -> None:
        """Two jobs with one key are one, also when both were held, or one waits anew."""
        await hold_job(database, key="one")
        newest = await hold_job(database, key="one")
        await hold_job(database, key="other")
        async with database.unit_of_work() as work:
            work.enqueue(NOTE, key="other", line="anew")

        assert 3 == await run(database)

        [kept, anew] = await waiting(database)
        assert (newest, []) == (kept, await held(database))
        assert anew > newest

    async def test_gives_way_to_the_same_job_enqueued_meanwhile(self, database: Database) -> None:
        """Nothing is changed, and whoever asked looks again."""
        job = await hold_job(database, key="one")
        async with database.unit_of_work() as work:
            await work.fetch(
                "INSERT INTO pgqueuer (priority, status, entrypoint, dedupe_key) "
                "VALUES (0, 'queued', 'kit.note', 'one')"
            )
            running = asyncio.create_task(run(database, job))
            await until_waiting(database)

        with pytest.raises(JobEnqueuedMeanwhile):
            await running

        assert [job] == [one.id for one in await held(database)]
        assert 1 == await run(database, job)
        assert 1 == len(await waiting(database))


class TestRunWhatTheDatabaseHeld:
    async def test_leaves_what_a_bug_holds(self, database: Database) -> None:
        """An earlier release held jobs because PostgreSQL restarted; nobody could mend those."""
        bug = await hold_job(database)
        lost = [
            await hold_job(database, kind=kind, key="k")
            for kind in ("InternalClientError", "CannotConnectNowError", "ConnectionResetError")
        ]
        connection = await database.connect()

        count = await run_what_the_database_held(connection)

        await connection.close()
        assert 3 == count
        assert [bug] == [one.id for one in await held(database)]
        assert lost[-1:] == await waiting(database)
