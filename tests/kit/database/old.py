"""Databases as an earlier version of Tramita left them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.databases import opened
from tramita.kit.database.engine import Database, to_dsn, to_url
from tramita.kit.database.schema import migrations_config
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.encryption.keys import Keyring
from tramita.kit.identifiers import new_id


@asynccontextmanager
async def old_database(server: EmbeddedPostgres, revision: str) -> AsyncIterator[Database]:
    """An empty database with the schema of ``revision``; dropped in the end."""
    name = f"old_{new_id().hex}"
    connection = await asyncpg.connect(to_dsn(to_url(server.url("postgres"))))
    await connection.execute(f"CREATE DATABASE {name}")
    async with opened(server.url(name)) as database:
        await upgrade(database, revision)
        yield database
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def upgrade(database: Database, revision: str) -> None:
    """Bring the schema to a revision of long ago."""
    async with _connecting(database) as connection:
        await connection.run_sync(partial(_upgrade, revision=revision, keys=database.keys))


@asynccontextmanager
async def upgrading(database: Database, revision: str) -> AsyncIterator[None]:
    """The same, of migrations that are transactions; within the block it holds its locks yet."""
    async with _connecting(database) as connection, connection.begin():
        await connection.run_sync(partial(_upgrade, revision=revision, keys=database.keys))
        yield


@asynccontextmanager
async def _connecting(database: Database) -> AsyncIterator[AsyncConnection]:
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        yield connection


def _upgrade(connection: Connection, *, revision: str, keys: Keyring) -> None:
    config = migrations_config()
    config.attributes |= {"connection": connection, "keys": keys}
    command.upgrade(config, revision)
