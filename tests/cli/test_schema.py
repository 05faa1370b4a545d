"""What commands and processes do on a database whose schema is not theirs."""

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from tests.cli.conftest import Run
from tests.world import until
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import _MIGRATION_LOCK

RUN = "from tramita.cli.main import main; main()"


async def _set_version(database: Database, version: str) -> str:
    """Say that the schema has this version; answers which it had."""
    async with database.unit_of_work() as work:
        [row] = await work.fetch("SELECT version_num FROM alembic_version FOR UPDATE")
        await work.fetch("UPDATE alembic_version SET version_num = $1", version)
    before: str = row["version_num"]
    return before


class TestACommand:
    @pytest.mark.parametrize("command", ["migrate", "check", "tokens list", "worker --drain"])
    async def test_ends_with_a_sentence_and_a_code_of_its_own(
        self, database: Database, tramita: Run, command: str
    ) -> None:
        """On a schema of a newer release; nothing of the tools beneath is shown."""
        await _set_version(database, "9999")

        code, _, errors = await tramita(*command.split(), mode="production")

        assert 4 == code
        assert "has a schema that this release does not know" in errors
        assert "Traceback" not in errors

    async def test_changes_no_schema_in_production(self, database: Database, tramita: Run) -> None:
        """Only `tramita migrate` does; the demo's commands do it by themselves."""
        await _set_version(database, "0001")

        code, _, errors = await tramita("tokens", "list", mode="production")

        assert 4 == code
        assert errors.endswith("run `tramita migrate` first.\n")
        assert "0001" == await _set_version(database, "0001")


class TestAProcess:
    @pytest.mark.parametrize("version", ["0001", "9999"])
    async def test_waits_until_the_schema_is_its_own(
        self, database: Database, database_url: str, tmp_path: Path, version: str
    ) -> None:
        """It says so once, serves when a migration is done, and stops when told to."""
        own = await _set_version(database, version)
        process = await _start_web(database_url, tmp_path)

        async with asyncio.timeout(300):
            waiting = await _read_until(process, "waiting_for_schema")
            await _set_version(database, own)
            serving = await _read_until(process, "Tramita: http://")
            process.terminate()
            code = await process.wait()

        assert 0 == code
        assert "Tramita: http://" not in waiting
        assert "waiting_for_schema" not in serving

    async def test_outlives_the_loss_of_its_database_while_it_migrates(
        self, database: Database, database_url: str, tmp_path: Path
    ) -> None:
        """It says so, and begins again."""
        gate = await database.connect()
        await gate.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
        process = await _start_web(database_url, tmp_path, MODE="demo")

        await until(partial(_is_ended, gate), deadline=300)
        async with asyncio.timeout(300):
            waiting = await _read_until(process, "waiting_for_schema")
            await gate.close()
            await _read_until(process, "Tramita: http://")
            process.terminate()
            code = await process.wait()

        assert 0 == code
        assert "Tramita: http://" not in waiting


async def _is_ended(gate: asyncpg.Connection) -> bool:
    """End whoever waits for the migration to begin; false when nobody does yet."""
    ended = await gate.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND query LIKE '%advisory_lock%' "
        "AND pid <> pg_backend_pid()"
    )
    return bool(ended)


async def _start_web(address: str, folder: Path, **more: str) -> asyncio.subprocess.Process:
    settings = {"DATABASE_URL": address, "PORT": "0", "DATA_DIR": str(folder), **more}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUN, "web"),
        env=os.environ | {f"TRAMITA_{name}": value for name, value in settings.items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def _read_until(process: asyncio.subprocess.Process, words: str) -> str:
    """What a process says up to and with the line that has these words."""
    assert process.stdout is not None
    said = ""
    while words not in said:
        line = await process.stdout.readline()
        assert line, said
        said += line.decode()
    return said
