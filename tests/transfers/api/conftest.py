"""Fixtures of the tests of the platform's API: one web, with two tenants, for all tests of a module."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.transfers.api.platform import Platform, open_platform
from tests.transfers.house import open_house
from tests.web.conftest import running_site
from tramita.kit.embedded.postgres import EmbeddedPostgres


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def platform(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Platform]:
    """A house with its web."""
    async with (
        fresh_database(server) as url,
        running_site(url, tmp_path_factory.mktemp("transfers")) as site,
    ):
        yield await open_platform(site, await open_house(site.runtime.database))
