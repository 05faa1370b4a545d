"""Bringing a database up to date."""

import asyncio

import asyncpg

from tramita.kit.database.embedded import EmbeddedPostgres
from tramita.kit.database.engine import Database, to_dsn, to_url
from tramita.kit.database.migrate import is_migrated, migrate, migrations_directory
from tramita.kit.identifiers import new_id


class TestMigrate:
    async def test_is_done_once_by_many_processes(self, server: EmbeddedPostgres) -> None:
        """All start at the same moment on an empty database; each finds it up to date."""
        name = f"empty_{new_id().hex}"
        connection = await asyncpg.connect(to_dsn(to_url(server.url("postgres"))))
        await connection.execute(f"CREATE DATABASE {name}")
        databases = [Database.open(server.url(name)) for _ in range(3)]

        before = await is_migrated(databases[0])
        await asyncio.gather(*(migrate(database) for database in databases))
        after = [await is_migrated(database) for database in databases]

        for database in databases:
            await database.close()
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.close()
        assert (False, [True] * 3) == (before, after)

    def test_finds_the_migrations_beside_the_sources(self) -> None:
        """Or inside the package, once that is built."""
        assert (migrations_directory() / "env.py").is_file()
