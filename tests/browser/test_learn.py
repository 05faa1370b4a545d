"""The learners' pages in a real Chromium: the whole way, by hand, on every screen."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.learning import Reader, reading, school_apart, shows
from tests.browser.looks import follow, keep, looking
from tests.journeys.school import SIGNING, School
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_school(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[School]:
    """One school for all tests of this module."""
    async with school_apart(server, tmp_path_factory.mktemp("learn")) as school:
        yield school


@pytest_asyncio.fixture(loop_scope="module")
async def school(shared_school: School) -> AsyncIterator[School]:
    """The school, with everybody well when the test is over."""
    yield shared_school
    await shared_school.lyra.act(debits="as_cards")
    for vendor in (shared_school.lyra, shared_school.lexpersona):
        await vendor.mend()
        await vendor.delay(0)


class TestALearner:
    @pytest.mark.parametrize(
        ("look", "language", "said"),
        [
            ("phone-light", "en", ("To be signed", "Card needed", "Course open", "Completed")),
            ("desktop-dark", "fr", ("À signer", "Carte à choisir", "Cours ouvert", "Terminée")),
        ],
    )
    async def test_orders_signs_saves_a_card_and_pays(
        self, school: School, browser: Browser, look: str, language: str, said: tuple[str, ...]
    ) -> None:
        """From the catalogue to the end, there and back to both services; nothing is loaded anew."""
        to_sign, card_needed, is_open, is_completed = said
        offer = await school.offer(price="300.00", lasts=30)
        async with reading(school, browser, look, language) as reader:
            page = reader.page
            await reader.keep("1-empty")
            await page.goto(f"{reader.url}/learn/catalog")
            await reader.keep("2-catalog")
            await page.goto(f"{reader.url}/learn/catalog/{offer.offering['id']}")
            await reader.keep("3-offer")
            order = await reader.order(offer)
            await shows(page, to_sign)
            await reader.keep("4-ordered")

            await reader.press("sign")
            await page.wait_for_url("**/consent?**")
            await page.locator('form[action="consent/sign"] button').click()
            await reader.back_to(order)
            await reader.sees(order, "to_save_payment_method", card_needed)
            await reader.keep("5-signed")

            await reader.press("new-card")
            await page.wait_for_url("**/pay/**")
            await page.get_by_role("button", name="Save").click()
            await reader.back_to(order)
            await expect(page.locator(".bank-card")).to_have_text("Visa •••• 0014 12/2099")
            await reader.keep("6-card-saved")

            await reader.press("card")
            await reader.sees(order, "pending_payment", is_open)
            await expect(page.locator(".schedule .stamp.done")).to_have_count(1)
            await reader.keep("7-open")

            await page.evaluate("window.isTheSame = true")
            await school.countersign(await school.look(reader.learner, {"id": order}))
            contract = page.locator('a[href$="/contract"]')
            await expect(contract).to_be_visible()
            await school.pass_days(31)
            await reader.sees(order, "completed", is_completed)
            await expect(page.locator('a[href*="/invoice?"]')).to_have_count(3)
            await reader.keep("8-completed")
            assert await page.evaluate("window.isTheSame")
            for link in (contract, page.locator('a[href*="/invoice?"]').first):
                async with page.expect_download() as downloading:
                    await link.click()
                file = await (await downloading.value).path()
                assert b"%PDF-" == file.read_bytes()[:5]
            await page.goto(f"{reader.url}/learn")
            await reader.keep("9-orders")
            await page.goto(f"{reader.url}/learn/cards")
            await reader.keep("9-cards")

    async def test_needs_no_script_for_anything_but_liveness(
        self, school: School, browser: Browser
    ) -> None:
        """Whoever loads the page again sees the same, and may do the same."""
        offer = await school.offer(price="100.00", lasts=5)
        async with reading(school, browser, java_script_enabled=False) as reader:
            page = reader.page
            order = await reader.order(offer)
            await reader.press("sign")
            await page.wait_for_url("**/consent?**")
            await follow(page, page.locator('form[action="consent/sign"] button'))
            await school.until(reader.learner, {"id": order}, "to_save_payment_method")
            await reader.open(order)
            await reader.press("new-card")
            await page.wait_for_url("**/pay/**")
            await follow(page, page.get_by_role("button", name="Save"))
            await until(lambda: has_card(reader))
            await reader.open(order)
            await follow(page, reader.button("card"))
            await school.until(reader.learner, {"id": order}, "completed")
            await reader.open(order)

            await shows(page, "Completed")


async def has_card(reader: Reader) -> bool:
    """Whether the card that was saved is known."""
    return bool((await reader.learner.ask("GET", "/credit-cards")).body["items"])


async def ordered(reader: Reader, *, is_signed: bool = True, **offered: Any) -> dict[str, Any]:
    """An order of theirs that waits for a card, or for their signature."""
    order = await reader.learner.order(await reader.school.offer(**offered))
    if is_signed:
        await reader.school.sign(reader.learner, order)
        await reader.school.until(reader.learner, order, "to_save_payment_method")
    return order


async def paid_with(reader: Reader, order: dict[str, Any]) -> None:
    """Have it paid with a card of theirs."""
    school = reader.school
    await school.pay_with(reader.learner, order, await school.save_card(reader.learner))


class TestTrouble:
    async def test_of_the_bank_is_mended_by_hand(self, school: School, browser: Browser) -> None:
        """What was refused is paid at the processor, and the page shows it when one is back."""
        await school.lyra.act(debits="refuse")
        async with reading(school, browser, "phone-dark") as reader:
            order = await ordered(reader, price="100.00", lasts=5)
            await paid_with(reader, order)
            await reader.open(order)
            await reader.sees(order, "no_payment", "Payment refused")
            await reader.keep("refused")

            await reader.press("pay")
            await reader.page.wait_for_url("**/pay/**")
            await reader.page.get_by_role("button", name="Pay").first.click()
            await reader.back_to(order)
            await reader.sees(order, "completed", "Completed")

    async def test_with_signing_is_told_and_waits(self, school: School, browser: Browser) -> None:
        """A document that is late, a service that is away, and a signature that was refused."""
        async with reading(school, browser, "desktop-light", "fr") as reader:
            page = reader.page
            order = await ordered(reader, is_signed=False)
            school.world.runtime.configure(SIGNING.model_copy(update={"link_seconds": 0.0}))
            await school.lexpersona.fail("429", operation=None, count=None)
            await reader.open(order)
            await reader.press("sign")
            await expect(page.locator(".alert")).to_have_count(0)
            await expect(page.locator("#asked")).to_contain_text("Votre contrat est en route")
            await reader.keep("late")
            await school.lexpersona.mend()
            school.world.runtime.configure(SIGNING)
            ready = page.locator("#asked", has_text="Votre contrat est prêt")

            async def is_ready() -> bool:
                await school.world.hasten()
                return await ready.count() > 0

            await until(is_ready)

            await school.lexpersona.fail("html_error", operation=None, count=None)
            await reader.press("sign")
            await expect(page.locator(".alert")).to_contain_text("Cela n’a pas été fait")
            await reader.keep("away")
            await school.lexpersona.mend()

            await school.refuse_to_sign(reader.learner, order)
            await expect(page.locator("#asked")).to_contain_text("La signature a été refusée")
            await reader.keep("not-signed")

    async def test_with_the_connection_is_said(self, school: School, browser: Browser) -> None:
        """Off line, on line again, and after the session's end; what was shown stays."""
        async with reading(school, browser) as reader:
            page, notice = reader.page, reader.page.locator("#notice")
            await reader.open(await ordered(reader, is_signed=False))
            await expect(notice).to_be_hidden()

            await page.context.set_offline(True)
            await expect(notice).to_contain_text("You are offline.")
            await reader.keep("offline")
            await page.context.set_offline(False)
            await expect(notice).to_be_hidden()

            await school.world.fetch("DELETE FROM learner_sessions")
            await page.evaluate("dispatchEvent(new Event('online'))")
            await expect(notice).to_contain_text("Your time here is over.")
            await shows(page, "To be signed")
            await page.reload()
            await expect(page.get_by_role("heading", level=1)).to_have_text(
                "Your time here is over"
            )
            await reader.keep("over")

    async def test_with_a_card_stands_out(self, school: School, browser: Browser) -> None:
        """One that has expired, in red."""
        async with reading(school, browser, "phone-dark", "fr") as reader:
            order = await ordered(reader, price="300.00", starts_in=60)
            await paid_with(reader, order)
            await school.until(reader.learner, order, "pending")
            await school.world.fetch("UPDATE credit_cards SET expiration_year = 2020")
            await reader.open(order)

            await expect(reader.page.locator(".expired").first).to_have_text("expirée")
            await reader.keep("expired")
            other = reader.page.locator("details.other-card")
            await other.evaluate("one => one.open = true")
            await reader.press("new-card")
            await reader.page.wait_for_url("**/pay/**")
            await reader.page.locator('[name="number"]').fill("5970 1003 0000 0067")
            await reader.page.get_by_role("button", name="Save").click()
            await reader.back_to(order)
            new = reader.page.locator(".choice", has_text="0067")
            await expect(new).to_have_count(1)
            await other.evaluate("one => one.open = true")
            await new.click()
            await reader.press("card")
            await expect(reader.page.locator(".pays .bank-card")).to_contain_text("0067")
            await expect(reader.page.locator(".pays .expired")).to_have_count(0)


