"""The console's lists and journals in a real Chromium: every question of an operator, by clicks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from benchmarks.lives import THIN, make_lives
from tests.browser.looks import SCREENS, follow, keep, looking
from tests.browser.operators import EMAIL, sign_in
from tests.browser.questions import BEGINS_AT, questions, walk
from tests.conftest import fresh_database
from tests.console.standing import add_operation
from tests.console.visitor import PASSWORD
from tests.web.conftest import Site, running_site
from tramita.contracts.console.exporting import write_contracts
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]
_LIVES = 300


@pytest_asyncio.fixture(loop_scope="module")
async def site(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Site]:
    """The web over contracts on every journey, with Ana's account."""
    async with fresh_database(server) as url, running_site(url, tmp_path) as site:
        connection = await site.runtime.database.connect()
        await make_lives(connection, _LIVES, shape=THIN, of_each=True)
        await connection.close()
        async with site.runtime.database.unit_of_work() as work:
            await create_account(work, EMAIL, PASSWORD, Role.ADMIN)
        yield site


class TestAnOperator:
    @pytest.mark.parametrize("look", SCREENS)
    async def test_narrows_the_contracts_keeps_the_view_and_takes_them_along(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """From all of them to those of one stage that stand longest, and those as a file."""
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/contracts")
            await expect(page.get_by_role("heading", name="Contracts")).to_be_visible()
            await keep(page, f"console-contracts-{look}-1-all")
            await follow(page, page.get_by_role("link", name="Portability"))
            await page.get_by_label("Stage").select_option("under_way")
            await page.get_by_label("First").select_option("longest")
            await follow(page, page.get_by_role("button", name="Show"))
            await expect(
                page.locator(".lines").get_by_text("Balance awaited").first
            ).to_be_visible()
            await page.get_by_placeholder("Name of the view").fill("Stand longest")
            await page.get_by_role("button", name="Keep this view").click()
            await expect(page.get_by_role("link", name="Stand longest")).to_be_visible()
            await keep(page, f"console-contracts-{look}-2-narrowed")

            await page.get_by_role("button", name="Write as CSV").click()
            await expect(page.get_by_text("Being written")).to_be_visible()
            [row] = await site.runtime.database.fetch("SELECT id FROM exports")
            await write_contracts(site.runtime, row["id"])
            await page.reload()
            await keep(page, f"console-contracts-{look}-3-files")
            async with page.expect_download() as fetched:
                await page.get_by_role("link", name="Contracts as CSV").click()
            assert (await fetched.value).suggested_filename.endswith(".csv")

    @pytest.mark.parametrize("look", SCREENS)
    async def test_reads_the_journals_and_has_things_done_again(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """What was said and answered, what came in, and what partners did not get."""
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/exchanges")
            await keep(page, f"console-journals-{look}-1-exchanges")
            await page.locator(".lines h2 a").first.click()
            await expect(page.get_by_role("heading", name="Sent", exact=True)).to_be_visible()
            await keep(page, f"console-journals-{look}-2-exchange")
            await page.goto(f"{site.url}/console/messages?standing=aside")
            await expect(page.get_by_text("a field is missing").first).to_be_visible()
            await keep(page, f"console-journals-{look}-3-messages")
            await page.goto(f"{site.url}/console/deliveries?standing=failed")
            await keep(page, f"console-journals-{look}-4-deliveries")
            await page.get_by_role("button", name="Deliver again what failed").click()
            asked = page.get_by_role("heading", name="Deliver again everything that failed?")
            await expect(asked).to_be_visible()
            await keep(page, f"console-journals-{look}-5-asked")
            await page.get_by_role("button", name="Deliver again what failed").click()
            await expect(page.get_by_role("status").first).to_contain_text("It is on its way again")
            await page.goto(f"{site.url}/console/deliveries")
            await page.locator(".lines h2 a").first.click()
            await expect(page.get_by_text("Happened")).to_be_visible()
            await keep(page, f"console-journals-{look}-6-delivery")


class TestTheTableOfQuestions:
    async def test_leads_to_what_it_says(self, site: Site, browser: Browser) -> None:
        """Row by row, from the console's first page."""
        await add_operation(site.runtime.database)
        async with looking(browser, "desktop-light") as page:
            await sign_in(page, site.url, BEGINS_AT)
            answered = [question async for question, _ in walk(page, site.url)]

        assert [question for question, _, _ in questions()] == answered
