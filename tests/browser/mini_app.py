"""Telegram's window with the Mini App in it, in a real Chromium; behind it the platform and 1C."""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from playwright.async_api import Browser, Frame, Locator, Page, expect

from tests.browser.accessibility import find_barriers
from tests.browser.looks import looking
from tests.transfers.desk import Desk
from tests.transfers.house import MASTER
from tramita.chats.members import Seen, note_people
from tramita.chats.ports import Chat, ChatType, Membership, Person
from tramita.chats.registry import add_chats, bind, find_chat, start_token
from tramita.kit.identifiers import new_id
from tramita.testing.control import VendorControl
from tramita.transfers.agents import NewAgent, add_agent, find_agent
from tramita.transfers.model import AgentRole

ANNA, IGOR, OLGA = 700001, 700900, 700901
NAMES = {ANNA: "client_anna", IGOR: "agent_igor", OLGA: "manager_olga"}
_numbers = itertools.count(1)
# What would be taken for its neighbour when that goes, whoever is at it.
NAMELESS = """[...document.querySelectorAll("a, button, details, input, select, textarea")].filter(one =>
    one.closest("#view") && !one.closest("[data-own]") &&
    !(one.id && document.querySelectorAll(`[id="${CSS.escape(one.id)}"]`).length === 1)
).map(one => one.outerHTML)"""


@dataclass(frozen=True)
class Group:
    """A chat with client and agent, to which the agent has added our bot."""

    id: UUID
    number: int
    token: str


@dataclass
class Window:
    """Somebody who has opened the Mini App."""

    page: Page
    frame: Frame
    name: str

    @property
    def main(self) -> Locator:
        """Telegram's big button."""
        return self.page.locator("#main")

    @property
    def back(self) -> Locator:
        """Telegram's button for going back, or closing."""
        return self.page.locator("#back")

    def field(self, path: str) -> Locator:
        """A field of the form by its path."""
        return self.frame.locator(f'[id="{path}"]')

    async def fill(self, path: str, value: str) -> None:
        """Write into a field, and go on."""
        await self.unfold(path)
        await self.field(path).fill(value)
        await self.field(path).blur()

    async def choose(self, path: str, value: str) -> None:
        """Choose from a list, or one of a few."""
        await self.unfold(path)
        if await self.field(path).evaluate("one => one.tagName") == "SELECT":
            await self.field(path).select_option(value)
        else:
            await self.field(path).locator(f'input[value="{value}"]').check()

    async def unfold(self, path: str) -> None:
        """Have the part of the form open in which the field is."""
        await self.field(path).evaluate("one => { one.closest('details').open = true }")

    async def agree(self, path: str) -> None:
        """Tick a box."""
        await self.unfold(path)
        await self.field(path).check()

    async def is_wrong(self, path: str, hint: str) -> None:
        """Wait until a field says so, to eyes and to screen readers."""
        await expect(self.field(f"{path}-wrong")).to_contain_text(hint)
        await expect(self.field(path)).to_have_attribute("aria-invalid", "true")

    async def is_right(self, path: str) -> None:
        """Wait until nothing is wrong with a field."""
        await expect(self.field(f"{path}-wrong")).to_be_hidden()

    async def is_saved(self, word: str = "Сохранено") -> None:
        """Wait until everything that was written is kept."""
        await expect(self.frame.locator("#saved")).to_have_text(word)

    async def shows(self, stamp: str) -> None:
        """Wait until the application's stamp says so, as the page is open."""
        await expect(self.frame.locator(".head .stamp")).to_have_text(stamp)

    async def press(self, answer: str | None = None) -> None:
        """Press the big button, and answer what Telegram asks then."""
        await self.main.click()
        if answer is not None:
            await self.page.locator(f'#popup button[value="{answer}"]').click()

    async def keep(self, what: str) -> None:
        """See that nothing sticks out and everybody can use it; a picture where one is asked for."""
        sticks_out = "document.documentElement.scrollWidth > window.innerWidth"
        assert not await self.frame.evaluate(sticks_out)
        nameless = await self.frame.evaluate(NAMELESS)
        assert not nameless, "\n".join(nameless)
        directory = os.environ.get("TRAMITA_TEST_SCREENSHOTS")
        if directory:
            await self.page.screenshot(path=Path(directory) / f"mini-{self.name}-{what}.png")
        barriers = await find_barriers(self.frame)
        assert not barriers, "\n".join(barriers)


async def group(desk: Desk, title: str = "Станки из Шэньчжэня") -> Group:
    """A group at Telegram, and what the platform knows of it once the agent has added the bot."""
    telegram = VendorControl(desk.world.qitech.session, "telegram")
    await telegram.act(app_url=f"{desk.world.url}/webapp")
    made = await telegram.person("igor", "create_group", title=title, others=["anna", "olga"])
    number = made["chat"]
    await telegram.person("igor", "add_bot", chat=number)
    async with desk.world.database.unit_of_work(actor="test") as work:
        if await find_agent(work, MASTER, IGOR) is None:
            await add_agent(work, NewAgent(MASTER, "Игорь", IGOR))
            await add_agent(work, NewAgent(MASTER, "Ольга", OLGA, AgentRole.MANAGER))
        await add_chats(work, "telegram", {number: Chat(number, ChatType.GROUP, title)})
        chat = await find_chat(work, number)
        assert chat is not None
        await bind(work, chat.id, MASTER, IGOR)
        at = await work.now()
        client = Person(ANNA, "Анна", "Котова", language="ru")
        await note_people(work, [Seen(chat.id, client, at, next(_numbers), Membership.MEMBER)])
        return Group(chat.id, number, await start_token(work, chat.id))


@asynccontextmanager
async def opened(
    desk: Desk,
    browser: Browser,
    there: Group,
    person: int,
    look: str = "phone-light",
    language: str = "ru",
    **more: Any,
) -> AsyncIterator[Window]:
    """Somebody who opens it from the chat, on a screen."""
    locale = {"ru": "ru-RU", "en": "en-GB"}[language]
    asked = {
        "as": NAMES[person],
        "chat": there.number,
        "start": there.token,
        "scheme": look.partition("-")[2],
        "language": language,
    }
    async with looking(browser, look, locale=locale, timezone_id="Europe/Moscow", **more) as page:
        await page.goto(f"{desk.world.simulators_url}/telegram/host?{urlencode(asked)}")
        handle = await page.locator("#app").element_handle()
        frame = await handle.content_frame()
        assert frame is not None
        await frame.wait_for_selector("#view[data-version], #view .sheet")
        yield Window(page, frame, f"{look}-{language}-{NAMES[person]}-{new_id().hex[-4:]}")
