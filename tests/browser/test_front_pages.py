"""The pages that belong to no area, as a browser shows them: the first one, the API's, and errors."""

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.looks import SCREENS, SEEN, keep, looking
from tests.web.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NOBODYS = "00000000-0000-4000-8000-000000000000"


async def cut_off(page: Page, url: str) -> list[str]:
    """Let a page reach its own site alone; answers the sites that it asks, as they come."""
    asked: list[str] = []

    async def let_through(route: Route) -> None:
        scheme, _, host, *_ = route.request.url.split("/")
        asked.append(f"{scheme}//{host}")
        await (route.continue_() if asked[-1] == url else route.abort())

    await page.route("**/*", let_through)
    return asked


class TestEverybody:
    @pytest.mark.parametrize("look", SCREENS)
    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("first", "/"),
            ("nowhere", "/nowhere"),
            ("no-envelope", f"/formalizacao/{NOBODYS}"),
            ("no-preview", f"/numbering/demo/{NOBODYS}"),
            ("console-nowhere", "/console/nowhere"),
            ("sign-in", "/console/login"),
        ],
    )
    async def test_can_use_the_page(
        self, site: Site, browser: Browser, look: str, name: str, path: str
    ) -> None:
        """One heading says what it is; it fits, and nothing keeps anybody out."""
        async with looking(browser, look) as page:
            await page.goto(site.url + path)

            await expect(page.get_by_role("heading", level=1)).to_have_count(1)
            await expect(page.get_by_role("main")).to_have_count(1)
            await keep(page, f"front-{name}-{look}")

    @pytest.mark.parametrize("look", SEEN)
    async def test_can_read_the_api(self, site: Site, browser: Browser, look: str) -> None:
        """Its head, and one entry of the many that are alike; nothing of it is from elsewhere."""
        async with looking(browser, look) as page:
            asked = await cut_off(page, site.url)
            await page.goto(f"{site.url}/schema", wait_until="networkidle")
            await expect(page.locator("#form-ContractAnswer")).to_have_count(1)
            assert {site.url} == set(asked)
            await page.evaluate(
                "document.querySelectorAll('.chapter ~ .chapter').forEach((one) => one.remove())"
            )
            await keep(page, f"front-api-{look}")
