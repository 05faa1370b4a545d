"""Fixtures: a house with a bot in a messenger in memory; what it promises holds when a test is over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.messenger import BACKEND, House, Listener, Messenger, house_at
from tramita.chats.check import check_chats
from tramita.contracts.backends import remove_backend
from tramita.kit.database.engine import Database
from tramita.kit.findings import Verdict


@pytest.fixture
async def house(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """A process whose chats are about nothing but themselves."""
    monkeypatch.setenv("TRAMITA_CHATS_BACKEND", BACKEND)
    house = house_at(database, Messenger(), Listener(), tmp_path)
    yield house
    remove_backend(BACKEND)
    broken = [one for one in await check_chats(house.runtime) if one.verdict is not Verdict.KEPT]
    assert [] == broken
