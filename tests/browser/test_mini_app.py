"""The Mini App in Telegram's window, in a real Chromium: filled in, checked, priced and read only."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, expect

from tests.browser.looks import keep, looking
from tests.browser.mini_app import ANNA, IGOR, OLGA, Group, Window, group, opened
from tests.transfers.desk import Desk, open_desk
from tests.transfers.house import FIELDS, MASTER
from tests.transfers.pricing import price
from tests.transfers.telling import conditions, tell
from tramita.chats.members import Seen, note_people
from tramita.chats.ports import Membership, Person
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.transfers.agents import NewAgent, add_agent
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.listening import agent_of_chat
from tramita.transfers.model import Application
from tramita.transfers.office.standing import OnecState
from tramita.transfers.rules.kinds import Origin
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import (
    NewApplication,
    create_application,
    find_active_of_chat,
    move_application,
)
from tramita.transfers.who import Who

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
    await bring_invoice(agent, client)
    await agent.press("yes")
    await agent.shows("New in-house application")
    await client.shows("Новая in-house заявка")
    await expect(client.frame.locator("#form")).to_have_count(0)


async def bring_invoice(agent: Window, client: Window) -> None:
    """The agent is told that it is missing, with a way there; the client adds it."""
    summary = agent.frame.locator("#summary")
    await agent.press("yes")
    await expect(summary).to_be_focused()
    await expect(summary).to_contain_text("Invoice – Attach the invoice")
    await agent.is_wrong("files.invoice", "Attach the invoice")
    await agent.keep("5-no-invoice")
    await summary.get_by_role("link", name="Invoice").click()
    await expect(agent.field("files.invoice")).to_be_focused()
    await expect(client.frame.locator(".documents")).to_contain_text("Нужен как минимум инвойс.")
    file: FilePayload = {
        "name": "Инвойс 77.pdf",
        "mimeType": "application/pdf",
        "buffer": b"%PDF-1.7 of 77",
    }
    await client.field("files.invoice").set_input_files(file)
    await expect(summary).to_be_hidden()
    await expect(agent.field("files.invoice")).to_be_focused()
    await expect(agent.frame.locator(".documents")).to_contain_text("Инвойс 77.pdf")


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
            await expect(agent.frame.get_by_role("button", name="Copy the link")).to_be_visible()
            await expect(client.frame.locator(".onec")).to_have_count(0)
            await agent.keep("6-in-house")
            said = conditions(await application_of(desk, there))
            assert 200 == (await tell(desk, "conditions", found.id, said))[0]
            # It goes by itself after a while.
            await expect(agent.frame.locator("#notice")).to_have_text(
                "The application can no longer be changed here."
            )
            await client.shows("Условия приняты")
            await agent.shows("Conditions accepted")
            await expect(agent.frame.locator("#form")).to_have_count(0)
            await expect(client.frame.locator(".conditions")).to_contain_text("142 734,38")
            await client.keep("7-accepted")
            await agent.keep("7-agent-accepted")

            await client.press("yes")
            for one in (client, agent):
                await expect(one.frame.locator(".marks .done")).to_have_count(1)
                assert await one.frame.evaluate("window.isTheSame")
            await client.keep("8-paid")


async def begun(desk: Desk, fields: Mapping[str, Any] = FIELDS) -> tuple[Group, Application]:
    """A chat with an application that its client has filled in."""
    there = await group(desk, "Поставка шлифовальных станков с числовым программным управлением")
    new = NewApplication(
        MASTER,
        Origin.WEBAPP,
        Who(Role.CLIENT, "telegram:700001", None, ANNA),
        await agent_in(desk, there),
        there.id,
        fields,
    )
    async with desk.world.database.unit_of_work(actor="test") as work:
        return there, await create_application(work, new)


async def agent_in(desk: Desk, there: Group) -> UUID:
    """Whose chat it is."""
    async with desk.world.database.unit_of_work() as work:
        found = await agent_of_chat(work, there.id)
    assert found is not None
    return found


async def move(desk: Desk, one: Application, trigger: T, who: Who, **more: Any) -> None:
    """Have somebody move it, elsewhere."""
    if trigger is T.CHECK:
        await desk.house.bring_invoice(one.id)
    async with desk.house.acting(who) as work:
        await move_application(work, one.id, trigger, who, **more)


ONEC = Who(Role.ONEC, "onec:Ольга")
LONG_NAME = "Vera Konstantinopolskaya-Stolz"


class TestEveryState:
    async def test_is_told_on_large_screens_and_in_english_too(
        self, desk: Desk, browser: Browser
    ) -> None:
        """Nothing sticks out of a form with the longest labels, wherever it is looked at."""
        there, _ = await begun(desk)
        for look, language in (
            ("desktop-dark", "ru"),
            ("desktop-light", "en"),
            ("phone-dark", "ru"),
            ("phone-light", "en"),
        ):
            async with opened(desk, browser, there, ANNA, look, language) as client:
                for part in await client.frame.locator("details").all():
                    await part.evaluate("one => { one.open = true }")
                await client.keep("form")

    async def test_that_was_rejected_says_why_and_lets_a_new_one_begin(
        self, desk: Desk, browser: Browser
    ) -> None:
        """The former one can be looked at again, and Telegram's own button leads back."""
        there, one = await begun(desk)
        async with opened(desk, browser, there, ANNA, "phone-dark") as client:
            agent = Who(Role.AGENT, "telegram:700900", one.agent_id, IGOR)
            await move(desk, one, T.CHECK, agent)
            await client.shows("Новая in-house заявка")
            await move(desk, one, T.REJECT, ONEC, reason="Банк получателя под санкциями")
            await expect(client.main).to_have_text("Начать заявку")
            await client.keep("after-rejection")
            await client.frame.get_by_role("button", name="12 500,00 CNY").click()
            await client.shows("Отклонена")
            await expect(client.frame.locator("#asked")).to_contain_text("Банк получателя под")
            await expect(client.main).to_be_hidden()
            await client.keep("rejected")
            await client.back.click()
            await expect(client.main).to_have_text("Начать заявку")

    async def test_may_be_begun_like_a_former_one(self, desk: Desk, browser: Browser) -> None:
        """Nobody types thirty fields again; what was agreed to then is asked anew."""
        there, one = await begun(desk)
        await move(desk, one, T.CANCEL, Who(Role.CLIENT, "telegram:700001", None, ANNA))
        async with opened(desk, browser, there, ANNA) as client:
            await client.frame.get_by_role("button", name="12 500,00 CNY").click()
            await client.frame.get_by_role("button", name="с теми же данными").click()

            await client.shows("Черновик")
            await expect(client.field("money.amount")).to_have_value("12500.00")
            await expect(client.field("consent.personal_data")).not_to_be_checked()
        made = await application_of(desk, there)
        assert (one.id != made.id, FIELDS["payer"]) == (True, made.fields["payer"])

    async def test_of_a_parked_one_is_told_to_agents(self, desk: Desk, browser: Browser) -> None:
        """1C refuses the document: the agent reads that somebody looks into it, the client does not."""
        there, one = await begun(desk)
        agent = Who(Role.AGENT, "telegram:700900", one.agent_id, IGOR)
        await desk.onec.act(posting="refused")
        try:
            await move(desk, one, T.CHECK, agent)
            await desk.until_stands(one.id, OnecState.FAILED_MANUAL)
        finally:
            await desk.onec.act(posting="")  # The desk is the other tests' too.
        async with (
            opened(desk, browser, there, IGOR) as agents,
            opened(desk, browser, there, ANNA) as client,
        ):
            await expect(agents.frame.locator("#asked.parked")).to_contain_text("не приняла")
            await agents.keep("parked")
            await expect(client.frame.locator("#asked")).to_contain_text("Мы готовим условия")

    async def test_of_the_connection_is_said_and_nothing_is_lost(
        self, desk: Desk, browser: Browser
    ) -> None:
        """What is written off line is saved when the connection is back."""
        there, one = await begun(desk)
        async with opened(desk, browser, there, ANNA) as client:
            await client.page.context.set_offline(True)
            await client.fill("payer.contact", "anna@example.com")
            await expect(client.frame.locator("#notice")).to_contain_text("Нет интернета")
            await expect(client.frame.locator("#saved")).to_have_text("Ещё не сохранено")
            await client.keep("offline")
            await client.page.context.set_offline(False)
            await client.is_saved()
            assert "anna@example.com" == (await desk.application(one.id)).fields["payer"]["contact"]

    async def test_of_somebody_who_left_is_a_closed_door(
        self, desk: Desk, browser: Browser
    ) -> None:
        """Who is put out of the chat reads so, and nothing of the application any more."""
        there, _ = await begun(desk)
        async with opened(desk, browser, there, ANNA, "phone-dark") as client:
            await client.shows("Черновик")
            async with desk.world.database.unit_of_work() as work:
                gone = Seen(there.id, Person(ANNA), await work.now(), 10**6, Membership.KICKED)
                await note_people(work, [gone])
            await client.frame.evaluate("dispatchEvent(new Event('online'))")
            await expect(client.frame.get_by_role("heading", level=1)).to_have_text(
                "Показать нельзя"
            )
            await expect(client.frame.locator("#form")).to_have_count(0)
            await client.keep("refused")

    async def test_can_be_reached_by_keyboard_alone(self, desk: Desk, browser: Browser) -> None:
        """From the first part of the form on, by Tab, space and letters, up to the last act."""
        there, _ = await begun(desk, {})
        async with opened(desk, browser, there, ANNA) as client:
            keyboard = client.page.keyboard
            await client.frame.locator("summary").first.focus()
            await keyboard.press("Tab")
            await expect(client.field("money.amount")).to_be_focused()
            await keyboard.type("100")
            await keyboard.press("Tab")
            await expect(client.field("money.currency")).to_be_focused()
            await keyboard.type("CNY")
            await keyboard.press("Tab")
            await keyboard.press("Space")
            await client.is_saved()
            await expect(client.field("money.fee_bearer").locator(":checked")).to_have_count(1)
            await client.frame.get_by_role("button", name="Отменить заявку").focus()
            await keyboard.press("Enter")
            dialog = client.frame.locator("#ask")
            await expect(dialog).to_be_visible()
            await client.keep("asked")
            await keyboard.press("Escape")
            await expect(dialog).to_be_hidden()
            await client.shows("Черновик")


