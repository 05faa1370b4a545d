"""The console's pages of numbers in a real Chromium."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.looks import follow, keep, looking
from tests.browser.operators import EMAIL, sign_in
from tests.conftest import fresh_database
from tests.console.standing import add_exchange, add_operation, history_of
from tests.console.visitor import PASSWORD
from tests.numbering.console.test_numbers import add_preview
from tests.numbering.stock import put_number
from tests.web.conftest import Site, running_site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.numbering.lifecycle import NumberStatus

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]


@pytest_asyncio.fixture(loop_scope="module")
async def site(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Site]:
    """The web with Ana's account, a number in every state, and one preview."""
    async with fresh_database(server) as url, running_site(url, tmp_path) as site:
        database = site.runtime.database
        async with database.unit_of_work() as work:
            await create_account(work, EMAIL, PASSWORD, Role.OPERATOR)
        for n, status in enumerate(NumberStatus):
            await put_number(database, f"551198765430{n}", status)
            await put_number(database, f"55219876543{n:02}", status)
        await add_preview(database, "11", left=timedelta(seconds=55))
        yield site


class TestAnOperator:
    @pytest.mark.parametrize("look", ["phone-dark", "desktop-light"])
    async def test_looks_a_number_up_and_takes_it_out(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """From all numbers to one, and back with the reason in its timeline."""
        database = site.runtime.database
        row = await put_number(database, "5531987654321", NumberStatus.RESERVED)
        operation = await add_operation(
            database,
            kind="numbering.reserve_number",
            state="SUCCEEDED",
            subject=row["id"],
            reason=None,
        )
        await add_exchange(database, operation, status=201, answer='{"a": 1}', error=None)
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/numbering")
            left = page.locator("[data-left]")
            shown = await left.inner_text()
            await expect(left).not_to_have_text(shown)
            await expect(left).to_have_class("left ending")
            await keep(page, f"console-numbering-{look}-1-all")
            await page.get_by_role("button", name="Check now").click()
            await expect(page.get_by_text("promises")).to_contain_text("broken")
            await keep(page, f"console-numbering-{look}-2-checked")

            await page.get_by_label("Number", exact=True).fill("(31) 98765-4321")
            await page.get_by_role("button", name="Find").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("(31) 9••••-4321")
            await page.get_by_text("POST /v2/credit_transfer/proposal").click()
            await expect(page.get_by_text('"contract_number": "5567"')).to_be_visible()
            await keep(page, f"console-numbering-{look}-3-number")
            await page.get_by_label("Why").fill("Court order")
            await follow(page, page.get_by_role("button", name="Mark unavailable"))
            await keep(page, f"console-numbering-{look}-4-asked")
            await page.get_by_role("button", name="Mark unavailable").click()

            await expect(page.get_by_role("status")).to_contain_text("out of circulation")
            await expect(page.get_by_text("Court order")).to_be_visible()
            await keep(page, f"console-numbering-{look}-4-unavailable")
        assert [("block", f"user:{EMAIL}", "Court order")] == await history_of(database, row["id"])
