"""The console beside a house with applications, and people of every role."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.console.conftest import ana, site, stranger
from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.transfers.house import House, open_house
from tests.web.conftest import Site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account

__all__ = ["ana", "site", "stranger"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(site: Site) -> House:
    """Two tenants at the console's site."""
    return await open_house(site.runtime.database)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(site: Site) -> str:
    """Where people of every role may sign in."""
    async with site.runtime.database.unit_of_work() as work:
        for role in (Role.VIEWER, Role.ADMIN):
            await create_account(work, f"{role}@example.com", PASSWORD, role)
    return site.url


@pytest_asyncio.fixture(loop_scope="module")
async def viewer(address: str) -> AsyncIterator[Visitor]:
    """A browser of somebody who may look."""
    async with visiting(address) as visitor:
        assert 303 == (await visitor.sign_in("viewer@example.com")).status
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def admin(address: str) -> AsyncIterator[Visitor]:
    """A browser of an admin."""
    async with visiting(address) as visitor:
        assert 303 == (await visitor.sign_in("admin@example.com")).status
        yield visitor
