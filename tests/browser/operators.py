"""An operator at the console: the site with her account, how she signs in and goes about."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page

from tests.conftest import fresh_database
from tests.console.visitor import PASSWORD
from tests.web.conftest import Site, running_site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres

EMAIL = "ana@example.com"


@pytest_asyncio.fixture(loop_scope="module")
async def site(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Site]:
    """The web with Ana's account and nothing else, on the browser's loop."""
    async with fresh_database(server) as url, running_site(url, tmp_path) as site:
        async with site.runtime.database.unit_of_work() as work:
            await create_account(work, EMAIL, PASSWORD, Role.OPERATOR)
        yield site


async def sign_in(
    page: Page, url: str, path: str = "/console/operations", email: str = EMAIL
) -> None:
    """Sign in on the way to a page, whatever the language is."""
    await page.goto(url + path)
    await page.locator("input[name=email]").fill(email)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("form button.button").click()
    # A click does not wait for the page that its answer leads to.
    await page.wait_for_url(lambda url: "/console/login" not in url)


async def press_for_room(page: Page, letter: str) -> None:
    """Press g and a room's letter within the moment that makes one of the two, however slow it is."""
    await page.clock.set_fixed_time(datetime.now(UTC))
    await page.keyboard.press("g")
    await page.keyboard.press(letter)
