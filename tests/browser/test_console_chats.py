"""The console's pages of chats in a real Chromium."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.looks import SCREENS, keep, looking
from tests.browser.operators import sign_in, site
from tests.chats.story import converse
from tests.web.conftest import Site

__all__ = ["site"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]
NAME = "ООО «Внешнеторговая компания Северо-Западного региона»"


@pytest.mark.parametrize("look", SCREENS)
async def test_an_operator_reads_a_chat_and_sends_something_again(
    site: Site, browser: Browser, look: str
) -> None:
    """From an empty list to a chat with a long name, what was said there, and what did not arrive."""
    database = site.runtime.database
    async with looking(browser, look) as page:
        await sign_in(page, site.url, "/console/chats")
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
