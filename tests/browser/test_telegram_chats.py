"""The page on which chats are played by hand, as any of the people in them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page, Route, expect

from tests.browser.looks import SEEN, follow, keep, looking
from tests.kept_simulators import SIMULATORS
from tramita.providers.telegram.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

TOKEN = "1000001:TEST-TOKEN-NOT-A-REAL-BOT"
FILE = FilePayload(name="Счёт.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4 x")
KEYS = {
    "inline_keyboard": [
        [{"text": "Открыть заявку", "url": "https://t.me/tramita_demo_bot/pay?startapp=abc"}],
        [{"text": "Да", "callback_data": "yes"}],
    ]
}


@pytest_asyncio.fixture(loop_scope="module")
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """Where chats are."""
    simulator = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=tmp_path))
    async with running_simulators([simulator]) as url:
        yield f"{url}/telegram/"


async def ask(url: str, method: str, **parameters: Any) -> Any:
    """Do something as the bot."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}bot{TOKEN}/{method}", json=parameters) as answer,
    ):
        return (await answer.json())["result"]


async def write_as_bot(url: str, page: Page) -> None:
    """A card in the chat that is shown."""
    number = int(await page.locator("form.writing [name=chat]").first.input_value())
    text = "<b>Заявка № 7</b>\nСтатус: черновик &lt;script&gt;alert(1)&lt;/script&gt;"
    await ask(url, "sendMessage", chat_id=number, text=text, parse_mode="HTML", reply_markup=KEYS)


class TestAChat:
    @pytest.mark.parametrize("look", SEEN)
    async def test_is_played_by_hand(self, url: str, browser: Browser, look: str) -> None:
        """The agent adds the bot, which writes; the client answers, edits, presses and sends a file."""
        async with looking(browser, look) as page:
            await page.goto(f"{url}?as=agent_igor")
            await follow(page, page.get_by_role("button", name="Add the bot"))
            await follow(page, page.get_by_role("link", name="Анна Котова"))
            await write_as_bot(url, page)
            await expect(page.get_by_text("Заявка № 7")).to_be_visible()
            await page.get_by_label("Write as Анна").fill("Добрый день! Счёт в Китай.")
            await page.keyboard.press("Enter")
            await page.get_by_text("Change", exact=True).click()
            await page.get_by_label("To", exact=True).fill("Добрый день! Счёт в Гонконг.")
            await page.get_by_role("button", name="Change it").click()
            await expect(page.get_by_text("edited")).to_be_visible()
            await follow(page, page.get_by_role("button", name="Да"))
            await page.locator("input[type=file]").set_input_files(FILE)
            await page.get_by_role("button", name="Send the file").click()
            await expect(page.get_by_role("link", name="Счёт.pdf")).to_be_visible()
            await keep(page, f"telegram-{look}")

        told = await ask(url, "getUpdates")
        kinds = [next(name for name in one if name != "update_id") for one in told]
        assert {"my_chat_member", "message", "edited_message", "callback_query"} == set(kinds)

    async def test_leaves_what_was_opened_although_a_look_was_under_way(
        self, url: str, browser: Browser
    ) -> None:
        """What is to be changed stays to be changed; what was written meanwhile comes after it."""
        is_held, may_come = asyncio.Event(), asyncio.Event()

        async def hold(route: Route) -> None:
            answer = await route.fetch()
            is_held.set()
            await may_come.wait()
            await route.fulfill(response=answer)

        async with looking(browser) as page:
            await page.goto(f"{url}?as=client_anna")
            await page.get_by_label("Write as Анна").fill("Счёт в Китай.")
            await follow(page, page.get_by_role("button", name="Send", exact=True))
            await page.route(lambda one: "/messages?" in one, hold, times=1)
            await asyncio.wait_for(is_held.wait(), 60)
            await page.get_by_text("Change", exact=True).click()
            async with page.expect_request_finished(lambda one: "/messages?" in one.url):
                may_come.set()

            await page.get_by_label("To", exact=True).fill("Счёт в Гонконг.")
            await page.get_by_role("button", name="Change it").click()
            await expect(page.get_by_text("edited")).to_be_visible()

    async def test_opens_our_application_in_its_place(self, url: str, browser: Browser) -> None:
        """A button of ours leads to the page that stands for Telegram."""
        async with looking(browser) as page:
            await page.goto(f"{url}?as=agent_igor")
            await follow(page, page.get_by_role("button", name="Add the bot"))
            await write_as_bot(url, page)
            button = page.get_by_role("link", name="Открыть заявку")

            assert "host?as=agent_igor" in str(await button.get_attribute("href"))
            assert "start=abc" in str(await button.get_attribute("href"))

    async def test_says_why_something_cannot_be(self, url: str, browser: Browser) -> None:
        """Whoever leaves cannot write there."""
        async with looking(browser) as page:
            await page.goto(f"{url}?as=client_anna")
            await page.evaluate(
                "document.querySelector('form.writing [name=actor]').value = 'manager_olga'"
            )
            await page.get_by_label("Write as Анна").fill("?")
            await page.get_by_role("button", name="Send", exact=True).click()

            await expect(page.get_by_role("alert")).to_contain_text("is not in a chat")

    async def test_makes_a_group_and_a_supergroup_of_it(self, url: str, browser: Browser) -> None:
        """Which has another number."""
        async with looking(browser, "desktop-light") as page:
            await page.goto(f"{url}?as=agent_igor")
            await page.get_by_text("New group").click()
            await page.get_by_label("Called").fill("Оплата в Дубай")
            await page.get_by_role("button", name="Make it", exact=True).click()
            await expect(page.get_by_role("heading", name="Оплата в Дубай")).to_be_visible()
            await page.get_by_role("button", name="Make it a supergroup").click()

            await expect(page.get_by_text("This supergroup was a group before.")).to_be_visible()


class TestAForeignPage:
    async def test_makes_nobody_act(self, url: str) -> None:
        """A browser says whose page it was."""
        form = {"actor": "client_anna", "action": "write", "text": "?"}
        async with (
            aiohttp.ClientSession(headers={"origin": "https://elsewhere.example"}) as session,
            session.post(f"{url}act", data=form) as answer,
        ):
            assert 403 == answer.status
