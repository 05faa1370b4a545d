"""The page to watch and break the simulated vendors on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.looks import LOOKS, SEEN, keep, looking
from tests.kept_simulators import SIMULATORS
from tramita.providers.gsim.simulator import make_simulator as gsim
from tramita.providers.qitech.simulator import make_simulator as qitech
from tramita.providers.sigan.simulator import make_simulator as sigan
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture
def vendors(tmp_path: Path) -> list[Simulator]:
    """Every vendor there is a simulator of."""
    settings = SimulatorSettings(keys_directory=tmp_path)
    return [SIMULATORS.make(make, settings) for make in (qitech, sigan, gsim)]


@pytest_asyncio.fixture(loop_scope="module")
async def url(vendors: list[Simulator]) -> AsyncIterator[str]:
    """Their page."""
    async with running_simulators(vendors) as url:
        yield url


class TestThePage:
    @pytest.mark.parametrize("look", [one for one in LOOKS if one in SEEN])
    async def test_shows_one_vendor_at_a_time_and_fits(
        self, url: str, browser: Browser, vendors: list[Simulator], look: str
    ) -> None:
        """Long facts wrap, and nothing lies over anything or beyond the screen."""
        async with looking(browser, look) as page:
            await page.goto(url)
            for vendor in vendors:
                await page.get_by_role("navigation").get_by_role("link", name=vendor.title).click()
                shown = page.locator("[data-vendor]:visible")
                await expect(shown).to_have_count(1)
                await expect(shown.get_by_role("heading", level=2)).to_contain_text(vendor.title)
                await expect(shown.locator("dd")).not_to_have_count(0)
                await keep(page, f"simulators-{look}-{vendor.key}")

    async def test_shows_what_is_on_and_that_a_press_worked(
        self, url: str, browser: Browser, vendors: list[Simulator]
    ) -> None:
        """The day that is played is marked, also for whoever opens the page later."""
        vendor = next(one for one in vendors if one.key == "qitech")
        [name, day] = next(iter(vendor.scenarios.items()))
        async with looking(browser, "desktop-light") as page:
            await page.goto(f"{url}/#qitech")
            button = page.get_by_role("button", name=day.title, exact=True).locator("visible=true")
            await expect(button).to_have_attribute("aria-pressed", "false")

            await button.click()

            await expect(page.locator("[role=status]:visible")).to_contain_text("done at")
            await expect(button).to_have_attribute("aria-pressed", "true")
            await page.reload()
            await expect(button).to_have_attribute("aria-pressed", "true")
            assert name == vendor.world.scenario

    async def test_asks_once_before_a_vendor_forgets(
        self, url: str, browser: Browser, vendors: list[Simulator]
    ) -> None:
        """Nothing is lost by one press."""
        vendor = next(one for one in vendors if one.key == "qitech")
        vendor.world.record("made", subject="A", request_id="r", data={})
        async with looking(browser, "phone-dark") as page:
            await page.goto(f"{url}/#qitech")
            begin = page.get_by_role("button", name="Start anew").locator("visible=true")
            await begin.click()
            dialog = page.get_by_role("dialog")
            await expect(dialog).to_contain_text("is forgotten")
            await keep(page, "simulators-asked")
            await dialog.get_by_role("button", name="Leave it as it is").click()
            assert vendor.world.ledger.rows()

            await begin.click()
            await dialog.get_by_role("button", name="Start anew").click()

            await expect(page.locator("[role=status]:visible")).to_contain_text("done at")
            assert not vendor.world.ledger.rows()
