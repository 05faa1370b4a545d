"""Fixtures of the tests of transfers: one house for all tests of a module."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.conftest import fresh_database
from tests.transfers.house import House, open_house
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(server: EmbeddedPostgres) -> AsyncIterator[House]:
    """Two tenants with their agents."""
    async with fresh_database(server) as url:
        database = Database.open(url)
        yield await open_house(database)
        await database.close()
