"""Fixtures of the tests of orders: a platform behind a real socket, one for a module."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.orders.campus import Campus
from tests.web.conftest import running_site
from tramita.kit.embedded.postgres import EmbeddedPostgres


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def campus(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Campus]:
    """A platform that offers nothing yet."""
    async with (
        fresh_database(server) as url,
        running_site(url, tmp_path_factory.mktemp("campus")) as site,
    ):
        yield Campus(site)
