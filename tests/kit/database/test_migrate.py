"""Bringing a database up to date."""

import asyncio

import asyncpg
import pytest
from sqlalchemy.exc import ProgrammingError

from tests.kit.database.old import old_database
from tramita.kit.database.engine import Database, to_dsn, to_url
from tramita.kit.database.migrate import migrate
from tramita.kit.database.schema import (
    Fit,
    SchemaNotKnown,
    SchemaVersionLost,
    migrations_directory,
    read_fit,
)
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.identifiers import new_id


class TestMigrate:
    async def test_is_done_once_by_many_processes(self, server: EmbeddedPostgres) -> None:
        """All start at the same moment on an empty database; each finds it up to date."""
        name = f"empty_{new_id().hex}"
        connection = await asyncpg.connect(to_dsn(to_url(server.url("postgres"))))
        await connection.execute(f"CREATE DATABASE {name}")
        databases = [Database.open(server.url(name)) for _ in range(3)]

        before = await _fit(databases[0])
        await asyncio.gather(*(migrate(database) for database in databases))
        after = [await _fit(database) for database in databases]

        for database in databases:
            await database.close()
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.close()
        assert (Fit.EMPTY, [Fit.OWN] * 3) == (before, after)

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ("UPDATE alembic_version SET version_num = '9999'", SchemaNotKnown),
            ("DELETE FROM alembic_version", SchemaVersionLost),
        ],
    )
    async def test_leaves_alone_what_it_does_not_know(
        self, database: Database, change: str, error: type[Exception]
    ) -> None:
        """A newer release's schema, or one whose version is lost: one sentence each."""
        async with database.unit_of_work() as work:
            await work.fetch(change)

        with pytest.raises(error, match=r"^The database at .*\.$"):
            await migrate(database)

    async def test_keeps_what_worked_before_a_migration_that_fails(
        self, server: EmbeddedPostgres
    ) -> None:
        """The schema is what the last one has made of it, and once it is mended the rest follows."""
        async with old_database(server, "0045") as database:
            await database.fetch("CREATE TABLE orders_by_state ()")  # As 0047 calls an index.

            with pytest.raises(ProgrammingError, match="orders_by_state"):
                await migrate(database)

            [stopped] = await database.fetch("SELECT version_num FROM alembic_version")
            done = await database.fetch("SELECT to_regclass('orders_by_product_id') IS NOT NULL")
            await database.fetch("DROP TABLE orders_by_state")
            await migrate(database)
            assert ("0046", [(False,)]) == (stopped["version_num"], [tuple(one) for one in done])
            assert await _fit(database) is Fit.OWN

    def test_finds_the_migrations_beside_the_sources(self) -> None:
        """Or inside the package, once that is built."""
        assert (migrations_directory() / "env.py").is_file()


async def _fit(database: Database) -> Fit:
    connection = await database.connect()
    try:
        return await read_fit(connection)
    finally:
        await connection.close()
