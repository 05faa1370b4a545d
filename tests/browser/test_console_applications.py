"""The console's pages of applications in a real Chromium."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.async_api import Browser, expect

from tests.browser.looks import SCREENS, follow, keep, looking
from tests.browser.operators import EMAIL, sign_in, site
from tests.console.visitor import PASSWORD
from tests.transfers.house import LEAD_NAME, House, open_house
from tests.transfers.pricing import price
from tests.web.conftest import Site
from tramita.chats.channel import lose
from tramita.kit.notes import LONGEST
from tramita.transfers.agents import NewAgent, add_agent, change_agent
from tramita.transfers.notes import add_note
from tramita.transfers.service import assign_agent, edit_application

__all__ = ["site"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]
LIST = "/console/applications"
LABEL = "Note it down for others of the house; no client sees it"
LONG_NAME = "Вера Константинопольская-Штольц"
LONG_WORD = "https://bank.example.com/" + "payment-order-" * 12


class TestAnOperator:
    @pytest.mark.parametrize("look", SCREENS)
    async def test_notes_down_and_takes_the_list_along(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """What is too long stays where it was typed; what is kept stands in the story."""
        async with looking(browser, look) as page:
            await sign_in(page, site.url, LIST)
            await expect(page.get_by_text("Nobody has asked for a payment yet.")).to_be_visible()
            await keep(page, f"console-applications-{look}-1-empty")
            house = await open_house(site.runtime.database)
            await house.draft(fields={})
            made = await house.in_house()
            await price(house, made)
            await _note(house, made.id, f"Позвонить бухгалтеру.\nСсылка: {LONG_WORD}")

            await page.reload()
            async with page.expect_download() as taken:
                await page.get_by_role("link", name="As CSV").click()
            assert "applications.csv" == (await taken.value).suggested_filename
            await keep(page, f"console-applications-{look}-2-list")
            await page.get_by_role("link", name="CN¥12,500.00").click()
            await expect(page.get_by_text("Позвонить бухгалтеру")).to_be_visible()
            await keep(page, f"console-applications-{look}-3-one")

            text = page.get_by_label(LABEL)
            await text.evaluate("(one) => one.removeAttribute('maxlength')")
            await text.fill("Перезвонить " + "п" * LONGEST)
            await follow(page, page.get_by_role("button", name="Keep the note"))
            await expect(page.get_by_role("alert")).to_have_text(
                f"A note has 1 to {LONGEST} characters."
            )
            await expect(text).to_be_focused()
            await expect(text).to_be_in_viewport()
            await keep(page, f"console-applications-{look}-4-too-long")
            await text.fill("Перезвонить в банк")
            await follow(page, page.get_by_role("button", name="Keep the note"))
            await expect(page.get_by_role("status")).to_have_text("It is noted down.")
            await expect(page.get_by_text("Перезвонить в банк")).to_be_visible()
            await keep(page, f"console-applications-{look}-5-noted")

    @pytest.mark.parametrize("look", SCREENS)
    async def test_sees_whether_whoever_has_it_now_was_told(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """From the word on its way to a chat where our bot may not write, with the longest words there are."""
        database = site.runtime.database
        house = await open_house(database)
        made = await house.draft()
        async with house.acting(house.as_lead) as work:
            taker = await add_agent(work, NewAgent("paybridge", LONG_NAME, 700991))
            await assign_agent(work, made.id, taker.id, house.as_lead)
        async with looking(browser, look, locale="ru-RU") as page:
            await sign_in(page, site.url, f"{LIST}/{made.id}")
            mark = page.locator("dd", has=page.get_by_role("link", name=LONG_NAME))
            await expect(mark.locator(".stamp")).to_have_text("сообщение в пути")
            async with database.unit_of_work(actor="test") as work:
                [row] = await work.fetch("SELECT id FROM chats WHERE telegram_id = 700991")
                await lose(work, [row["id"]])
            await page.reload()
            await expect(mark.locator(".stamp")).to_have_text("не сообщено")
            await keep(page, f"console-told-{look}-1-not")

            await mark.get_by_role("link", name="что не дошло").click()

            await expect(page.get_by_text("Что мы написали")).to_be_visible()
            await expect(page.get_by_text("Пока никого не видели.")).to_have_count(0)
            await keep(page, f"console-told-{look}-2-chat")
            await page.get_by_role("link", name="← Чаты").click()
            await expect(page.get_by_role("link", name=LONG_NAME)).to_be_visible()
            await keep(page, f"console-told-{look}-3-chats")

            await database.fetch("UPDATE chat_deliveries SET state = 'unknown'")
            await page.goto(f"{site.url}{LIST}/{made.id}")
            await keep(page, f"console-told-{look}-4-maybe")
            await mark.get_by_role("link", name="что не дошло").click()
            await expect(page.get_by_text("сначала спросите адресата")).to_be_visible()

    async def test_has_their_note_again_when_their_session_has_ended(
        self, site: Site, browser: Browser
    ) -> None:
        """Where they typed it, once they have signed in."""
        house = await open_house(site.runtime.database)
        made = await house.draft()
        async with looking(browser, "phone-light") as page:
            await sign_in(page, site.url, f"{LIST}/{made.id}")
            await page.get_by_label(LABEL).fill("Перезвонить в банк")
            async with site.runtime.database.unit_of_work() as work:
                await work.fetch("UPDATE account_sessions SET seen_at = now() - interval '1 day'")
            await follow(page, page.get_by_role("button", name="Keep the note"))
            await page.get_by_label("E-mail").fill(EMAIL)
            await page.get_by_label("Password").fill(PASSWORD)
            await follow(page, page.get_by_role("button", name="Sign in"))

            await expect(page.get_by_label(LABEL)).to_have_value("Перезвонить в банк")

    async def test_sees_in_a_list_that_they_stand_in_what_can_be_chosen_by_now(
        self, site: Site, browser: Browser
    ) -> None:
        """Their place stays, and what it says as long as that may be chosen; what they have chosen always does."""
        house = await open_house(site.runtime.database)
        made = await house.draft()
        async with looking(browser, "desktop-light") as page:
            await sign_in(page, site.url, f"{LIST}/{made.id}")
            agents = page.get_by_label("Another agent")
            await expect(agents.locator("option")).to_have_text([LEAD_NAME])
            await agents.focus()

            async with house.acting(house.as_agent) as work:
                await add_agent(work, NewAgent("paybridge", "Вера Лист", 700991))
                await change_agent(work, house.lead, is_active=False)
            await _change(house, made.id, "ООО «Первый»")

            await expect(page.get_by_text("ООО «Первый»")).to_be_visible()
            await expect(agents.locator("option")).to_have_text(["Вера Лист"])
            await expect(agents).to_be_focused()
            async with house.acting(house.as_agent) as work:
                await change_agent(work, house.lead, is_active=True)
            await _change(house, made.id, "ООО «Второй»")
            await expect(agents.locator("option")).to_have_text([LEAD_NAME, "Вера Лист"])
            await expect(agents.locator("option:checked")).to_have_text("Вера Лист")

            await agents.select_option(LEAD_NAME)
            async with house.acting(house.as_agent) as work:
                await change_agent(work, house.lead, is_active=False)
            await _change(house, made.id, "ООО «Третий»")
            await expect(page.get_by_text("ООО «Третий»")).to_be_visible()
            await expect(agents.locator("option:checked")).to_have_text(LEAD_NAME)
            await expect(agents.locator("option")).to_have_text([LEAD_NAME, "Вера Лист"])

    async def test_sees_at_once_what_is_so_when_the_line_is_back(
        self, site: Site, browser: Browser
    ) -> None:
        """And what becomes different then, although no clock has gone on."""
        house = await open_house(site.runtime.database)
        made = await house.draft()
        async with looking(browser, "desktop-light") as page:
            await page.clock.install()
            await page.route(f"**/{made.id}/changes", lambda route: route.abort())
            await sign_in(page, site.url, f"{LIST}/{made.id}")
            stale, agents = page.locator("#stale"), page.get_by_label("Another agent")
            await expect(agents.locator("option")).to_have_text([LEAD_NAME])
            await page.route(f"**/{made.id}", lambda route: route.abort())
            await page.clock.fast_forward(20_000)
            await expect(stale).to_contain_text("The server does not answer")
            await page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=2))

            await page.unroute_all()
            await page.evaluate("dispatchEvent(new Event('online'))")

            await expect(stale).to_be_hidden()
            async with house.acting(house.as_lead) as work:
                await edit_application(
                    work, made.id, {"money": {"amount": "13700.00"}}, None, house.as_lead
                )
            await expect(page.get_by_role("heading", level=1)).to_contain_text("13,700.00")


async def _note(house: House, application: UUID, text: str) -> None:
    async with house.acting(house.as_agent) as work:
        await add_note(work, application, text, house.as_agent)


async def _change(house: House, application: UUID, payer: str) -> None:
    """Whoever watches is told."""
    async with house.acting(house.as_agent) as work:
        fields = {"payer": {"name": payer}}
        await edit_application(work, application, fields, None, house.as_agent)
