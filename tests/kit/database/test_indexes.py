"""What an upgrade makes and changes: nobody waits for it, and whoever dies making it is followed."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

import asyncpg
import pytest

from tests.kit.database.old import old_database
from tests.world import until
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.database.schema import Fit, migrations_directory, read_fit
from tramita.kit.embedded.postgres import EmbeddedPostgres

# In the order in which the upgrade comes to them.
TABLES: Final = (
    *("customers", "envelopes", "applications", "chats", "envelope_contracts"),
    *("unwanted_proposals", "payment_transactions", "invoices", "signing_procedures", "learners"),
    *("operations", "audit", "contracts", "exchanges"),
)
CHANGED: Final = (
    *("inbox", "office_standings", "accounts", "customers", "envelopes", "applications"),
    "chats",
)
_MAKING: Final = re.compile(r"CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?\S+ ON (\w+)")
_TABLE: Final = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")
# Before it, no table was large enough anywhere (decision 43).
_FIRST_BESIDE: Final = "0073"
RUN: Final = "from tramita.cli.main import main; main()"
# Seconds in which a process of its own is there, on a busy machine.
_STARTS_WITHIN: Final = 120


@asynccontextmanager
async def writing(database: Database, table: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody who has written to a table and is not done."""
    connection = await database.connect()
    try:
        await connection.execute(f"BEGIN; LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
        yield connection
    finally:
        await connection.close()


async def is_waited_for(database: Database, writer: asyncpg.Connection) -> bool:
    """Whether somebody waits for a writer to be done."""
    found = await database.fetch(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() "
        "AND $1 = ANY(pg_blocking_pids(pid))",
        writer.get_server_pid(),
    )
    return bool(found)


async def asking(database: Database, statement: str) -> set[int]:
    """Who has asked last for a statement like this one."""
    found = await database.fetch(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND query LIKE $1",
        statement,
    )
    return {row["pid"] for row in found}


async def is_asking(database: Database, statement: str) -> bool:
    """Whether anybody has."""
    return bool(await asking(database, statement))


async def write_everywhere(database: Database, tables: Sequence[str] = TABLES) -> None:
    """What writing begins with; raises ``LockNotAvailableError`` where it is made to wait."""
    async with database.unit_of_work() as work:
        await work.fetch("SET LOCAL lock_timeout = '10s'")
        for table in tables:
            await work.fetch(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")


async def fit_of(database: Database) -> tuple[Fit, int]:
    """How the schema is, and how many indexes are unfinished."""
    async with database.pool.connection() as pooled:
        fit = await read_fit(pooled.driver)
    [row] = await database.fetch("SELECT count(*) AS n FROM pg_index WHERE NOT indisvalid")
    return fit, row["n"]


@pytest.fixture
async def old(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A database before the search had its indexes."""
    async with old_database(server, "0075") as database:
        yield database


class TestTheUpgrade:
    async def test_lets_everybody_write_meanwhile(self, old: Database) -> None:
        """Also while it waits, at each table, for somebody who has begun before."""
        async with AsyncExitStack() as stack:
            writers = [await stack.enter_async_context(writing(old, one)) for one in TABLES]
            upgrading = asyncio.create_task(migrate(old))
            for writer in writers:
                await until(partial(is_waited_for, old, writer))
                await write_everywhere(old)
                await writer.execute("ROLLBACK")
            await upgrading

        assert (Fit.OWN, 0) == await fit_of(old)

    async def test_lets_everybody_write_while_it_wants_a_table_alone(
        self, server: EmbeddedPostgres
    ) -> None:
        """It gives way to those who have come meanwhile, and comes again, however often that takes."""
        async with old_database(server, "0071") as old, AsyncExitStack() as stack:
            writers = [await stack.enter_async_context(writing(old, one)) for one in CHANGED]
            upgrading = asyncio.create_task(migrate(old))
            for table, writer in zip(CHANGED, writers, strict=True):
                for _ in range(2):
                    await until(partial(is_waited_for, old, writer))
                    await write_everywhere(old, [table])
                await writer.execute("ROLLBACK")
            await upgrading

            assert (Fit.OWN, 0) == await fit_of(old)

    async def test_goes_on_where_a_process_was_killed(self, old: Database) -> None:
        """While the session of that one still makes an index for it."""
        async with writing(old, "operations") as writer:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", RUN, "migrate"),
                env=os.environ | {"TRAMITA_DATABASE_URL": old.dsn},
            )
            await until(partial(is_waited_for, old, writer), deadline=_STARTS_WITHIN)
            process.kill()
            await process.wait()
            stopped, orphans = await fit_of(old), await asking(old, "CREATE INDEX%")

            upgrading = asyncio.create_task(migrate(old))

            async def is_followed() -> bool:
                now = await asking(old, "%INDEX CONCURRENTLY%")
                return bool(now) and now.isdisjoint(orphans)

            await until(is_followed)
            await writer.execute("ROLLBACK")
            await upgrading

        assert (Fit.BEHIND, 1) == stopped
        assert 1 == len(orphans)
        assert (Fit.OWN, 0) == await fit_of(old)

    async def test_waits_for_another_in_no_statement(self, old: Database) -> None:
        """Whoever makes an index waits for statements that are under way, and would for theirs."""
        async with writing(old, "operations") as writer:
            first = asyncio.create_task(migrate(old))
            await until(partial(is_waited_for, old, writer))
            second = asyncio.create_task(migrate(old))
            await until(partial(is_asking, old, "%advisory_lock%"))
            await writer.execute("ROLLBACK")
            async with asyncio.timeout(120):
                await asyncio.gather(first, second)

        assert (Fit.OWN, 0) == await fit_of(old)


class TestAMigration:
    def test_makes_no_index_in_another_way(self) -> None:
        """But on a table of its own, which is empty."""
        later = [
            one.read_text(encoding="utf-8")
            for one in sorted((migrations_directory() / "versions").glob("[0-9]*.py"))
            if one.name >= _FIRST_BESIDE
        ]
        assert len(later) > 5
        assert [] == [
            table
            for text in later
            for table in _MAKING.findall(text)
            if table not in _TABLE.findall(text)
        ]
