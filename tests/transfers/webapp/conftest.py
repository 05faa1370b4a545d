"""Fixtures of the tests of the Mini App's API: one lobby for all tests of a module."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.transfers.house import open_house
from tests.transfers.webapp.lobby import Lobby
from tests.web.conftest import running_site
from tramita.kit.embedded.postgres import EmbeddedPostgres


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lobby(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Lobby]:
    """A master tenant with agents, and the web without a worker or a messenger."""
    async with (
        fresh_database(server) as url,
        running_site(url, tmp_path_factory.mktemp("lobby")) as site,
    ):
        yield Lobby(site, await open_house(site.runtime.database))
