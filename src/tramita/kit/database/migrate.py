"""Bringing a database up to date: Alembic's migrations, then the queue's own tables."""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from tramita.kit.database.engine import Database
from tramita.kit.jobs import install_queue
from tramita.kit.jobs.held import run_what_the_database_held

# Any number agreed on by all processes: one of them migrates, the others wait.
_MIGRATION_LOCK = 7_261_001


def migrations_directory() -> Path:
    """Where the migrations are: inside the installed package, or beside the sources."""
    packaged = Path(str(files("tramita") / "migrations"))
    return packaged if packaged.is_dir() else Path(__file__).parents[4] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_directory()))
    return config


async def migrate(database: Database) -> None:
    """Apply what is missing. Safe to call from many processes at once."""
    gate = await database.connect()
    try:
        await gate.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
        async with database.engine.connect() as connection:
            # All or nothing; by itself a connection of the pool is in no transaction.
            await connection.execution_options(isolation_level="READ COMMITTED")
            async with connection.begin():
                await connection.run_sync(_upgrade)
        await install_queue(gate)
        await run_what_the_database_held(gate)
    finally:
        await gate.close()


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def is_migrated(database: Database) -> bool:
    """Whether the database is at the newest migration this code knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    async with database.engine.connect() as connection:
        current = await connection.run_sync(
            lambda sync: MigrationContext.configure(sync).get_current_revision()
        )
    return current == head
