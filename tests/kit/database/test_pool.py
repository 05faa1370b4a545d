"""The connections of a process: few, kept, and nobody's when they have ended."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import SAWarning

from tests.databases import opened
from tests.locks import until_waiting
from tramita.kit.batching import MicroBatch
from tramita.kit.bounds import HOUSE
from tramita.kit.database import pool as pool_module
from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.kit.tokens import ServiceToken
from tramita.kit.transient import NoConnectionFree


@pytest_asyncio.fixture
async def pair(database_url: str) -> AsyncIterator[Database]:
    """A database with two connections."""
    async with opened(database_url, pool_size=2) as database:
        yield database


async def backend(database: Database) -> int:
    """Which of the server's processes answers."""
    [row] = await database.fetch("SELECT pg_backend_pid() AS pid")
    pid: int = row["pid"]
    return pid


class TestPool:
    async def test_keeps_to_few(self, pair: Database) -> None:
        """The last one used comes first: one after the other, everybody gets the same."""
        async with pair.pool.connection(), pair.pool.connection():
            pass

        assert 1 == len({await backend(pair) for _ in range(3)})

    async def test_makes_no_more_than_its_size(self, pair: Database) -> None:
        """Whoever comes when all are in use waits for one."""
        first, second = await pair.pool.take(), await pair.pool.take()
        waiting = [asyncio.create_task(backend(pair)) for _ in range(5)]
        done, _ = await asyncio.wait(waiting, timeout=0)
        assert set() == done

        pair.pool.give_back(first)
        pair.pool.give_back(second)
        pids = {first.driver.get_server_pid(), second.driver.get_server_pid()}

        assert pids >= set(await asyncio.gather(*waiting))

    async def test_loses_none_to_whoever_gives_up(self, pair: Database) -> None:
        """Cancelled while it waits, or at the moment in which it would have got one."""
        first, second = await pair.pool.take(), await pair.pool.take()
        waiting = [asyncio.create_task(pair.pool.take()) for _ in range(4)]
        await asyncio.wait(waiting, timeout=0)
        waiting[0].cancel()
        pair.pool.give_back(first)
        pair.pool.give_back(second)
        waiting[1].cancel()
        taken = await asyncio.gather(*waiting, return_exceptions=True)
        for one in taken:
            if not isinstance(one, BaseException):
                pair.pool.give_back(one)

        async with asyncio.timeout(10), pair.pool.connection(), pair.pool.connection():
            assert [True, True] == [isinstance(one, asyncio.CancelledError) for one in taken[:2]]

    async def test_waits_for_a_connection_no_longer_than_it_may(
        self, pair: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever cannot have one is told, and may come again."""
        monkeypatch.setattr(pool_module, "_PATIENCE", 0.01)
        async with pair.pool.connection(), pair.pool.connection():
            with pytest.raises(NoConnectionFree):
                await pair.fetch("SELECT 1")

        assert 1 == (await pair.fetch("SELECT 1 AS one"))[0]["one"]

    async def test_has_as_many_places_when_connecting_failed(self) -> None:
        """A server that is away takes none of them along."""
        nowhere = Database.open("postgresql://127.0.0.1:1/x", pool_size=1)
        for _ in range(3):
            with pytest.raises(ConnectionError):
                await nowhere.fetch("SELECT 1")

    async def test_replaces_one_that_somebody_ended(self, pair: Database) -> None:
        """Whoever comes next does not notice."""
        async with pair.pool.connection() as one, pair.pool.connection() as other:
            before = {one.driver.get_server_pid(), other.driver.get_server_pid()}
            one.driver.terminate()
            other.driver.terminate()

        now = await asyncio.gather(backend(pair), backend(pair))
        assert before.isdisjoint(now)

    async def test_gives_nobody_another_one_s_transaction(self, pair: Database) -> None:
        """Mapped rows leave nothing open, whether their block ended well or not."""
        async with pair.session() as session:
            await session.execute(text("SELECT 1"))
        for outcome in ("SELECT 1", "SELECT 1 / 0"):
            with suppress(asyncpg.DivisionByZeroError):
                async with pair.unit_of_work() as work:
                    await work.session.execute(text("SELECT 1"))
                    await work.fetch(outcome)

        async with pair.pool.connection() as pooled:
            assert not pooled.alchemy.in_transaction()
            assert not pooled.driver.is_in_transaction()


class TestAClosedPool:
    async def test_ends_what_is_given_back_late(self, pair: Database) -> None:
        """What was under way when its process stopped works on, and leaves nothing open."""
        async with pair.unit_of_work() as work:
            driver = work.connection
            await pair.close()
            assert [1] == [row["n"] for row in await work.fetch("SELECT 1 AS n")]

        assert driver.is_closed()

    async def test_ends_what_is_taken_late(self, pair: Database) -> None:
        """Whoever still comes is served, and leaves nothing open."""
        await pair.close()

        async with pair.pool.connection() as pooled:
            assert 1 == await pooled.driver.fetchval("SELECT 1")

        assert pooled.driver.is_closed()

    async def test_leaves_nothing_to_the_collector(self, database_url: str) -> None:
        """Which tells of a connection that nobody has closed, in the middle of something else."""
        database = Database.open(database_url)
        async with database.unit_of_work():
            await database.close()
        del database

        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            gc.collect()

        assert [] == [one.message for one in said if issubclass(one.category, SAWarning)]

    async def test_ends_what_a_batch_has_that_nobody_waits_for(self, pair: Database) -> None:
        """It is written beside whoever asked, who is cancelled when a process stops."""
        other = await pair.connect()
        await other.execute("SELECT pg_advisory_lock(1)")
        taken: list[asyncpg.Connection] = []
        is_written = asyncio.Event()

        async def write(items: Sequence[int]) -> Sequence[int]:
            async with pair.unit_of_work() as work:
                taken.append(work.connection)
                await work.fetch("SELECT pg_advisory_xact_lock(1)")
            is_written.set()
            return items

        asking = asyncio.create_task(MicroBatch(write).add(1))
        await until_waiting(pair)
        asking.cancel()
        await asyncio.wait({asking})
        await pair.close()
        await other.close()
        async with asyncio.timeout(20):
            await is_written.wait()

        assert [True] == [one.is_closed() for one in taken]

    async def test_ends_all_of_them_when_it_is_interrupted(self, pair: Database) -> None:
        """Cancelled while it takes leave of one, it forgets none of the others."""
        async with pair.pool.connection() as one, pair.pool.connection() as other:
            pass

        closing = asyncio.create_task(pair.close())
        await asyncio.wait({closing}, timeout=0)
        closing.cancel()
        await asyncio.wait({closing})

        assert closing.cancelled()
        assert [True, True] == [each.driver.is_closed() for each in (one, other)]


class TestASpoiltConnection:
    @pytest.mark.parametrize("way", ["mapped", "job", "statement", "alone"])
    async def test_is_nobody_s_any_more(self, pair: Database, way: str) -> None:
        """It leads to what was the primary once, as soon as something is to be written there."""
        async with pair.pool.connection() as pooled:
            await pooled.driver.execute("SET default_transaction_read_only = on")
        pid = await backend(pair)

        with pytest.raises(Exception, match="read-only transaction"):
            await WRITING[way](pair)

        assert pid != await backend(pair)

    async def test_is_nobody_s_when_the_driver_is_bewildered(self, pair: Database) -> None:
        """Whoever read with it gets another one next time."""
        pid = await backend(pair)

        with pytest.raises(asyncpg.InternalClientError):
            async with pair.session():
                raise asyncpg.InternalClientError("cannot switch to state 15")

        assert pid != await backend(pair)


async def write_mapped(database: Database) -> None:
    """At the commit, by SQLAlchemy, which wraps what the driver said."""
    async with database.unit_of_work() as work:
        work.add(
            ServiceToken(
                id=new_id(),
                name="a",
                hash="a",
                tenant=HOUSE,
                scopes=[],
                created_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
            )
        )


async def write_job(database: Database) -> None:
    """At the commit, after the block."""
    async with database.unit_of_work() as work:
        work.enqueue("kit.nothing")


async def write_in_the_block(database: Database) -> None:
    """Before the commit."""
    async with database.unit_of_work() as work:
        await work.fetch(WRITE)


async def write_alone(database: Database) -> None:
    """In no transaction."""
    await database.fetch(WRITE)


WRITE = "INSERT INTO tenants (key, title, created_at) VALUES ('a', 'A', now())"
WRITING = {
    "mapped": write_mapped,
    "job": write_job,
    "statement": write_in_the_block,
    "alone": write_alone,
}