class TestAReason:
    async def test_may_be_given_and_is_there_again_where_it_has_reached_nobody(
        self, desk: Desk, browser: Browser
    ) -> None:
        """Whoever returns an application writes it once; of something else it is not said."""
        there, one = await begun(desk)
        await move(desk, one, T.SUBMIT, Who(Role.CLIENT, "telegram:700001", None, ANNA))
        async with opened(desk, browser, there, IGOR, "phone-dark") as agent:
            dialog, said = agent.frame.locator("#ask"), agent.field("ask-reason")
            back = agent.frame.locator("#act-application-draft")
            await back.click()
            await expect(dialog.get_by_label("Причина")).to_have_accessible_name(
                "Причина необязательно"
            )
            await agent.keep("reason")
            await said.fill("Счёт получателя не тот")
            await agent.page.route("**/status", lambda route: route.abort(), times=1)
            await dialog.locator("#ask-yes").click()
            await expect(agent.frame.locator("#notice")).to_contain_text("Связи с нами сейчас нет")

            await agent.frame.locator("#act-application-cancelled").click()
            await expect(said).to_have_value("")
            await agent.page.keyboard.press("Escape")
            await back.click()
            await said.fill("Счёт получателя не тот")
            await agent.page.route("**/status", lambda route: route.abort(), times=1)
            await dialog.locator("#ask-yes").click()
            await expect(dialog).to_be_hidden()
            await back.click()
            await expect(said).to_have_value("Счёт получателя не тот")
            await dialog.locator("#ask-yes").click()
            await agent.shows("Черновик")
        assert "Счёт получателя не тот" == (await desk.application(one.id)).reason

    async def test_that_must_be_given_is_asked_for_until_it_is(
        self, desk: Desk, browser: Browser
    ) -> None:
        """The manager who cancels what is agreed; without one it says what is missing, and the keyboard is there."""
        there, one = await begun(desk)
        await move(desk, one, T.CHECK, Who(Role.AGENT, "telegram:700900", one.agent_id, IGOR))
        await price(desk.house, await desk.application(one.id))
        async with opened(desk, browser, there, OLGA, "desktop-light") as lead:
            await lead.shows("Условия приняты")
            dialog, said = lead.frame.locator("#ask"), lead.field("ask-reason")
            await lead.frame.locator("#act-application-cancelled").click()
            await expect(dialog.get_by_label("Причина")).to_have_accessible_name("Причина")
            await dialog.locator("#ask-yes").click()
            await lead.is_wrong("ask-reason", "Укажите причину.")
            await expect(said).to_be_focused()
            await lead.keep("no-reason")
            await said.fill("Банк отказал")
            await dialog.locator("#ask-yes").click()
            await expect(lead.frame.get_by_role("heading", level=1)).to_have_text("Заявки пока нет")
        assert "Банк отказал" == (await desk.application(one.id)).reason


