"""The pool of a process."""

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.architecture.sources import python_files
from tests.databases import opened
from tramita.kit.database.engine import Database, to_dsn, to_url
from tramita.kit.transient import is_transient

_ARRAY = re.compile(r"::([a-z0-9]+)\[\]")


class TestToUrl:
    @pytest.mark.parametrize(
        "address",
        [
            "postgres://ana:a%40b@db:5433/tramita?sslmode=require",
            "postgresql://ana:a%40b@db:5433/tramita?sslmode=require",
            "postgresql+asyncpg://ana:a%40b@db:5433/tramita?sslmode=require",
        ],
    )
    def test_takes_addresses_as_people_write_them(self, address: str) -> None:
        """Every spelling is one address; password and options survive."""
        dsn = to_dsn(to_url(address))

        assert "postgresql://ana:a%40b@db:5433/tramita?sslmode=require" == dsn


class TestDatabase:
    async def test_understands_the_driver_s_own_options(self, database_url: str) -> None:
        """`sslmode` and the like are usual in addresses of hosted databases."""
        async with (
            opened(f"{database_url}&sslmode=prefer&application_name=tramita-test") as database,
            database.unit_of_work() as work,
        ):
            rows = await work.fetch("SELECT current_setting('application_name') AS name")

        assert "tramita-test" == rows[0]["name"]

    async def test_that_has_no_socket_now_is_away(self, tmp_path: Path) -> None:
        """Between a server's end and its start there is none: whoever connects waits, and goes on."""
        async with opened(f"postgresql://tramita@/tramita?host={tmp_path}") as database:
            with pytest.raises(OSError, match="No such file or directory") as pooled:
                await database.fetch("SELECT 1")
            with pytest.raises(OSError, match="No such file or directory") as own:
                await database.connect()

        assert (True, True) == (is_transient(pooled.value), is_transient(own.value))
        assert "No such file or directory" == own.value.strerror

    async def test_replaces_connections_that_died(self, database: Database) -> None:
        """After a restart of PostgreSQL the next unit of work just works."""
        async with database.unit_of_work() as work:
            connection = work.connection
        is_dead = asyncio.Event()
        connection.add_termination_listener(lambda _: is_dead.set())
        await terminate_others(database)
        async with asyncio.timeout(20):
            await is_dead.wait()

        async with database.unit_of_work() as work:
            rows = await work.fetch("SELECT 1 AS one")

        assert 1 == rows[0]["one"]

    async def test_gives_sessions_for_reading(self, database: Database) -> None:
        """A query that writes nothing needs no unit of work."""
        async with database.session() as session:
            assert 1 == await session.scalar(text("SELECT 1"))


async def terminate_others(database: Database) -> None:
    """End every other connection to this database, as an administrator may."""
    connection = await database.connect()
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()


class TestArrays:
    async def test_are_known_to_every_connection_of_the_pool(self, database: Database) -> None:
        """The driver asks the server about none that a statement of ours names."""
        heard: list[str] = []
        named = sorted(
            {one for path in python_files("src") for one in _ARRAY.findall(path.read_text())}
        )
        statement = f"SELECT {', '.join(f'${n}::{one}[]' for n, one in enumerate(named, 1))}"
        async with database.pool.connection() as pooled:
            pooled.driver.add_query_logger(lambda record: heard.append(record.query))
            await pooled.driver.fetch(statement, *([] for _ in named))
            await pooled.driver.fetch("SELECT")  # It tells of a statement with the next one.

        assert "uuid" in named
        assert [statement] == heard[:1]
