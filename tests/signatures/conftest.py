"""Fixtures: a house that has contracts signed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.signatures.signing import Signing, running_signing
from tramita.kit.database.engine import Database


@pytest.fixture
async def signing(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Signing]:
    """Web, worker and the signing service, talking over HTTP in both directions."""
    async with running_signing(database, database_url, tmp_path) as signing:
        yield signing
