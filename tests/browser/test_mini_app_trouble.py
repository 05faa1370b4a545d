"""The Mini App with a lost connection, in a real Chromium."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from hashlib import sha256

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.browser.mini_app import ANNA, IGOR, OLGA, Window, opened
from tests.browser.test_mini_app import begun
from tests.transfers.desk import Desk, open_desk
from tests.transfers.house import INVOICE
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.transfers.documents import add_document
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.model import Application
from tramita.transfers.service import move_application

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

OFFLINE = "Нет интернета"
# What has the keyboard; nothing: it has left the page.
WHERE = """() => {
    const { localName, type, id, name, value, dataset } = document.activeElement;
    const chosen = type === "radio" && value;
    return localName === "body" ? null : JSON.stringify([localName, id, name, chosen, dataset]);
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """One platform with Telegram and 1C for all tests of this module."""
    async with open_desk(server, tmp_path_factory.mktemp("trouble")) as desk:
        yield desk


class TestALostConnection:
    async def test_is_told_of_although_an_answer_from_before_comes_after(
        self, desk: Desk, browser: Browser
    ) -> None:
        """What was under way when the connection went says nothing about the connection."""
        there, one = await begun(desk)
        is_held, may_come = asyncio.Event(), asyncio.Event()

        async def hold(route: Route) -> None:
            answer = await route.fetch()
            is_held.set()
            await may_come.wait()
            await route.fulfill(response=answer)

        async with opened(desk, browser, there, ANNA) as client:
            await client.shows("Черновик")
            await desk.edit(one.id, payer={"contact": "+7 495 500-55-50"})
            await client.page.route("**/webapp/view*", hold, times=1)
            await client.frame.evaluate("dispatchEvent(new Event('online'))")
            await asyncio.wait_for(is_held.wait(), 60)
            await client.page.context.set_offline(True)
            notice = client.frame.locator("#notice")
            await expect(notice).to_contain_text(OFFLINE)

            may_come.set()

            await expect(client.field("payer.contact")).to_have_value("+7 495 500-55-50")
            await expect(notice).to_contain_text(OFFLINE)
            await expect(notice).to_be_visible()

    async def test_is_told_of_again_when_something_could_not_be_saved(
        self, desk: Desk, browser: Browser
    ) -> None:
        """Whatever the notice has said meanwhile, whoever writes must know that it reaches nobody."""
        there, _ = await begun(desk)
        async with opened(desk, browser, there, ANNA) as client:
            await client.shows("Черновик")
            await client.page.context.set_offline(True)
            notice = client.frame.locator("#notice")
            await expect(notice).to_contain_text(OFFLINE)
            await notice.evaluate("one => { one.textContent = ''; one.hidden = true }")

            await client.fill("payer.contact", "anna@example.com")

            await expect(notice).to_contain_text(OFFLINE)
            await expect(client.frame.locator("#saved")).to_have_text("Ещё не сохранено")
            await client.page.context.set_offline(False)
            await client.is_saved()
            await expect(notice).to_be_hidden()

    async def test_that_is_only_slow_loses_nothing_that_is_written(
        self, desk: Desk, browser: Browser
    ) -> None:
        """What did not come whole was not looked at: it is sent once more."""
        there, one = await begun(desk)

        async def give_up(route: Route) -> None:
            await route.fulfill(status=408, json={"code": "body_incomplete", "message": ""})

        async with opened(desk, browser, there, ANNA) as client:
            await client.shows("Черновик")
            await client.page.route("**/chats/current/application", give_up, times=1)
            await client.fill("payer.contact", "anna@example.com")
            await expect(client.frame.locator("#saved")).to_have_text("Ещё не сохранено")
            await client.is_saved()
        assert "anna@example.com" == (await desk.application(one.id)).fields["payer"]["contact"]


class TestSaving:
    async def test_goes_on_with_what_is_right_where_something_is_refused(
        self, desk: Desk, browser: Browser
    ) -> None:
        """Nothing of the first attempt was saved; what is wrong is marked, and said to be unsaved."""
        there, one = await begun(desk)

        async with opened(desk, browser, there, ANNA) as client:
            await client.shows("Черновик")
            await client.page.context.set_offline(True)
            await client.fill("payer.contact", "anna@example.com")
            await client.unfold("payer.name")
            await client.field("payer.name").evaluate("one => one.removeAttribute('maxlength')")
            await client.fill("payer.name", "О" * 5000)
            await expect(client.frame.locator("#saved")).to_have_text("Ещё не сохранено")
            await client.page.context.set_offline(False)

            await expect(client.field("payer.name")).to_have_attribute("aria-invalid", "true")
            await expect(client.frame.locator("#saved")).to_have_text("Ещё не сохранено")

            async def is_saved() -> bool:
                fields = (await desk.application(one.id)).fields
                return bool(fields["payer"].get("contact") == "anna@example.com")

            await until(is_saved)

    @pytest.mark.parametrize("status", [409, 429])
    async def test_comes_to_its_end_although_it_was_refused_at_first(
        self, desk: Desk, browser: Browser, status: int
    ) -> None:
        """What was not taken stays where it was written, and whatever else is shown leaves it there."""
        there, one = await begun(desk)
        codes = {409: "version_conflict", 429: "too_many_requests"}
        refusals = [status]

        async def refuse(route: Route) -> None:
            if route.request.method != "PATCH":
                await route.abort()
            elif refusals:
                refusals.clear()
                await route.fulfill(status=status, json={"code": codes[status], "message": "Позже"})
            else:
                await route.fallback()

        async with opened(desk, browser, there, ANNA) as client:
            await client.shows("Черновик")
            await client.page.route("**/chats/current/application", refuse)
            await client.fill("payer.contact", "anna@example.com")
            await expect(client.frame.locator("#saved")).to_have_text("Ещё не сохранено")
            await desk.edit(one.id, money={"currency": "USD"})
            await expect(client.field("money.currency")).to_have_value("USD")
            await expect(client.field("payer.contact")).to_have_value("anna@example.com")

            await client.page.unroute("**/chats/current/application")
            await client.is_saved()
        assert "anna@example.com" == (await desk.application(one.id)).fields["payer"]["contact"]


class TestWriting:
    """While what is shown is rendered anew, because somebody else has changed something."""

    async def test_goes_in_place_of_what_was_selected(self, desk: Desk, browser: Browser) -> None:
        """And goes on where it was, behind a space that is not saved."""
        there, one = await begun(desk)
        async with opened(desk, browser, there, ANNA) as client:
            await client.unfold("payer.name")
            name, keyboard = client.field("payer.name"), client.page.keyboard
            await name.select_text()
            await rendered_anew(desk, one, client, "+7 495 500-55-50")

            await keyboard.insert_text("ООО ")
            await client.is_saved()
            await rendered_anew(desk, one, client, "+7 495 500-55-51")
            await keyboard.insert_text("«Новое имя»")

            await expect(name).to_have_value("ООО «Новое имя»")
            await client.is_saved()

    async def test_takes_over_what_stands_where_nobody_has_written(
        self, desk: Desk, browser: Browser
    ) -> None:
        """Whoever is only at a field sees what somebody else makes of it, and their cursor stays."""
        there, one = await begun(desk)
        async with opened(desk, browser, there, ANNA) as client:
            await rendered_anew(desk, one, client, "+7 495 500-55-50")
            await client.unfold("payer.contact")
            contact, currency = client.field("payer.contact"), client.field("money.currency")
            await contact.focus()
            await contact.evaluate("one => one.setSelectionRange(3, 6)")

            await rendered_anew(desk, one, client, "+7 812 500-55-50")

            place = await contact.evaluate("one => [one.selectionStart, one.selectionEnd]")
            assert [3, 6] == place
            await expect(contact).to_be_focused()
            await client.unfold("money.currency")
            await currency.focus()
            await desk.edit(one.id, money={"currency": "USD"})
            await expect(currency).to_have_value("USD")
            await expect(currency).to_be_focused()

    async def test_lets_keys_reach_what_is_pressed(self, desk: Desk, browser: Browser) -> None:
        """A button or a part that folds keeps the keyboard, as a field does."""
        there, one = await begun(desk)
        async with opened(desk, browser, there, ANNA) as client:
            keyboard = client.page.keyboard
            part = client.frame.locator("details:has(summary)").last
            was_open = await part.evaluate("one => one.open")
            await part.locator("summary").focus()
            await rendered_anew(desk, one, client, "+7 495 500-55-52")
            await keyboard.press("Enter")
            await expect(part).to_have_js_property("open", not was_open)

            await client.frame.get_by_role("button", name="Отменить заявку").focus()
            await rendered_anew(desk, one, client, "+7 495 500-55-53")
            await keyboard.press("Enter")
            await expect(client.frame.locator("#ask")).to_be_visible()

    async def test_keeps_what_was_not_sent_yet(self, desk: Desk, browser: Browser) -> None:
        """A note that is being written, and what was chosen from lists that nobody saves."""
        there, one = await begun(desk)
        async with opened(desk, browser, there, IGOR) as agent:
            keyboard, note = agent.page.keyboard, agent.frame.locator("#note")
            kind = agent.frame.locator("#document-kind")
            await kind.select_option("specification")
            await note.press_sequentially("Звонил ")
            await rendered_anew(desk, one, agent, "+7 495 500-55-54")

            await keyboard.insert_text("банк")

            await expect(note).to_have_value("Звонил банк")
            await expect(kind).to_have_value("specification")
            await keyboard.press("Tab")
            await keyboard.press("Enter")
            await expect(agent.frame.locator(".noted")).to_have_text("Звонил банк")
            await expect(note).to_have_value("")
            await expect(agent.frame.get_by_role("button", name="Записать")).to_be_focused()

    async def test_keeps_a_draft_while_a_former_one_is_looked_at(
        self, desk: Desk, browser: Browser
    ) -> None:
        """A note belongs to the application that it was begun for."""
        there, former = await begun(desk)
        async with desk.house.acting(desk.house.as_client) as work:
            await move_application(work, former.id, T.CANCEL, desk.house.as_client)
        async with opened(desk, browser, there, IGOR) as agent:
            await agent.main.click()
            note = agent.frame.locator("#note")
            await note.fill("Черновик заметки")
            await agent.frame.get_by_role("button", name="12 500,00 CNY").click()
            await agent.shows("Отменено")
            await expect(note).to_have_count(0)
            await agent.back.click()

            await expect(note).to_have_value("Черновик заметки")

    async def test_leaves_controls_that_are_alike_where_they_are(
        self, desk: Desk, browser: Browser
    ) -> None:
        """A list that is unfolded stays so, and a key that is down is a press when it comes up."""
        there, one = await begun(desk)
        async with opened(desk, browser, there, ANNA) as client:
            currency = client.field("money.currency")
            await currency.evaluate("one => { one.isTheSame = true }")
            await client.frame.get_by_role("button", name="Отменить заявку").focus()
            await client.page.keyboard.down("Space")
            await rendered_anew(desk, one, client, "+7 495 500-55-55")
            await client.page.keyboard.up("Space")

            await expect(client.frame.locator("#ask")).to_be_visible()
            await expect(currency).to_have_js_property("isTheSame", True)

    async def test_goes_on_at_the_sentence_when_its_button_is_gone(
        self, desk: Desk, browser: Browser
    ) -> None:
        """While it is asked whether it is meant, the agent has done something else."""
        there, one = await begun(desk)
        async with opened(desk, browser, there, ANNA) as client:
            await client.frame.get_by_role("button", name="Отменить заявку").focus()
            await client.page.keyboard.press("Enter")
            dialog = client.frame.locator("#ask")
            await expect(dialog).to_be_visible()
            async with desk.house.acting(desk.house.as_client) as work:
                await move_application(work, one.id, T.SUBMIT, desk.house.as_client)
            await client.shows("На проверке")

            await client.page.keyboard.press("Escape")

            await expect(dialog).to_be_hidden()
            await expect(client.frame.locator("#asked")).to_be_focused()

    async def test_does_not_press_what_has_moved_up(self, desk: Desk, browser: Browser) -> None:
        """The keyboard stays at the document that it was at, not at the place where that stood."""
        there, one = await begun(desk)
        async with opened(desk, browser, there, IGOR) as agent:
            await add_invoice(desk, one, "первый")
            row = agent.frame.locator(".documents > ul > li", has_text="первый")
            await row.get_by_role("button").focus()
            await add_invoice(desk, one, "второй")

            await expect(agent.frame.locator(".documents > ul > li")).to_have_count(2)
            await expect(row.get_by_role("button")).to_be_focused()

    async def test_goes_from_each_control_to_the_next_whatever_comes(
        self, desk: Desk, browser: Browser
    ) -> None:
        """By Tab through everything that a manager has, while somebody else goes on changing it."""
        there, one = await begun(desk)

        async def nothing(_: int) -> None: ...

        async def something(n: int) -> None:
            if n % 8 == 0:
                await rendered_anew(desk, one, lead, f"+7 495 500-{n:04d}")

        async with opened(desk, browser, there, OLGA) as lead:
            calm, busy = await stops(lead, nothing), await stops(lead, something)

        assert len(calm) > 50
        assert calm == busy

    async def test_is_not_undone_by_a_view_from_before_it(
        self, desk: Desk, browser: Browser
    ) -> None:
        """One that was rendered before a correction and comes after it is not shown."""
        there, _ = await begun(desk)
        comings = [asyncio.Event(), asyncio.Event()]
        held: list[asyncio.Event] = []
        come: list[asyncio.Event] = []

        async def hold(route: Route) -> None:
            answer = await route.fetch()
            may_come = comings[len(held)]
            held.append(may_come)
            await may_come.wait()
            await route.fulfill(response=answer)
            come.append(may_come)

        async with opened(desk, browser, there, ANNA) as client:
            await client.fill("payer.inn", "7707083890")
            await client.is_wrong("payer.inn", "контрольн")
            await client.page.route("**/webapp/view*", hold, times=2)
            await client.frame.evaluate("dispatchEvent(new Event('online'))")
            await until(is_so(lambda: len(held) == 1))
            await client.fill("payer.inn", "7707083893")
            await client.is_right("payer.inn")
            await client.is_saved()

            comings[0].set()
            await until(is_so(lambda: len(held) == 2))  # The next one is asked for.

            await client.is_right("payer.inn")
            await expect(client.field("payer.inn")).to_have_value("7707083893")
            comings[1].set()
            await until(is_so(lambda: come == held))

    async def test_is_saved_one_after_the_other(self, desk: Desk, browser: Browser) -> None:
        """Two changes that waited for a third do not go at once, of which one would be refused."""
        there, _ = await begun(desk)
        under_way: list[str] = []
        most = 0
        may_go = asyncio.Event()

        async def hold(route: Route) -> None:
            nonlocal most
            under_way.append(route.request.url)
            most = max(most, len(under_way))
            await may_go.wait()
            answer = await route.fetch()
            assert 200 == answer.status
            under_way.remove(route.request.url)
            await route.fulfill(response=answer)

        async with opened(desk, browser, there, ANNA) as client:
            await client.page.route("**/chats/current/application", hold)
            await client.fill("payer.contact", "anna@example.com")
            await until(is_so(lambda: under_way))
            await client.fill("payer.name", "ООО «Два»")
            await client.fill("purpose.text", "PAYMENT FOR TOOLS")
            may_go.set()

            await client.is_saved()
            await expect(client.frame.locator("#notice")).to_be_hidden()
        assert 1 == most


async def stops(window: Window, between: Callable[[int], Awaitable[None]]) -> list[str]:
    """Where Tab leads from the first part of the form on, and what comes at each place."""
    for part in await window.frame.locator("details").all():
        await part.evaluate("one => { one.open = true }")
    await window.frame.locator("summary").first.focus()
    found: list[str] = []
    while (place := await window.frame.evaluate(WHERE)) is not None:
        await between(len(found))
        found.append(place)
        assert len(found) < 200
        await window.page.keyboard.press("Tab")
    return found


async def add_invoice(desk: Desk, one: Application, name: str) -> None:
    """The agent brings one more."""
    new = replace(INVOICE, name=f"{name}.pdf", sha256=sha256(name.encode()).digest())
    async with desk.house.acting(desk.house.as_agent) as work:
        await add_document(work, one.id, new, desk.house.as_agent)


async def rendered_anew(desk: Desk, one: Application, client: Window, contact: str) -> None:
    """Have the agent change something, and the client's page show it."""
    await desk.edit(one.id, payer={"contact": contact})
    await expect(client.field("payer.contact")).to_have_value(contact)


def is_so(condition: Callable[[], object]) -> Callable[[], Awaitable[bool]]:
    """A condition as ``until`` asks for it."""

    async def asked() -> bool:
        return bool(condition())

    return asked
