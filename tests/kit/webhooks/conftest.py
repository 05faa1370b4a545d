"""Fixtures: a receiver behind a real socket, and whoever delivers to it."""

from collections.abc import AsyncIterator

import pytest

from tests.kit.webhooks.receivers import Office, Receiver, running_office, running_receiver
from tramita.kit.database.engine import Database


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that says yes."""
    async with running_receiver() as receiver:
        yield receiver


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    """A process that emits and delivers."""
    async with running_office(database) as office:
        yield office