class TestAnEnd:
    async def test_is_asked_about_and_shown_up_to_the_refund(
        self, school: School, browser: Browser
    ) -> None:
        """What will happen is said before; what was paid comes back while one looks on."""
        async with reading(school, browser, "desktop-light") as reader:
            page = reader.page
            order = await ordered(reader, price="300.00", lasts=30)
            await paid_with(reader, order)
            await school.until(reader.learner, order, "pending_payment")
            await reader.open(order)
            await page.get_by_role("link", name="Cancel this order…").click()
            await expect(page.get_by_text("You have paid €90.00.")).to_be_visible()
            await reader.keep("end")
            await page.get_by_role("button", name="Cancel the order").click()
            await shows(page, "Canceled")
            await reader.keep("canceled")

            assert 202 == await school.admin(order, "refund")
            await reader.sees(order, "refunded", "Refunded")
            await expect(page.locator("#asked")).to_have_text("€90.00 was given back to you.")
            await reader.keep("refunded")

    async def test_is_a_withdrawal_before_anything_was_due(
        self, school: School, browser: Browser
    ) -> None:
        """In the words of the law."""
        async with reading(school, browser, "phone-light", "fr") as reader:
            order = await ordered(reader, price="300.00", starts_in=60)
            await paid_with(reader, order)
            await reader.open(order)
            await reader.page.get_by_role("link", name="Se rétracter de cette commande…").click()
            await reader.keep("withdrawal")
            await reader.page.get_by_role("button", name="Me rétracter").click()
            await reader.sees(order, "canceled", "Annulée")


class TestTheEntrance:
    async def test_of_the_demo_is_one_button_for_each(
        self, school: School, browser: Browser
    ) -> None:
        """One is somebody at once; and leaves again."""
        async with looking(browser, "phone-dark", locale="fr-FR") as page:
            await page.goto(f"{school.world.url}/learn/enter")
            await keep(page, "learn-entrance")
            await page.get_by_role("button", name="Camille Élève").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("Mes commandes")
            await page.get_by_role("button", name="Quitter").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("Au revoir")
            await keep(page, "learn-left")
