"""People, second factors, tokens and the audit in a real Chromium, as an admin and whoever is invited."""

import re
import time
from base64 import b32decode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.looks import SCREENS, follow, keep, looking
from tests.browser.operators import sign_in
from tests.conftest import fresh_database
from tests.console.visitor import PASSWORD
from tests.web.conftest import Site, running_site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.accounts.totp import code_at, step_at
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.settings import Mode

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]

BOSS, LEO = "boss@example.com", "leo@example.com"


@pytest_asyncio.fixture(loop_scope="module")
async def site(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Site]:
    """The web with an admin's account."""
    async with fresh_database(server) as url, running_site(url, tmp_path) as site:
        async with site.runtime.database.unit_of_work(actor="cli") as work:
            await create_account(work, BOSS, PASSWORD, Role.ADMIN)
        yield site


class TestAnAdmin:
    @pytest.mark.parametrize("look", SCREENS)
    async def test_invites_somebody_who_sets_up_an_app(
        self, site: Site, browser: Browser, look: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """From the invitation to the audit; the link is opened in another browser."""
        monkeypatch.setattr(site.runtime.settings, "mode", Mode.PRODUCTION)
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/accounts", BOSS)
            await page.get_by_label("E-mail").fill(LEO)
            await page.get_by_label("What they may do").select_option("operator")
            await page.get_by_role("button", name="Invite").click()
            shown = await page.locator(".secret").inner_text()
            link = site.url + shown[shown.index("/console/") :]
            await keep(page, f"accounts-{look}-1-link")
            await page.get_by_role("button", name="Ask for a second factor").click()
            await expect(page.get_by_role("status")).to_contain_text("asked of them")
            await self._comes_in(browser, look, link)
            await page.goto(f"{site.url}/console/accounts")
            await expect(page.get_by_text("second factor set up")).to_be_visible()
            await keep(page, f"accounts-{look}-5-list")
            await page.goto(f"{site.url}/console/audit")
            await expect(page.get_by_text(f"{BOSS} invited somebody")).to_be_visible()
            await keep(page, f"accounts-{look}-6-audit")
            await page.goto(f"{site.url}/console/me/security")
            await keep(page, f"accounts-{look}-7-security")
            await self._makes_a_token(page, site, look)

    async def _comes_in(self, browser: Browser, look: str, link: str) -> None:
        async with looking(browser, look) as page:
            await page.goto(link)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_label("The same once more").fill(PASSWORD)
            await keep(page, f"accounts-{look}-2-welcome")
            await page.keyboard.press("Enter")
            await expect(page.get_by_text("Your password is set.")).to_be_visible()
            await page.get_by_label("E-mail").fill(LEO)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("img", name="QR code")).to_be_visible()
            await page.get_by_text("No camera?").click()
            written = await page.locator(".secret").inner_text()
            await keep(page, f"accounts-{look}-3-app")
            secret = b32decode(re.sub(r"\s", "", written))
            await page.get_by_label("Code", exact=True).fill(code_at(secret, step_at(time.time())))
            await page.keyboard.press("Enter")
            await expect(page.locator(".codes li")).to_have_count(10)
            await keep(page, f"accounts-{look}-4-codes")
            await page.get_by_role("link", name="I have kept them").click()
            await expect(page.get_by_role("navigation", name="Console")).to_be_visible()

    async def _makes_a_token(self, page: Page, site: Site, look: str) -> None:
        await page.goto(f"{site.url}/console/tokens")
        await page.get_by_label("Who will use it").fill("shop")
        await page.get_by_label("contracts:read").check()
        await page.get_by_role("button", name="Make the token").click()
        await expect(page.locator(".secret")).to_contain_text("tramita_")
        await keep(page, f"accounts-{look}-8-token")
        await follow(page, page.get_by_role("link", name="shop"))
        await page.get_by_role("button", name="Revoke").click()
        await expect(page.get_by_role("heading", name="Revoke this token?")).to_be_visible()
        await page.get_by_role("button", name="Revoke").click()
        await expect(page.get_by_role("status")).to_contain_text("The token is revoked.")
        await keep(page, f"accounts-{look}-9-revoked")
