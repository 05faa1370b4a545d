"""The simulated page where a client signs, as they meet it in a browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.looks import SEEN, keep, looking
from tests.kept_simulators import SIMULATORS
from tests.providers.qitech.simulator.partner import Partner
from tramita.providers.qitech.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def partner(tmp_path: Path) -> AsyncIterator[Partner]:
    """A partner that has proposals made, and a fresh QI Tech."""
    simulator = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=tmp_path))
    async with running_simulators([simulator]) as url, aiohttp.ClientSession() as session:
        yield Partner(session, url, tmp_path / "qitech")


class TestAClient:
    @pytest.mark.parametrize("look", SEEN)
    async def test_signs_and_goes_back_to_where_they_came_from(
        self, partner: Partner, browser: Browser, look: str
    ) -> None:
        """One button signs; the page then says so, and one step leads back over the reload."""
        created = await partner.create()
        url = created["signature_information"][0]["signature_url"]
        async with looking(browser, look) as page:
            await page.goto(partner.base_url)
            await page.goto(url)
            await expect(page.get_by_role("heading", level=1)).to_contain_text("Assinatura de")
            await keep(page, f"signing-{look}")

            await page.get_by_role("button", name="Assinar").click()

            await expect(page.get_by_role("main")).to_contain_text("Assinado.")
            await expect(page.get_by_role("button", name="Assinar")).to_have_count(0)
            await page.wait_for_load_state("load")  # Its script has run.
            await page.get_by_role("button", name="Voltar à formalização").click()
            await page.wait_for_url(f"{partner.base_url}/")
        assert 1 == (await partner.effects()).count("proposal_signed")

    @pytest.mark.parametrize("look", SEEN)
    async def test_refuses_after_having_been_asked(
        self, partner: Partner, browser: Browser, look: str
    ) -> None:
        """A quiet choice that says what it ends; then there is nothing to sign."""
        created = await partner.create()
        async with looking(browser, look) as page:
            await page.goto(created["signature_information"][0]["signature_url"])
            refuse = page.get_by_role("button", name="Recusar a assinatura")
            await expect(refuse).to_be_hidden()
            await page.get_by_text("Não quero assinar").click()
            await expect(page.get_by_role("main")).to_contain_text("não há como voltar atrás")
            await keep(page, f"signing-refusing-{look}")

            await refuse.click()

            await expect(page.get_by_role("main")).to_contain_text("Recusado.")
            await expect(page.get_by_role("button", name="Assinar")).to_have_count(0)
            await expect(page.get_by_text("Não quero assinar")).to_have_count(0)
        assert "canceled" == (await partner.read(created["proposal_key"]))["proposal_status"]

    async def test_who_signs_in_two_tabs_has_signed_once(
        self, partner: Partner, browser: Browser
    ) -> None:
        """The second press finds it signed."""
        created = await partner.create()
        url = created["signature_information"][0]["signature_url"]
        async with looking(browser, "phone-dark") as page:
            other = await page.context.new_page()
            for tab in (page, other):
                await tab.goto(url)

            for tab in (page, other):
                await tab.get_by_role("button", name="Assinar").click()
                await expect(tab.get_by_role("main")).to_contain_text("Assinado.")

        assert 1 == (await partner.effects()).count("proposal_signed")

    async def test_is_offered_nothing_once_the_proposal_has_ended(
        self, partner: Partner, browser: Browser
    ) -> None:
        """Also when it ended while the page was open."""
        created = await partner.create()
        async with looking(browser, "phone-dark") as page:
            await page.goto(created["signature_information"][0]["signature_url"])
            await partner.patch(created["proposal_key"], "canceled")

            await page.get_by_role("button", name="Assinar").click()

            await expect(page.get_by_role("main")).to_contain_text("Encerrado.")
            await expect(page.get_by_role("button", name="Assinar")).to_have_count(0)
        assert "proposal_signed" not in await partner.effects()

    async def test_with_half_a_link_reads_what_to_do(
        self, partner: Partner, browser: Browser
    ) -> None:
        """In words, and in their language."""
        async with looking(browser, "phone-dark") as page:
            await page.goto(f"{partner.base_url}/qitech/sign/nothing")

            await expect(page.get_by_role("heading", level=1)).to_have_text(
                "Este link de assinatura não existe"
            )
            assert "pt-BR" == await page.locator("html").get_attribute("lang")
            await keep(page, "signing-nowhere")
