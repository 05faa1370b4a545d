"""Bringing a database up to date: Alembic's migrations, then the queue's own tables."""

import asyncio
from functools import partial
from typing import Final

import asyncpg
from alembic import command
from sqlalchemy import Connection

from tramita.kit.database.engine import Database, describe_address
from tramita.kit.database.schema import Fit, migrations_config, read_fit, why_not
from tramita.kit.encryption.keys import Keyring
from tramita.kit.jobs import install_queue
from tramita.kit.jobs.held import run_what_the_database_held

# Any number agreed on by all processes: one of them migrates, the others wait.
_MIGRATION_LOCK: Final = 7_261_001
# Seconds until they look again.
_LOOKING: Final = 0.2


async def migrate(database: Database) -> None:
    """Apply what is missing, one migration after the other; again goes on where it ended.

    Safe to call from many processes at once.

    Raises ``SchemaDoesNotFit`` where a newer release was here, or nobody knows which.
    """
    gate = await database.connect()
    try:
        await _take_turn(gate)
        fit = await read_fit(gate)
        if fit in {Fit.AHEAD, Fit.LOST} and (error := why_not(fit, describe_address(database.dsn))):
            raise error
        async with database.engine.connect() as connection:
            # By itself it is in no transaction, so that each migration begins one of its own.
            await connection.execution_options(isolation_level="READ COMMITTED")
            await connection.run_sync(partial(_upgrade, keys=database.keys))
        await install_queue(gate)
        await run_what_the_database_held(gate)
    finally:
        await gate.close()


async def _take_turn(gate: asyncpg.Connection) -> None:
    """Wait until nobody else migrates.

    In no statement: whoever makes an index waits for all that are under way, also for one that waits
    for him.
    """
    while not await gate.fetchval("SELECT pg_try_advisory_lock($1)", _MIGRATION_LOCK):  # noqa: ASYNC110 - of this nobody is told
        await asyncio.sleep(_LOOKING)


def _upgrade(connection: Connection, *, keys: Keyring) -> None:
    config = migrations_config()
    config.attributes |= {"connection": connection, "keys": keys}
    command.upgrade(config, "head")
