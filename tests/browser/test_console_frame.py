"""The frame of the console in a real Chromium: languages, live parts, keys, every width and scheme."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.accessibility import find_barriers
from tests.browser.looks import SEEN, follow, keep, looking
from tests.browser.operators import press_for_room, sign_in, site
from tests.console.standing import add_operation
from tests.web.conftest import Site

__all__ = ["site"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]


@pytest_asyncio.fixture(loop_scope="module")
async def page(site: Site, browser: Browser) -> AsyncIterator[Page]:
    """Ana's page on a wide screen, of a console where three operations wait for her."""
    for _ in range(3):
        await add_operation(site.runtime.database, age=timedelta(hours=1))
    async with looking(browser, "desktop-light") as page:
        await sign_in(page, site.url)
        await expect(page.get_by_role("heading", name="Operations")).to_be_visible()
        await page.wait_for_load_state("load")  # Its scripts have run.
        yield page


class TestTheFrame:
    @pytest.mark.parametrize("look", SEEN)
    async def test_stands_in_every_width_scheme_and_language(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """No barrier by axe's rules, and nothing to scroll sideways."""
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/me")
            for language in ("", "pt", "ru"):
                await page.locator("#language").select_option(language)
                await follow(page, page.locator(".settings button"))
                await expect(page.get_by_role("status")).to_be_visible()
                await page.locator(".who summary").click()
                await keep(page, f"console-{look}-frame-{language or 'en'}")

                assert [] == await find_barriers(page)
                assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                    language
                )

    async def test_is_up_to_date_without_a_reload(self, site: Site, page: Page) -> None:
        """What is new comes in; what is focused, ticked or opened stays so."""
        await page.clock.install()
        await page.reload()
        await page.locator(".who summary").click()
        focused = page.get_by_role("link", name="Insert proposal").nth(1)
        await focused.focus()
        await add_operation(site.runtime.database, age=timedelta(minutes=1))

        await page.clock.fast_forward(20_000)

        await expect(page.get_by_role("link", name="Insert proposal")).to_have_count(4)
        await expect(page.locator(".rooms .count").first).to_have_text("4")
        await expect(focused).to_be_focused()
        await expect(page.locator("details.who")).to_have_attribute("open", "")

    async def test_says_when_it_is_not(self, site: Site, page: Page) -> None:
        """Since when, as long as nobody answers, or nobody is signed in; what is shown stays."""
        await page.clock.install()
        await page.reload()
        stale, shown = page.locator("#stale"), page.get_by_role("link", name="Insert proposal")
        await expect(stale).to_be_hidden()

        await page.route("**/console/operations*", lambda route: route.abort())
        await page.clock.fast_forward(20_000)
        await expect(stale).to_contain_text("The server does not answer")
        await expect(page.locator("#announcer")).to_contain_text("The server does not answer")
        await expect(shown.first).to_be_visible()
        await keep(page, "console-desktop-light-away")

        await page.unroute("**/console/operations*")
        await page.clock.fast_forward(60_000)
        await expect(stale).to_be_hidden()

        await page.context.clear_cookies()
        await page.clock.fast_forward(60_000)
        await expect(stale).to_contain_text("Your session has ended")


class TestTheKeyboard:
    async def test_goes_from_row_to_row_and_to_rooms(self, page: Page) -> None:
        """And says which keys there are."""
        links = page.get_by_role("link", name="Insert proposal")
        await page.keyboard.press("j")
        await expect(links.first).to_be_focused()
        await page.keyboard.press("j")
        await page.keyboard.press("k")
        await expect(links.first).to_be_focused()

        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        assert [] == await find_barriers(page)
        await page.keyboard.press("Escape")

        await press_for_room(page, "j")
        await expect(page.get_by_role("heading", name="Held jobs")).to_be_visible()

    async def test_ticks_and_opens_a_row(self, page: Page, site: Site) -> None:
        """A case among like ones: ticked, left as it is, opened; Escape closes a menu."""
        await page.goto(f"{site.url}/console/attention")
        await page.wait_for_load_state("load")
        await page.keyboard.press("j")
        await expect(page.locator(".lines h2 a").first).to_be_focused()
        await page.keyboard.press("Enter")
        ticks = page.get_by_role("checkbox")
        await expect(ticks).to_have_count(3)
        await page.wait_for_load_state("load")

        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await page.keyboard.press("x")
        await expect(ticks.nth(1)).to_be_checked()
        await expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
        await page.keyboard.press("x")
        await expect(ticks.nth(1)).not_to_be_checked()

        await page.locator(".who summary").click()
        await page.keyboard.press("Escape")
        await expect(page.locator("details.who")).not_to_have_attribute("open", "")
        await expect(page.locator(".who summary")).to_be_focused()
        await page.locator(".lines h2 a").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="What you can do")).to_be_visible()

    async def test_is_left_alone_where_somebody_turns_it_off(self, page: Page, site: Site) -> None:
        """Nor while they type."""
        await page.goto(f"{site.url}/console/me")
        await page.locator("#time_zone").focus()
        await page.keyboard.press("g")
        await page.keyboard.press("j")
        assert "gj" == await page.locator("#time_zone").input_value()
        await page.locator("#time_zone").fill("")
        await page.get_by_label("Shortcuts of one key").uncheck()
        await page.get_by_role("button", name="Keep").click()
        await expect(page.get_by_role("status")).to_be_visible()

        await page.wait_for_load_state("load")
        await page.keyboard.press("?")

        assert 0 == await page.get_by_role("dialog").count()
