"""The console beside a platform with orders, and people of every role."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.console.conftest import ana, site, stranger
from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.orders.campus import Campus
from tests.web.conftest import Site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account

__all__ = ["ana", "site", "stranger"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def campus(site: Site) -> Campus:
    """A platform at the console's site."""
    async with site.runtime.database.unit_of_work() as work:
        for role in (Role.VIEWER, Role.ADMIN):
            await create_account(work, f"{role}@example.com", PASSWORD, role)
    return Campus(site)


@pytest_asyncio.fixture(loop_scope="module")
async def viewer(campus: Campus) -> AsyncIterator[Visitor]:
    """A browser of somebody who may look."""
    async with visiting(campus.site.url) as visitor:
        assert 303 == (await visitor.sign_in("viewer@example.com")).status
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def admin(campus: Campus) -> AsyncIterator[Visitor]:
    """A browser of an admin."""
    async with visiting(campus.site.url) as visitor:
        assert 303 == (await visitor.sign_in("admin@example.com")).status
        yield visitor


@pytest.fixture(autouse=True)
def has_campus(campus: Campus) -> None:
    """Every module's accounts are there."""
