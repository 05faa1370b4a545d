"""The console's page of one contract in a real Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.looks import LOOKS, SEEN, keep, looking
from tests.browser.test_console import EMAIL, sign_in
from tests.conftest import fresh_database
from tests.console.standing import add_exchange, add_operation
from tests.console.visitor import PASSWORD
from tests.web.conftest import Site, running_site
from tests.world import envelope
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


@pytest_asyncio.fixture(loop_scope="module")
async def site(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Site]:
    """The web with an operator's account."""
    async with fresh_database(server) as url, running_site(url, tmp_path) as site:
        async with site.runtime.database.unit_of_work() as work:
            await create_account(work, EMAIL, PASSWORD, Role.OPERATOR)
        yield site


@pytest.mark.parametrize("look", SCREENS)
async def test_an_operator_reads_a_contract_and_notes_something_down(
    site: Site, browser: Browser, look: str
) -> None:
    """What was sent and came back opens by a click; a person is shown to whoever says why."""
    made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
    contract = UUID(made.body["contracts"][0]["id"])
    operation = await add_operation(site.runtime.database, subject=contract)
    for _ in range(3):
        await add_exchange(site.runtime.database, operation, answer='{"code": "' + "x" * 300 + '"}')
    async with looking(browser, look) as page:
        await sign_in(page, site, f"/console/contracts/{contract}")
        await expect(page.get_by_role("heading", name="What happened")).to_be_visible()
        await keep(page, f"console-contract-{look}-1-closed")
        await page.get_by_text("POST /v2/credit_transfer/proposal").first.click()
        await keep(page, f"console-contract-{look}-2-said")

        await page.get_by_label("Note it down for whoever looks next").fill("She calls on Monday")
        await page.get_by_role("button", name="Keep the note").click()
        await expect(page.get_by_text("She calls on Monday")).to_be_visible()

        await page.get_by_text("Show Client").click()
        await page.get_by_label("Why (the audit keeps it)").fill("She is on the phone")
        await page.get_by_role("button", name="Show in full").click()
        await expect(page.get_by_text("Maria Souza")).to_be_visible()
        await keep(page, f"console-contract-{look}-3-shown")
