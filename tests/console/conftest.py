"""The console behind a real socket, one for all tests of a module; a browser for each."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from tests.conftest import fresh_database, hashing_quickly
from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.web.conftest import Site, running_site
from tests.web.conftest import written as written  # noqa: PLC0414 - a fixture
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres

ANA = "ana@example.com"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """The web with one account, Ana's."""
    async with AsyncExitStack() as stack:
        stack.enter_context(hashing_quickly())
        url = await stack.enter_async_context(fresh_database(server))
        folder = tmp_path_factory.mktemp("site")
        site = await stack.enter_async_context(running_site(url, folder))
        async with site.runtime.database.unit_of_work() as work:
            await create_account(work, ANA, PASSWORD, Role.OPERATOR)
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def stranger(site: Site) -> AsyncIterator[Visitor]:
    """A browser nobody has signed in with."""
    async with visiting(site.url) as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def ana(site: Site) -> AsyncIterator[Visitor]:
    """A browser Ana has signed in with."""
    async with visiting(site.url) as visitor:
        assert 303 == (await visitor.sign_in(ANA)).status
        yield visitor
