"""The first page of the console in a real Chromium, over contracts on every journey."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.looks import SEEN, keep, looking
from tests.browser.operators import sign_in
from tests.console.conftest import ANA
from tests.console.standing import add_operation
from tests.contracts.test_console import site
from tests.web.conftest import Site

__all__ = ["site"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]


class TestTheOverview:
    @pytest.mark.parametrize("look", SEEN)
    async def test_stands_on_every_screen(self, site: Site, browser: Browser, look: str) -> None:
        """Nothing sticks out, nothing is in anybody's way, and a figure leads to its list."""
        await add_operation(site.runtime.database, reason="HTTP 503")
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console", ANA)
            await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
            await keep(page, f"console-{look}-overview")

            await page.locator(".stops li:not(.soft) a").first.click()

            await expect(page.get_by_role("heading", name="Contracts")).to_be_visible()
