"""The console's pages of chats in a real Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.looks import LOOKS, SEEN, keep, looking
from tests.browser.test_console import EMAIL, sign_in
from tests.chats.story import converse
from tests.conftest import fresh_database
from tests.console.visitor import PASSWORD
from tests.web.conftest import Site, running_site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]
SCREENS = [
    *SEEN,
    *(pytest.param(look, marks=pytest.mark.soak) for look in sorted(LOOKS.keys() - SEEN)),
]
NAME = "ООО «Внешнеторговая компания Северо-Западного региона»"


@pytest_asyncio.fixture(loop_scope="module")
async def site(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Site]:
    """The web with an operator's account, and no chat."""
    async with fresh_database(server) as url, running_site(url, tmp_path) as site:
        async with site.runtime.database.unit_of_work() as work:
            await create_account(work, EMAIL, PASSWORD, Role.OPERATOR)
        yield site


@pytest.mark.parametrize("look", SCREENS)
async def test_an_operator_reads_a_chat_and_sends_something_again(
    site: Site, browser: Browser, look: str
) -> None:
    """From an empty list to a chat with a long name, what was said there, and what did not arrive."""
    database = site.runtime.database
    async with looking(browser, look) as page:
        await sign_in(page, site, "/console/chats")
        await expect(page.get_by_text("Our bot was not added to any group yet.")).to_be_visible()
        await converse(database, site.runtime.settings.data_dir, NAME)
        await database.fetch("UPDATE chat_deliveries SET state = 'unknown'")
        await page.reload()
        await keep(page, f"console-chats-{look}-1-list")
        await page.get_by_role("link", name=NAME).click()
        await expect(page.get_by_text(f"I am still {NAME}")).to_be_visible()
        await keep(page, f"console-chats-{look}-2-chat")

        again = page.get_by_role("button", name="Send again")
        await again.first.click()

        await expect(again).to_have_count(1)
