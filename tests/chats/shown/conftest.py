"""The API and the console beside a chat in which something did not arrive."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest
import pytest_asyncio

from tests.chats.story import converse
from tests.console.conftest import ana, site, stranger
from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.web.conftest import Site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account

__all__ = ["ana", "site", "stranger"]
NAME = "Klavdia Quartzberg"


@dataclass(frozen=True, slots=True)
class Talk:
    """A chat, and what was refused there."""

    site: Site
    chat: UUID
    refused: UUID


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(site: Site, tmp_path_factory: pytest.TempPathFactory) -> UUID:
    """A client has written, edited and attached, and we have answered."""
    return await converse(site.runtime.database, tmp_path_factory.mktemp("talk"), NAME)


@pytest_asyncio.fixture(loop_scope="module")
async def talk(site: Site, chat: UUID) -> Talk:
    """Of two messages of ours the last was refused."""
    async with site.runtime.database.unit_of_work() as work:
        await work.fetch("DELETE FROM chat_attempts")
        await work.fetch("DELETE FROM chat_imports")
        [row] = await work.fetch(
            "UPDATE chat_deliveries SET state = 'refused' WHERE id = "
            "(SELECT max(id::text)::uuid FROM chat_deliveries) RETURNING id"
        )
        await work.fetch(
            "INSERT INTO chat_attempts (delivery_id, number, started_at, error, answer) "
            "VALUES ($1, 1, now(), 'message is too long', '')",
            row["id"],
        )
    return Talk(site, chat, row["id"])


@pytest_asyncio.fixture(loop_scope="module")
async def viewer(site: Site) -> AsyncIterator[Visitor]:
    """A browser of somebody who may look, and no more."""
    async with site.runtime.database.unit_of_work() as work:
        await create_account(work, "viewer@example.com", PASSWORD, Role.VIEWER)
    async with visiting(site.url) as visitor:
        assert 303 == (await visitor.sign_in("viewer@example.com")).status
        yield visitor
