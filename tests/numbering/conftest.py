"""A world for numbering; what numbering promises holds when a test is over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.numbering.numbers import Numbers
from tests.secrecy import leaks_in_tables
from tests.world import running_world
from tramita.kit.database.engine import Database


@pytest.fixture
async def numbers(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Numbers]:
    """Simulators and Tramita, where a call to Sigan may take half a second."""
    monkeypatch.setenv("TRAMITA_SIGAN_DEADLINE", "0.5")
    async with running_world(database, database_url, tmp_path, dequeue_timeout=0.2) as world:
        numbers = await Numbers.begin(world)
        yield numbers
        await numbers.settle()
        assert [] == await numbers.broken()
        assert [] == await leaks_in_tables(database)
