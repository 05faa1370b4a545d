"""The demonstration of numbering in a real Chromium, with the simulated Sigan behind it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.looks import keep, looking
from tests.conftest import world_apart
from tests.numbering.over_http import QUICK
from tests.world import World
from tramita.kit.embedded.postgres import EmbeddedPostgres

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

FULL = re.compile(r"^\(\d\d\) 9\d{4}-\d{4}$")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """One world for all: previews do not get in each other's way."""
    async with world_apart(server, tmp_path_factory.mktemp("demo")) as world:
        world.runtime.configure(QUICK)
        yield world


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def mended(world: World) -> AsyncIterator[None]:
    """What a test breaks at Sigan is whole again for the next."""
    yield
    await world.sigan.mend()
    await world.sigan.delay(0)


async def choose(page: Page, world: World, ddd: str) -> None:
    """Open the demonstration and press an area code; wait for its numbers."""
    await page.goto(f"{world.url}/numbering/demo")
    await page.get_by_role("button", name=ddd).click()
    await shows(page, "Três números separados para você")


async def shows(page: Page, heading: str) -> None:
    """Wait until the page is about this."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)


@asynccontextmanager
async def held_up(page: Page, address: str) -> AsyncIterator[None]:
    """Keep what is asked there from its server until the block has seen how the page waits."""
    may_go = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_go.wait()
        await route.continue_()

    await page.route(address, hold, times=1)
    yield
    may_go.set()


def first_reserve(page: Page) -> Any:
    """The button of the first number."""
    return page.get_by_role("button", name="Reservar").first


class TestAVisitor:
    @pytest.mark.parametrize("look", ["phone-light", "desktop-dark"])
    async def test_gets_a_number_and_gives_it_back(
        self, world: World, browser: Browser, look: str
    ) -> None:
        """From the area code to the return, on every screen."""
        async with looking(browser, look) as page:
            await page.goto(f"{world.url}/numbering/demo")
            await expect(page.locator("[data-ddd]")).to_have_count(67)
            await keep(page, f"numbering-{look}-1-choose")
            async with held_up(page, "**/previews"):
                await page.get_by_role("button", name="11").click()
                await expect(page.get_by_role("progressbar")).to_be_visible()
                await shows(page, "Pedindo números do DDD 11")
                await keep(page, f"numbering-{look}-2-asking")
            await shows(page, "Três números separados para você")
            await expect(page.get_by_role("heading", level=1)).to_be_focused()
            await expect(page.locator("#left")).to_have_text(re.compile(r"^14:\d\d$"))
            await keep(page, f"numbering-{look}-3-held")
            masked = await page.locator(".masked").first.inner_text()

            async with held_up(page, "**/reserve"):
                await first_reserve(page).click()
                await expect(page.get_by_role("button", name="Reservando…")).to_be_disabled()
            await shows(page, "Número reservado")
            full = page.locator(".full")
            await expect(full).to_have_text(FULL)
            assert masked[-4:] == (await full.inner_text())[-4:]
            await keep(page, f"numbering-{look}-4-reserved")
            await page.reload()
            await expect(full).to_have_text(FULL)

            await page.get_by_role("button", name="Devolver o número").click()
            await shows(page, "Número devolvido")
            await expect(page.get_by_text("A operadora confirmou")).to_be_visible()
            await expect(full).to_have_count(0)
            await keep(page, f"numbering-{look}-5-released")

    async def test_takes_other_numbers_and_goes_back(self, world: World, browser: Browser) -> None:
        """The browser's own buttons lead through what was seen, as it stands now."""
        async with looking(browser) as page:
            await choose(page, world, "21")
            before = await page.locator(".masked").all_inner_texts()

            await page.get_by_role("button", name="Ver outros três").click()
            await expect(page.locator(".masked").first).not_to_have_text(before[0])

            await page.go_back()
            await shows(page, "Estes números foram trocados")
            await page.go_back()
            await shows(page, "De onde será o número?")
            await page.go_forward()
            await page.go_forward()
            await shows(page, "Três números separados para você")


async def leave(world: World, *, seconds: int) -> None:
    """Let the newest preview end so soon."""
    await world.fetch(
        "UPDATE preview SET expires_at = tramita_now() + $1 "
        "WHERE id = (SELECT id FROM preview ORDER BY created_at DESC LIMIT 1)",
        timedelta(seconds=seconds),
    )


class TestTheClock:
    async def test_runs_to_the_end_by_itself(self, world: World, browser: Browser) -> None:
        """The last minute is said aloud, and the end needs no click."""
        async with looking(browser) as page:
            await choose(page, world, "31")
            shown = await page.locator("#left").inner_text()
            await expect(page.locator("#left")).not_to_have_text(shown)
            await leave(world, seconds=40)
            await page.reload()
            await expect(page.locator("#left-words")).to_have_text("último minuto para escolher")
            await keep(page, "numbering-last-minute")
            await leave(world, seconds=2)
            await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

            await shows(page, "O prazo destes números acabou")
            await keep(page, "numbering-over")
            await page.get_by_role("button", name="Pedir outros três do DDD 31").click()
            await shows(page, "Três números separados para você")


