"""Worlds for journeys; each proves its invariants when its test is over.

Nothing that it wrote, or kept to be read, tells who a client is or how to act as one of us.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.processes import Processes, processes
from tests.secrecy import leaks_in_log, leaks_in_tables
from tests.world import World, running_world
from tramita.kit.database.engine import Database


@pytest.fixture
async def world(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Simulators and Tramita; the invariants hold in the end."""
    async with running_world(database, database_url, tmp_path) as world:
        yield world
        await world.end_well()


@pytest.fixture
async def impatient_world(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """A world whose calls to the provider may take two seconds."""
    monkeypatch.setenv("TRAMITA_QITECH_DEADLINE", "2")
    async with running_world(database, database_url, tmp_path) as world:
        yield world
        await world.end_well()


@pytest.fixture
async def tramita(
    database: Database, database_url: str, tmp_path: Path
) -> AsyncIterator[Processes]:
    """Simulators, and no process of Tramita yet; whatever is started is killed in the end."""
    async with processes(database, database_url, tmp_path) as running:
        yield running
        assert [] == leaks_in_log(running.written())
        assert [] == await leaks_in_tables(database)
