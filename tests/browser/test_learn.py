"""The learners' pages in a real Chromium: the whole way, by hand, on every screen."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.learning import reading, school_apart, shows
from tests.journeys.school import School
from tramita.kit.embedded.postgres import EmbeddedPostgres

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_school(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[School]:
    """One school for all tests of this module."""
    async with school_apart(server, tmp_path_factory.mktemp("learn")) as school:
        yield school


@pytest_asyncio.fixture(loop_scope="module")
async def school(shared_school: School) -> AsyncIterator[School]:
    """The school, with everybody well when the test is over."""
    yield shared_school
    await shared_school.lyra.act(debits="as_cards")
    for vendor in (shared_school.lyra, shared_school.lexpersona):
        await vendor.mend()
        await vendor.delay(0)


class TestALearner:
    @pytest.mark.parametrize(
        ("look", "language", "said"),
        [
            ("phone-light", "en", ("To be signed", "Card needed", "Course open", "Completed")),
            ("desktop-dark", "fr", ("À signer", "Carte à choisir", "Cours ouvert", "Terminée")),
        ],
    )
    async def test_orders_signs_saves_a_card_and_pays(
        self, school: School, browser: Browser, look: str, language: str, said: tuple[str, ...]
    ) -> None:
        """From the catalogue to the open course, there and back to both services."""
        to_sign, card_needed, is_open, _ = said
        offer = await school.offer(price="300.00", lasts=30)
        async with reading(school, browser, look, language) as reader:
            page = reader.page
            await reader.keep("1-empty")
            await page.goto(f"{reader.url}/learn/catalog")
            await reader.keep("2-catalog")
            await page.goto(f"{reader.url}/learn/catalog/{offer.offering['id']}")
            await reader.keep("3-offer")
            order = await reader.order(offer)
            await shows(page, to_sign)
            await reader.keep("4-ordered")

            await reader.press("sign")
            await page.wait_for_url("**/consent?**")
            await page.locator('form[action="consent/sign"] button').click()
            await page.locator("[data-back]").click()
            await page.wait_for_url(f"**/learn/orders/{order}*")
            await shows(page, card_needed)
            await reader.keep("5-signed")

            await reader.press("new-card")
            await page.wait_for_url("**/pay/**")
            await page.get_by_role("button", name="Save").click()
            await page.locator("[data-back]").click()
            await page.wait_for_url(f"**/learn/orders/{order}*")
            await expect(page.locator(".bank-card")).to_have_text("Visa •••• 0014 12/2099")
            await reader.keep("6-card-saved")

            await reader.press("card")
            await shows(page, is_open)
            await expect(page.locator(".schedule .stamp.done")).to_have_count(1)
            await reader.keep("7-open")
            await page.goto(f"{reader.url}/learn")
            await reader.keep("8-orders")
            await page.goto(f"{reader.url}/learn/cards")
            await reader.keep("9-cards")
