"""Fixtures: a post office, and the mail server that it brings e-mails to."""

from collections.abc import AsyncIterator

import pytest

from tests.kit.mail.post import PostOffice, running_post_office
from tramita.kit.database.engine import Database


@pytest.fixture
async def office(database: Database) -> AsyncIterator[PostOffice]:
    """A post office, and a mail server that takes everything."""
    async with running_post_office(database) as office:
        yield office
