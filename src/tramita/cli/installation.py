"""Reaching this installation's database, embedded or given."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

import asyncpg
import uvloop

from tramita.kit.database.engine import Database, describe_address
from tramita.kit.database.known_keys import check_keys
from tramita.kit.database.migrate import migrate
from tramita.kit.database.schema import SchemaDoesNotFit, read_fit, why_not
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.environment import unknown_variables
from tramita.kit.errors import ConfigurationError
from tramita.kit.settings import Settings
from tramita.kit.transient import trouble_of

T = TypeVar("T")


class NoDatabase(ConfigurationError):
    """There is no database: TRAMITA_DATABASE_URL is empty, and there is no embedded one in {folder}. Name one, or start `tramita all` or `tramita migrate` there to make one."""


class DatabaseUnreachable(ConfigurationError):
    """PostgreSQL at {place} (TRAMITA_DATABASE_URL) cannot be used: {why}."""


class DatabaseWentAway(ConfigurationError):
    """The database was lost in the middle; nothing was committed half. {trouble}: {why}."""


class DataDirectoryUnusable(ConfigurationError):
    """The data directory {folder} (TRAMITA_DATA_DIR) cannot be used: {why}."""


@contextmanager
def database_address(settings: Settings, *, may_create: bool = True) -> Iterator[str]:
    """The address of the database; starts the embedded one when none was given.

    Raises ``NoDatabase`` where there is none to start and none may be made.
    """
    if settings.database_url:
        yield settings.database_url
        return
    embedded = _start_embedded(settings.data_dir / "postgres", may_create=may_create)
    try:
        yield embedded.url()
    finally:
        embedded.close()


def _start_embedded(folder: Path, *, may_create: bool) -> EmbeddedPostgres:
    try:
        if not may_create and not EmbeddedPostgres.is_made(folder):
            raise NoDatabase(folder=folder)
        return EmbeddedPostgres.start(folder)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise DataDirectoryUnusable(folder=folder.parent, why=why) from error


@asynccontextmanager
async def migrated_database(address: str) -> AsyncIterator[Database]:
    """A database brought up to date; raises ``DatabaseUnreachable``."""
    async with reached_database(address) as database:
        await migrate(database)
        yield database


@asynccontextmanager
async def fitting_database(
    settings: Settings, address: str, *, checks_keys: bool = True
) -> AsyncIterator[Database]:
    """A database with this release's schema, brought there where the settings let us.

    Raises ``DatabaseUnreachable``, ``SchemaDoesNotFit`` and what ``check_keys`` does.
    """
    async with reached_database(address) as database:
        if settings.migrates:
            await migrate(database)
        elif error := await look_at_schema(database):
            raise error
        if checks_keys:
            await check_keys(database)
        yield database


async def look_at_schema(database: Database) -> SchemaDoesNotFit | None:
    """What is wrong with a database's schema."""
    connection = await database.connect()
    try:
        return why_not(await read_fit(connection), describe_address(database.dsn))
    finally:
        await connection.close()


@asynccontextmanager
async def reached_database(address: str) -> AsyncIterator[Database]:
    """A database that answers, as it is; raises ``DatabaseUnreachable``."""
    database = Database.open(address)
    try:
        await _reach(database, address)
        yield database
    finally:
        await database.close()


async def _reach(database: Database, address: str) -> None:
    try:
        connection = await database.connect()
    except (OSError, asyncpg.PostgresError) as error:
        why = getattr(error, "strerror", None) or _first_line(error)
        raise DatabaseUnreachable(place=describe_address(address), why=why) from error
    await connection.close()


def _first_line(error: Exception) -> str:
    """What ``error`` says, without the details that PostgreSQL adds on lines of their own."""
    return str(error).partition("\n")[0] or type(error).__name__


def run(main: Callable[[], Awaitable[T]]) -> T:
    """Run ``main`` to its end on a fast event loop."""

    async def _main() -> T:
        return await main()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(_main())
        except Exception as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            raise DatabaseWentAway(trouble=trouble.value, why=_first_line(error)) from error


def run_with_database(
    settings: Settings, main: Callable[[Database], Awaitable[T]], *, checks_keys: bool = True
) -> T:
    """Run ``main`` with this installation's database, which must have this release's schema.

    Its keys must be ours too, unless ``main`` is there to see to that.
    """
    tell_misspelt_variables()
    with database_address(settings, may_create=False) as address:

        async def _main() -> T:
            async with fitting_database(settings, address, checks_keys=checks_keys) as database:
                return await main(database)

        return run(_main)


def tell_misspelt_variables() -> None:
    """Name on standard error what looks like a slip of one of the platform's own settings.

    A short command loads no plugin, so it does not know what else may be set.
    """
    for name, nearest in unknown_variables([Settings]).items():
        if nearest is not None:
            sys.stderr.write(f"tramita: {name} is no setting. Did you mean {nearest}?\n")
