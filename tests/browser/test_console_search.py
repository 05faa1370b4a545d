"""The console's search in a real Chromium."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.looks import SCREENS, keep, looking
from tests.browser.operators import sign_in, site
from tests.web.conftest import Site
from tests.world import envelope
from tramita.kit.finding import MOST

__all__ = ["site"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]
CPF = "165.145.480-91"


async def type_in(page: Page, text: str) -> None:
    """By the keyboard alone."""
    await page.wait_for_load_state("load")  # Its scripts have run.
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox", name="Search for anything")).to_be_focused()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("look", SCREENS)
async def test_an_operator_finds_a_client_from_the_keyboard(
    site: Site, browser: Browser, look: str
) -> None:
    """One, several, none and too many; nothing typed stands in an address, a title or the history."""
    made = await site.ask("POST", "/api/v1/envelopes", json=envelope(portabilities=2))
    first = made.body["contracts"][0]["number"]
    async with looking(browser, look) as page:
        await sign_in(page, site.url, "/console/contracts")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await type_in(page, CPF)
        await expect(page.get_by_text("Contract of this client")).to_have_count(2)
        known = await page.evaluate(
            "[document.title, document.referrer, location.href, JSON.stringify(history.state),"
            " ...performance.getEntries().map((one) => one.name)].join(' ')"
        )
        assert "165" not in known.replace(site.url, "")
        await keep(page, f"console-search-{look}-1-found")

        found = page.url
        await page.wait_for_load_state("load")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="What happened")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_text("Contract of this client")).to_have_count(2)

        await type_in(page, "nobody knows this")
        await expect(page.get_by_text("What can be typed")).to_be_visible()
        await keep(page, f"console-search-{look}-2-nothing")

        await site.ask("POST", "/api/v1/envelopes", json=envelope(portabilities=MOST))
        await type_in(page, CPF)
        await expect(page.get_by_text("There may be more")).to_be_visible()
        await keep(page, f"console-search-{look}-3-too-many")

        await site.runtime.database.fetch("DELETE FROM searches")
        await page.goto(found)
        await expect(page.get_by_role("alert")).to_contain_text("This search is over")
        await keep(page, f"console-search-{look}-4-over")

        await type_in(page, first)
        await expect(page.get_by_role("heading", name="What happened")).to_be_visible()


async def test_what_was_found_is_not_looked_for_again(site: Site, browser: Browser) -> None:
    """However long its page is open; Escape leaves what was typed."""
    await site.ask("POST", "/api/v1/envelopes", json=envelope(portabilities=2))
    async with looking(browser, "desktop-light") as page:
        await page.clock.install()
        await sign_in(page, site.url, "/console/me")
        await type_in(page, CPF)
        await expect(page.get_by_text("Contract of this client")).to_have_count(2)
        await page.wait_for_load_state("load")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))

        await page.clock.fast_forward(60_000)
        await page.keyboard.press("/")
        await page.keyboard.type("something else")
        await page.keyboard.press("Escape")

        await expect(page.get_by_role("searchbox")).to_have_value("")
        assert [] == [one for one in asked if "/console/" in one]


@pytest.mark.parametrize("language", ["en", "pt", "ru"])
async def test_its_field_stands_beside_the_account(
    site: Site, browser: Browser, language: str
) -> None:
    """On a usual screen both are in one line, and there is room for what is typed."""
    async with looking(browser, "desktop-light", locale=language) as page:
        await sign_in(page, site.url, "/console/login")
        field, account = [
            await page.locator(one).evaluate("one => one.getBoundingClientRect().toJSON()")
            for one in (".seek", ".who")
        ]
        assert abs(field["top"] - account["top"]) < 10
        assert field["width"] > 320