class TestARefusal:
    async def test_of_the_provider_is_told_and_tried_again(
        self, world: World, browser: Browser
    ) -> None:
        """Nothing was reserved, and the same area code is one press away."""
        await world.sigan.fail("429", operation="pre_reserve", count=1)
        async with looking(browser, "desktop-dark") as page:
            await page.goto(f"{world.url}/numbering/demo")
            await page.get_by_role("button", name="41").click()

            await expect(page.get_by_role("alert")).to_contain_text(
                "A operadora está indisponível no momento"
            )
            await keep(page, "numbering-down")
            await page.get_by_role("button", name="Tentar o DDD 41 de novo").click()
            await shows(page, "Três números separados para você")

    async def test_because_somebody_was_faster_keeps_the_others(
        self, world: World, browser: Browser
    ) -> None:
        """What can still be chosen stays on the screen."""
        async with looking(browser) as page:
            await choose(page, world, "85")
            await world.sigan.fail("number_taken", operation="reserve", count=1)

            await first_reserve(page).click()

            await expect(page.get_by_role("alert")).to_contain_text("recusou o pedido")
            await expect(page.get_by_role("button", name="Reservar")).to_have_count(3)
            await keep(page, "numbering-refused")


class TestSilence:
    async def test_of_the_provider_is_waited_out(self, world: World, browser: Browser) -> None:
        """Neither yes nor no, until it is known; then it is shown by itself."""
        async with looking(browser) as page:
            await choose(page, world, "51")
            await world.sigan.fail("lost_after", operation="reserve", count=1)
            await world.sigan.fail("reset_before_effect", operation="find_request", count=100)

            await first_reserve(page).click()
            await shows(page, "Aguardando a confirmação da operadora")
            await expect(page.get_by_text("aguardando resposta")).to_be_visible()
            await keep(page, "numbering-unknown")

            await world.sigan.mend()
            await world.until_at_rest()
            await shows(page, "Número reservado")
            await expect(page.locator("#announcer")).to_have_text("Número reservado")

    @pytest.mark.soak
    async def test_of_the_server_is_no_answer_either(self, world: World, browser: Browser) -> None:
        """The reservation was made and the answer lost: the page finds out."""

        async def lose(route: Route) -> None:
            await route.fetch()
            await route.abort()

        async with looking(browser) as page:
            await choose(page, world, "61")
            await page.route("**/reserve", lose)

            await first_reserve(page).click()

            await expect(page.locator("#notice")).to_contain_text("não está respondendo")
            await shows(page, "Número reservado")
            await expect(page.locator("#notice")).to_be_hidden()

    async def test_of_the_line_is_said_and_mends_itself(
        self, world: World, browser: Browser
    ) -> None:
        """Offline: the numbers stay, the clock runs, and nothing is promised."""
        async with looking(browser) as page:
            await choose(page, world, "71")
            await page.context.set_offline(offline=True)

            await first_reserve(page).click()
            await expect(page.locator("#notice")).to_contain_text("Você está sem internet")
            await keep(page, "numbering-offline")
            await page.context.set_offline(offline=False)

            await expect(page.locator("#notice")).to_be_hidden()
            await first_reserve(page).click()
            await shows(page, "Número reservado")

    async def test_when_choosing_leaves_everything_to_choose_from(
        self, world: World, browser: Browser
    ) -> None:
        """Nothing was reserved, and the focus is where it was."""
        async with looking(browser) as page:
            await page.goto(f"{world.url}/numbering/demo")
            await page.route("**/previews", lambda route: route.abort())

            await page.get_by_role("button", name="99").click()

            await expect(page.locator("#notice")).to_contain_text("Nenhum número foi reservado")
            await expect(page.get_by_role("button", name="99")).to_be_focused()
            await page.unroute("**/previews")
            await page.get_by_role("button", name="99").click()
            await shows(page, "Três números separados para você")

    @pytest.mark.soak
    async def test_is_no_reason_to_stay(self, world: World, browser: Browser) -> None:
        """Whoever leaves while the provider thinks finds the page alive."""
        async with looking(browser) as page:
            await choose(page, world, "95")
            await world.sigan.delay(600)
            await first_reserve(page).click()
            await page.get_by_role("link", name="Escolher outro DDD").click()
            await shows(page, "De onde será o número?")

            await page.go_back()

            await shows(page, "Número reservado")


class TestWithoutScripts:
    async def test_says_what_is_needed(self, world: World, browser: Browser) -> None:
        """And no button looks as if it could be pressed."""
        async with looking(browser, java_script_enabled=False) as page:
            await page.goto(f"{world.url}/numbering/demo")

            await expect(page.locator("noscript h2")).to_be_visible()
            await expect(page.get_by_role("button", name="11")).to_be_disabled()


class TestLargeLetters:
    async def test_fit_on_a_small_screen(self, world: World, browser: Browser) -> None:
        """From a telephone of 320 pixels down to letters three times as large."""
        async with looking(browser) as page:
            await choose(page, world, "92")
            await first_reserve(page).wait_for()
            for width in (320, 240, 200):
                await page.set_viewport_size({"width": width, "height": 844})
                await keep(page, f"numbering-narrow-{width}")
