"""The console's pages of orders in a real Chromium."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.looks import SCREENS, SEEN, follow, keep, looking
from tests.browser.operators import sign_in, site
from tests.console.standing import add_exchange, add_operation
from tests.orders.campus import Campus
from tests.orders.standing import VISA, order_of, paying
from tests.web.conftest import Site
from tramita.payments.acts import DEBIT

__all__ = ["site"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]
TITLE = "Botany for everybody who has a garden, a balcony or a window"


class TestAnOperator:
    @pytest.mark.parametrize("look", SCREENS)
    async def test_looks_for_an_order_and_acts(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """From an empty list to one order, its schedule, and a debit that is tried again."""
        campus = Campus(site)
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/orders")
            await expect(page.get_by_text("Nobody has ordered anything yet.")).to_be_visible()
            await keep(page, f"console-orders-{look}-1-empty")
            refused = await paying(campus, price="1000.00", title=TITLE)
            await refused.hear(1)
            await refused.refuse(2)
            unsigned, cardless = await order_of(campus), await order_of(campus)
            await unsigned.submit()
            await cardless.sign()
            await page.reload()
            await expect(page.get_by_role("link", name="Payment refused 1")).to_be_visible()
            await keep(page, f"console-orders-{look}-2-list")

            await page.get_by_label("Learner’s user name").fill(refused.learner.username)
            await page.get_by_role("button", name="Find").click()
            await page.get_by_role("link", name=TITLE).click()

            schedule = page.get_by_role("region", name="Payment schedule")
            await expect(schedule.get_by_text("03/2031")).to_be_visible()
            await expect(schedule.get_by_text("Not enough money")).to_be_visible()
            await keep(page, f"console-orders-{look}-3-refused")
            await page.get_by_label("Why").fill("She has put money on it")
            await follow(page, page.get_by_role("button", name="Debit now"))
            await keep(page, f"console-orders-{look}-4-asked")
            await page.get_by_role("button", name="Debit now").click()
            await expect(page.get_by_role("status")).to_contain_text("It is being debited")
            await expect(page.get_by_role("link", name="Debit: waits to be sent")).to_be_visible()
            await keep(page, f"console-orders-{look}-5-debited")

    @pytest.mark.parametrize("look", SEEN)
    async def test_sees_what_changes_without_a_reload(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """And what they are typing stays."""
        one = await order_of(Campus(site))
        await one.submit()
        async with looking(browser, look) as page:
            await sign_in(page, site.url, f"/console/orders/{one.id}")
            await expect(page.get_by_text("No card is defined")).to_be_visible()
            await keep(page, f"console-orders-{look}-6-no-card")
            await page.get_by_label("Why").fill("She has signed, she says")

            await one.sign()
            await one.pay_with(**VISA | {"year": 2020})

            stamp = page.locator("header .stamp")
            await expect(stamp).to_have_text("First payment awaited")
            await expect(page.locator("#announcer")).to_contain_text("First payment awaited")
            await expect(page.get_by_text("expired")).to_be_visible()
            await expect(page.get_by_label("Why")).to_have_value("She has signed, she says")
            await keep(page, f"console-orders-{look}-7-expired")

    async def test_is_led_to_what_needs_them(self, site: Site, browser: Browser) -> None:
        """A parked debit, named at its order, with what was said about it."""
        one = await paying(Campus(site), price="1000.00")
        [first, *_] = await one.installments()
        await site.runtime.database.fetch("DELETE FROM operations WHERE subject_id = $1", first.id)
        parked = await add_operation(
            site.runtime.database, kind=DEBIT.name, subject=first.id, reason="no answer within 30 s"
        )
        await add_exchange(site.runtime.database, parked)
        async with looking(browser, "phone-light") as page:
            await sign_in(page, site.url, f"/console/orders/{one.id}")
            parked_link = page.get_by_role("link", name="Debit installment 1").first
            await expect(parked_link).to_be_visible()
            await keep(page, "console-orders-parked")

            await parked_link.click()

            await expect(page.get_by_role("heading", name="What you can do")).to_be_visible()


class TestSomebodyWhoLooks:
    async def test_is_shown_no_buttons(self, site: Site, browser: Browser) -> None:
        """Everything else, as everybody."""
        one = await paying(Campus(site))
        async with site.runtime.database.unit_of_work() as work:
            await work.fetch("UPDATE accounts SET role = 'viewer'")
        async with looking(browser, "desktop-dark") as page:
            await sign_in(page, site.url, f"/console/orders/{one.id}")

            await expect(page.get_by_text("Your role shows you this.")).to_be_visible()
            await expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
            await keep(page, "console-orders-viewer")


class TestAnAdmin:
    @pytest.mark.parametrize("look", SCREENS)
    async def test_keeps_what_is_offered(self, site: Site, browser: Browser, look: str) -> None:
        """From a course to its contract, each with what is wrong told in place."""
        await Campus(site).offer()
        async with site.runtime.database.unit_of_work() as work:
            await work.fetch("UPDATE accounts SET role = 'admin'")
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/catalogue")
            await expect(page.get_by_role("link", name="New course")).to_be_visible()
            await keep(page, f"console-catalogue-{look}-1-list")
            await page.get_by_role("link", name="New course").click()
            await page.get_by_label("Title").fill("Moss and lichen")
            await page.get_by_role("button", name="Add").click()
            await expect(page.get_by_role("alert")).to_contain_text("see what is marked")
            await keep(page, f"console-catalogue-{look}-2-wrong")
            await page.get_by_label("Code").fill("moss")
            await page.get_by_role("button", name="Add").click()
            await expect(page.get_by_role("status")).to_contain_text("It is kept.")

            for name in ("Products", "Offerings", "Organizations", "Contracts"):
                await page.goto(f"{site.url}/console/catalogue/{name.lower()}")
                await page.locator(".lines h2 a").first.click()
                await expect(page.get_by_role("button", name="Keep")).to_be_visible()
                await keep(page, f"console-catalogue-{look}-3-{name}")
