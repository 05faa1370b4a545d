"""Fixtures of the tests of transfers: one house, and one desk with 1C, for all tests of a module."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.databases import opened
from tests.transfers.desk import QUICK, Desk, open_desk
from tests.transfers.house import House, open_house
from tramita.kit.embedded.postgres import EmbeddedPostgres


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(server: EmbeddedPostgres) -> AsyncIterator[House]:
    """Two tenants with their agents."""
    async with fresh_database(server) as url, opened(url) as database:
        yield await open_house(database)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A desk for all tests of a module, where no busy machine makes 1C late."""
    async with open_desk(server, tmp_path_factory.mktemp("desk"), deadline="20") as desk:
        yield desk


@pytest.fixture
def impatient(shared_desk: Desk) -> Iterator[None]:
    """1C answers soon or not at all, as tests want it in which it is silent."""
    with shared_desk.impatient():
        yield


@pytest.fixture
def slow_office(shared_desk: Desk) -> Iterator[None]:
    """1C may be silent, or at work, for as long as a test takes, or until that says ``configure(QUICK)``."""
    slow = QUICK.model_copy(update={"grace": 600.0})
    shared_desk.world.runtime.configure(slow)
    yield
    shared_desk.world.runtime.configure(QUICK)


@pytest_asyncio.fixture(loop_scope="module")
async def desk(shared_desk: Desk) -> AsyncIterator[Desk]:
    """The desk; when a test is over 1C is well, and nothing is left to do."""
    yield shared_desk
    await shared_desk.onec.mend()
    await shared_desk.onec.act(is_idempotent=True, licences=1000, is_exclusive=False, posting="")
    await shared_desk.world.until_at_rest()
