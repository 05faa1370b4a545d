"""The connections of a process: few, kept, and nobody's when they have ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import text

from tramita.kit.database import pool as pool_module
from tramita.kit.database.engine import Database
from tramita.kit.transient import NoConnectionFree


@pytest_asyncio.fixture
async def pair(database_url: str) -> AsyncIterator[Database]:
    """A database with two connections."""
    database = Database.open(database_url, pool_size=2)
    yield database
    await database.close()


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
