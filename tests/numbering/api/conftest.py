"""The web alone, for what is answered without any provider."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.web.conftest import Site, running_site
from tramita.kit.embedded.postgres import EmbeddedPostgres


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """The web behind a real socket, one for all tests of a module."""
    async with (
        fresh_database(server) as url,
        running_site(url, tmp_path_factory.mktemp("desk")) as site,
    ):
        yield site
