"""Fixtures: a house that has contracts signed; what it promises holds when a test is over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.databases import opened
from tests.signatures.signing import Signing, running_signing
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_signing(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Signing]:
    """One house for all tests of a module, where no busy machine makes the service late."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAMITA_LEXPERSONA_DEADLINE", "10")
        async with fresh_database(server) as url, opened(url) as database:
            folder = tmp_path_factory.mktemp("signing")
            async with running_signing(database, url, folder) as signing:
                yield signing


@pytest_asyncio.fixture(loop_scope="module")
async def signing(shared_signing: Signing) -> AsyncIterator[Signing]:
    """The house without contracts, and a service that knows of none."""
    await shared_signing.begin_anew()
    yield shared_signing
    await shared_signing.service.mend()
    await shared_signing.until_at_rest()
    assert [] == await shared_signing.broken()


@pytest.fixture
async def signing_of_its_own(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Signing]:
    """A house for one test, which may move its time."""
    monkeypatch.setenv("TRAMITA_LEXPERSONA_DEADLINE", "10")
    async with running_signing(database, database_url, tmp_path) as signing:
        yield signing
        await signing.service.mend()
        await signing.until_at_rest()
        assert [] == await signing.broken()
