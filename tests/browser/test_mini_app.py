"""The Mini App in Telegram's window, in a real Chromium: filled in, checked, priced and read only."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.mini_app import ANNA, IGOR, Group, Window, group, opened
from tests.transfers.desk import Desk, open_desk
from tests.transfers.test_notices import conditions, tell
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.transfers.model import Application
from tramita.transfers.office.standing import OnecState
from tramita.transfers.service import find_active_of_chat

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """One platform with Telegram and 1C for all tests of this module."""
    async with open_desk(server, tmp_path_factory.mktemp("mini")) as desk:
        yield desk


async def application_of(desk: Desk, there: Group) -> Application:
    """The application of a chat, as it is now."""
    async with desk.world.database.unit_of_work() as work:
        found = await find_active_of_chat(work, there.id)
    assert found is not None
    return await desk.application(found)


async def fill_in(client: Window) -> None:
    """Everything that 1C needs of a payment to China in yuan."""
    await client.fill("money.amount", "12 500,00")
    await client.choose("money.currency", "CNY")
    await client.choose("money.fee_bearer", "OUR")
    await client.fill("beneficiary.name", "SHENZHEN MACHINE TOOLS CO LTD")
    await client.choose("beneficiary.country", "CN")
    await client.fill("beneficiary.address", "88 KEJI ROAD NANSHAN")
    await client.fill("beneficiary.city", "SHENZHEN")
    await client.choose("beneficiary_bank.country", "CN")
    # A yuan account in China needs what no other does: the form has asked anew.
    await expect(client.field("beneficiary_bank.local_code")).to_be_visible()
    await client.fill("beneficiary.local_id", "91110000600037341L")
    await client.fill("beneficiary_bank.local_code", "104100000004")
    await client.fill("beneficiary_bank.name", "BANK OF CHINA")
    await client.fill("beneficiary_bank.bic", "BKCHCNBJ")
    await client.fill("beneficiary_bank.account", "6217000010012345678")
    await client.fill("purpose.text", "PAYMENT FOR MACHINE TOOLS INV 77")
    await client.choose("purpose.kind", "goods")
    await client.fill("basis.invoice_number", "77")
    await client.fill("basis.invoice_date", "2026-01-15")
    await client.fill("payer.name", "ООО «Станкоимпорт»")
    await client.choose("payer.kind", "legal_entity")
    await client.agree("consent.personal_data")
    await client.agree("consent.rules_version")


async def errs_and_corrects(client: Window) -> None:
    """A wrong number is told at once; what is missing when they want to go on, with ways there."""
    await client.fill("payer.inn", "7707083890")
    await client.is_wrong("payer.inn", "контрольн")
    await client.press()
    summary = client.frame.locator("#summary")
    await expect(summary).to_be_focused()
    await expect(summary).to_contain_text("Наименование организации")
    await client.is_wrong("payer.name", "Заполните это поле.")
    await client.keep("3-wrong")
    await summary.get_by_role("link", name="Сумма платежа").click()
    await expect(client.field("money.amount")).to_be_focused()
    await fill_in(client)
    await client.fill("payer.inn", "7707083893")
    await client.is_right("payer.inn")
    await client.is_saved()
    await expect(client.field("money.amount")).to_have_value("12500.00")
    await client.keep("4-filled")


async def checks(agent: Window, client: Window) -> None:
    """The agent adds what they know, which the client sees at once, and sets it in-house."""
    await agent.shows("To be checked")
    await agent.keep("5-agent")
    await agent.fill("payer.contact", "+7 495 500-55-50")
    await agent.is_saved("Saved")
    await expect(client.field("payer.contact")).to_have_value("+7 495 500-55-50")
    await agent.press("yes")
    await agent.shows("New in-house application")
    await client.shows("Новая in-house заявка")
    await expect(client.frame.locator("#form")).to_have_count(0)


class TestTheWay:
    async def test_goes_from_an_empty_chat_to_a_form_that_is_closed(
        self, desk: Desk, browser: Browser
    ) -> None:
        """The client errs and corrects, the agent checks, 1C prices; nobody loads a page anew."""
        there = await group(desk)
        async with (
            opened(desk, browser, there, ANNA) as client,
            opened(desk, browser, there, IGOR, "phone-dark", "en") as agent,
        ):
            await client.keep("1-empty")
            await client.main.click()
            await expect(client.field("money.amount")).to_be_visible()
            for one in (client, agent):
                await one.frame.evaluate("window.isTheSame = true")
            await client.keep("2-begun")
            await errs_and_corrects(client)
            await client.press()
            await client.shows("На проверке")
            await checks(agent, client)

            found = await application_of(desk, there)
            await desk.until_stands(found.id, OnecState.ACKED)
            await expect(agent.frame.get_by_role("link", name="Open in 1C")).to_be_visible()
            await expect(client.frame.locator(".onec")).to_have_count(0)
            await agent.keep("6-in-house")
            said = conditions(await application_of(desk, there))
            assert 200 == (await tell(desk, "conditions", found.id, said))[0]
            await client.shows("Условия приняты")
            await agent.shows("Conditions accepted")
            await expect(agent.frame.locator("#form")).to_have_count(0)
            await expect(agent.frame.locator("#notice")).to_have_text(
                "The application can no longer be changed here."
            )
            await expect(client.frame.locator(".conditions")).to_contain_text("142 734,38")
            await client.keep("7-accepted")
            await agent.keep("7-agent-accepted")

            await client.press("yes")
            for one in (client, agent):
                await expect(one.frame.locator(".marks .done")).to_have_count(1)
                assert await one.frame.evaluate("window.isTheSame")
            await client.keep("8-paid")
