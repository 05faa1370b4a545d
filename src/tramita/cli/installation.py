"""Reaching this installation's database, embedded or given."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import uvloop

from tramita.kit.database.embedded import EmbeddedPostgres
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.settings import Settings

T = TypeVar("T")


@contextmanager
def database_address(settings: Settings) -> Iterator[str]:
    """The address of the database; starts the embedded one when none was given."""
    if settings.database_url:
        yield settings.database_url
        return
    embedded = EmbeddedPostgres.start(settings.data_dir / "postgres")
    try:
        yield embedded.url()
    finally:
        embedded.close()


@asynccontextmanager
async def migrated_database(address: str) -> AsyncIterator[Database]:
    """A database brought up to date."""
    database = Database.open(address)
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()


def run(main: Callable[[], Awaitable[T]]) -> T:
    """Run ``main`` to its end on a fast event loop."""

    async def _main() -> T:
        return await main()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_main())


def run_with_database(settings: Settings, main: Callable[[Database], Awaitable[T]]) -> T:
    """Run ``main`` with this installation's database, migrated."""
    with database_address(settings) as address:

        async def _main() -> T:
            async with migrated_database(address) as database:
                return await main(database)

        return run(_main)
