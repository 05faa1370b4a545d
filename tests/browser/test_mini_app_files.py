"""Files that are brought into the Mini App, in a real Chromium."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.mini_app import ANNA, IGOR, Window, opened
from tests.browser.test_mini_app import begun
from tests.transfers.desk import Desk, open_desk
from tramita.chats.attaching import Handed, save_asset
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.testing.control import VendorControl
from tramita.transfers.documents import list_documents

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """One platform with Telegram and 1C for all tests of this module."""
    async with open_desk(server, tmp_path_factory.mktemp("files")) as desk:
        yield desk


async def bring(client: Window, name: str) -> None:
    """Choose a file for the application."""
    await client.frame.locator("#document-kind").select_option("invoice")
    file = {"name": name, "mimeType": "application/pdf", "buffer": PDF + name.encode()}
    await client.frame.locator("[data-upload]").set_input_files(file)  # type: ignore[arg-type]


class TestAFile:
    async def test_is_brought_and_sent_into_the_chat_by_a_press(
        self, desk: Desk, browser: Browser
    ) -> None:
        """Anna chooses it, Igor presses; it stands in the group, and both see that."""
        there, _ = await begun(desk)
        telegram = VendorControl(desk.world.qitech.session, "telegram")
        async with (
            opened(desk, browser, there, ANNA) as client,
            opened(desk, browser, there, IGOR, "desktop-light", "en") as agent,
        ):
            await bring(client, "инвойс 77.pdf")
            await expect(client.frame.locator("#notice")).to_have_text("Файл загружен.")
            for one in (client, agent):
                await expect(one.frame.locator(".documents li")).to_contain_text("инвойс 77.pdf")
            await client.keep("uploaded")

            await agent.frame.get_by_role("button", name="Send to chat").click()

            await expect(agent.frame.locator(".documents .stamp")).to_have_text("in the chat")
            await expect(client.frame.locator(".documents .stamp")).to_have_text("в чате")
            await agent.keep("sent")
        sent = [row["subject"] for row in await telegram.ledger("document_sent")]
        assert [str(there.number)] == sent

    async def test_that_was_sent_in_the_chat_is_taken_by_a_press(
        self, desk: Desk, browser: Browser
    ) -> None:
        """As what is chosen above; nobody has to bring it once more, and it is offered no longer."""
        there, one = await begun(desk)
        name = "Инвойс № 77 от 15 января 2026 года на поставку шлифовальных станков (подписан).pdf"
        handed = Handed(name, PDF + b"of 77")
        async with (
            opened(desk, browser, there, ANNA) as client,
            opened(desk, browser, there, IGOR, "desktop-light", "en") as agent,
        ):
            await save_asset(desk.world.runtime, there.id, handed, actor="test")
            offered = client.frame.get_by_role("button", name="Взять")
            await expect(offered).to_be_visible()
            await client.keep("from-the-chat")
            await agent.keep("from-the-chat-agent")
            await client.frame.locator("#document-kind").select_option("contract")
            await offered.click()

            for window in (client, agent):
                await expect(window.frame.locator(".documents [data-take]")).to_have_count(0)
                await expect(window.frame.locator(".documents li b")).to_have_text(
                    ["Контракт" if window is client else "Supply contract"]
                )
        async with desk.world.database.unit_of_work() as work:
            [kept] = await list_documents(work, one.id)
        assert ("contract", name, "person") == (kept.kind, kept.name, kept.origin)

    async def test_that_is_none_is_refused_in_words(self, desk: Desk, browser: Browser) -> None:
        """A program that calls itself a document is not kept; its refusal stays until another is chosen."""
        there, one = await begun(desk)
        async with opened(desk, browser, there, ANNA) as client:
            file = {"name": "инвойс.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00"}
            await client.frame.locator("[data-upload]").set_input_files(file)  # type: ignore[arg-type]
            notice = client.frame.locator("#notice")
            await expect(notice).to_have_text("Содержимое файла не соответствует его типу.")
            # What is shown is asked for anew after that, and leaves the sentence where it is.
            await desk.edit(one.id, payer={"contact": "+7 495 500-55-50"})
            await expect(client.field("payer.contact")).to_have_value("+7 495 500-55-50")
            await expect(notice).to_be_visible()
            await expect(client.frame.locator(".documents li")).to_have_count(0)
            await client.keep("refused-file")

            await bring(client, "инвойс 78.pdf")

            await expect(notice).to_have_text("Файл загружен.")
            await expect(client.frame.locator(".documents li")).to_have_count(1)