class TestAnotherAgent:
    async def test_takes_it_over_by_keyboard(self, desk: Desk, browser: Browser) -> None:
        """The manager chooses and is asked first; the former agent reads at once that it is not theirs."""
        there, one = await begun(desk)
        async with desk.world.database.unit_of_work() as work:
            vera = await add_agent(work, NewAgent(MASTER, LONG_NAME, 700902))
        async with (
            opened(desk, browser, there, OLGA, "phone-dark") as lead,
            opened(desk, browser, there, IGOR, "desktop-light", "en") as agent,
        ):
            await agent.shows("Draft")
            await lead.frame.locator("#taker").focus()
            await lead.page.keyboard.type("Vera")
            await lead.page.keyboard.press("Tab")
            await lead.keep("to-hand-over")
            await lead.page.keyboard.press("Enter")
            popup = lead.page.locator("#popup")
            await expect(popup).to_contain_text(LONG_NAME)
            await lead.keep("asked-to-hand-over")
            await popup.locator('button[value="no"]').click()
            # Until the answer has reached the page, it takes no other press.
            await expect(lead.frame.locator("body")).not_to_have_attribute("aria-busy", "true")
            assert one.agent_id == (await desk.application(one.id)).agent_id
            await lead.frame.locator("[data-hand]").click()
            await popup.locator('button[value="yes"]').click()

            await expect(lead.frame.locator("#notice")).to_have_text("Заявка передана.")
            await expect(agent.frame.get_by_role("heading", level=1)).to_have_text(
                "This cannot be shown"
            )
            await expect(agent.frame.locator("#form")).to_have_count(0)
            await expect(agent.main).to_be_hidden()
            await lead.keep("handed-over")
        assert vera.id == (await desk.application(one.id)).agent_id


class TestAnotherLook:
    async def test_is_followed_while_it_is_open(self, desk: Desk, browser: Browser) -> None:
        """Telegram's colours change, and everything can still be read."""
        there, _ = await begun(desk)
        async with opened(desk, browser, there, ANNA, "desktop-light") as client:
            await client.keep("light")
            await client.page.get_by_role("button", name="Dark").click()
            await expect(client.frame.locator("html")).to_have_css("color-scheme", "dark")
            await client.keep("dark")
            await client.back.click()
            await expect(client.page.locator("#closed")).to_be_visible()

    async def test_outside_of_telegram_says_where_it_opens(
        self, desk: Desk, browser: Browser
    ) -> None:
        """Whoever opens the address by itself is told what it is for."""
        async with looking(browser, "phone-light", locale="ru-RU") as page:
            await page.goto(f"{desk.world.url}/webapp")
            await expect(page.get_by_role("heading", level=1)).to_have_text("Откройте из чата")
            await keep(page, "mini-outside")
