"""The client's page in a real Chromium against the whole of Tramita."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.looks import LOOKS, SCREENS, keep
from tests.conftest import world_apart
from tests.world import World, envelope
from tramita.kit.embedded.postgres import EmbeddedPostgres

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def world(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[World]:
    """A world of the test's own, on the browser's loop."""
    async with world_apart(server, tmp_path) as world:
        yield world


# Who acts at the bank's side, and where the contract then stands for its client.
LIFE = (
    ("client", "sign", "Assinado, pedido enviado"),
    ("ctc", "accept", "Falta sua confirmação"),
    ("beneficiary", "confirm", "Assinado, aguardando saldo"),
    ("origin_bank", "send_balance", "Quitação autorizada"),
    ("qitech", "settle", re.compile("Quitação a caminho|aguardando confirmação")),
    ("origin_bank", "confirm_settlement", "Quitado"),
    ("dataprev", "register", "Concluído"),
)


async def slow_contract(world: World) -> tuple[str, int]:
    """An envelope whose second contract takes its time at the bank; its token, and what to let go."""
    body = envelope()
    match = {"contract_number": body["contracts"][1]["contract_number"]}
    await world.qitech.delay(300)
    held = await world.qitech.fail("answer_held", match=match, arguments={"seconds": 25.0})
    return await world.make_envelope(body), held


class TestThePage:
    """What the client sees while the envelope is carried."""

    @pytest.mark.parametrize("look", SCREENS)
    async def test_follows_an_envelope_live(
        self, world: World, browser: Browser, look: str
    ) -> None:
        """Waiting, loading with progress, then what to sign, without a reload."""
        token, held = await slow_contract(world)
        context = await browser.new_context(**LOOKS[look])
        page = await context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda said: problems.append(said.text) if said.type == "error" else None
        )
        await page.goto(f"{world.url}/formalizacao/{token}")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("ainda não foram")
        await keep(page, f"envelope-{look}-1-waiting")

        await world.send_link(token)

        await expect(page.get_by_role("progressbar")).to_have_js_property("value", 3)
        await keep(page, f"envelope-{look}-2-loading")
        await world.qitech.let_go(held)
        await expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(4)
        await keep(page, f"envelope-{look}-3-ready")
        assert [] == problems

    async def test_follows_the_later_life_live(self, world: World, browser: Browser) -> None:
        """From the signature to the registered margin by itself, and a reload shows the same."""
        token = await world.make_envelope(envelope(portabilities=1))
        await world.send_link(token)
        await world.until_done(token)
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        await page.goto(f"{world.url}/formalizacao/{token}")
        stamp = page.locator(".stamp")
        await expect(stamp).to_have_text("Pronto para assinar")

        for actor, action, shown in LIFE:
            await world.qitech.person(actor, action)
            await expect(stamp).to_have_text(shown)
            await keep(page, f"envelope-life-{actor}-{action}")

        before = await page.locator("#formalization").inner_text()
        await page.reload()
        assert before == await page.locator("#formalization").inner_text()

    @pytest.mark.soak
    async def test_gets_there_without_a_socket(self, world: World, browser: Browser) -> None:
        """A network that blocks WebSockets makes it slower, not wrong."""
        token, held = await slow_contract(world)
        page = await browser.new_page()
        await page.route_web_socket("**/ws/*", lambda socket: socket.close())
        await world.send_link(token)

        await page.goto(f"{world.url}/formalizacao/{token}")

        await expect(page.get_by_role("progressbar")).to_be_visible()
        await keep(page, "envelope-blocked-socket")
        await world.qitech.let_go(held)
        await expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(4)

    async def test_tells_what_was_refused_and_finds_what_was_lost(
        self, world: World, browser: Browser
    ) -> None:
        """Refusals in words a client understands; an answer that was lost is no refusal."""
        body = envelope()
        numbers = [contract["contract_number"] for contract in body["contracts"]]
        for number, kind in zip(
            numbers, ("400_business", "higher_rate", "lost_after"), strict=False
        ):
            await world.qitech.fail(kind, match={"contract_number": number})
        token = await world.make_envelope(body)
        page = await browser.new_page(viewport={"width": 390, "height": 844})

        await world.send_link(token)
        await world.until_done(token)
        await page.goto(f"{world.url}/formalizacao/{token}")

        await expect(page.get_by_text("O banco não aceitou esta portabilidade.")).to_be_visible()
        await expect(page.get_by_text("ficaram maiores do que o combinado")).to_be_visible()
        await expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(2)
        await keep(page, "envelope-each-fate")
