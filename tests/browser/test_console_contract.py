"""The console's page of one contract in a real Chromium."""

from uuid import UUID

import pytest
from playwright.async_api import Browser, expect

from tests.browser.looks import SCREENS, keep, looking
from tests.browser.operators import sign_in, site
from tests.console.standing import add_exchange, add_operation
from tests.web.conftest import Site
from tests.world import envelope

__all__ = ["site"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]


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
        await sign_in(page, site.url, f"/console/contracts/{contract}")
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


async def test_a_contract_tells_what_happens_meanwhile(site: Site, browser: Browser) -> None:
    """Without a reload: who is on the phone with its client sees that something is parked."""
    made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
    contract = UUID(made.body["contracts"][0]["id"])
    async with looking(browser, "desktop-light") as page:
        await sign_in(page, site.url, f"/console/contracts/{contract}")
        await expect(page.get_by_text("It waits for a person")).not_to_be_visible()

        await add_operation(site.runtime.database, subject=contract, trigger="park")

        await expect(page.get_by_text("It waits for a person")).to_be_visible()
        await expect(page.get_by_text("Left to a person")).to_be_visible()
