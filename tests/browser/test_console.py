"""The console in a real Chromium: sign in, look, act, sign out."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.looks import SCREENS, SEEN, follow, keep, looking
from tests.browser.operators import EMAIL, press_for_room, sign_in, site
from tests.console.standing import add_exchange, add_operation, history_of
from tests.console.visitor import PASSWORD
from tests.kit.held import hold_job
from tests.web.conftest import Site
from tramita.kit.database.engine import Database

__all__ = ["site"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]

LONG_REASON = "HTTP 502 " + "upstream-connect-error-or-disconnect/reset-before-headers" * 12


async def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a mouse does."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await wanted.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {wanted}")


class TestAnOperator:
    @pytest.mark.parametrize("look", SCREENS)
    async def test_finds_what_stands_still_and_acts(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """From signing in to signing out, on every screen."""
        database = site.runtime.database
        operation = await add_operation(database, reason=LONG_REASON, age=timedelta(hours=5))
        await add_exchange(database, operation)
        for _ in range(27):
            await add_operation(database)
        async with looking(browser, look) as page:
            await sign_in(page, site.url)
            await expect(
                page.get_by_role("main").get_by_role("link", name="Needs attention 28")
            ).to_be_visible()
            await keep(page, f"console-{look}-1-list")
            await page.get_by_role("link", name="Next page").click()
            await expect(page.get_by_role("listitem")).to_have_count(3)
            await page.get_by_role("link", name="First page").click()
            await expect(page.get_by_role("listitem")).to_have_count(25)

            await page.get_by_role("link", name="Insert proposal").first.click()

            await page.get_by_text("POST /v2/credit_transfer/proposal").click()
            await expect(page.get_by_text('"contract_number": "5567"')).to_be_visible()
            await expect(page.get_by_role("button", name="Send again")).to_be_disabled()
            await keep(page, f"console-{look}-2-operation")
            await page.get_by_role("button", name="Ask again").click()  # without a note
            await expect(page.get_by_label("Why")).to_be_focused()

            await page.get_by_label("Why").fill("The bank is back")
            await page.get_by_role("button", name="Ask again").click()

            await expect(page.get_by_role("status")).to_contain_text("is being asked")
            await keep(page, f"console-{look}-3-done")
            await page.locator(".who summary").click()
            await page.get_by_role("button", name="Sign out").click()
            await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
            await page.go_back()
            await page.reload()
            await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert ("ask_again", f"user:{EMAIL}", "The bank is back") == (
            await history_of(database, operation)
        )[-1]

    async def test_needs_no_mouse(self, site: Site, browser: Browser) -> None:
        """From signing in over one case to signing out, by keys alone."""
        operation = await add_operation(site.runtime.database, reason=LONG_REASON)
        async with looking(browser, "desktop-light") as page:
            keys = page.keyboard
            await page.goto(f"{site.url}/console")
            await reach(page, page.get_by_label("E-mail"))
            await keys.type(EMAIL)
            await reach(page, page.get_by_label("Password"))
            await keys.type(PASSWORD)
            await keys.press("Enter")
            await page.wait_for_url(lambda url: "/console/login" not in url)
            await page.wait_for_load_state("load")

            await press_for_room(page, "a")
            await expect(
                page.get_by_role("heading", name="Needs attention", level=1)
            ).to_be_visible()
            await page.wait_for_load_state("load")
            await keys.press("j")
            await keys.press("Enter")
            # The list before it has such links too.
            await page.wait_for_url(lambda url: not url.endswith("/console/attention"))
            await reach(page, page.locator(".lines h2 a").first)
            await keys.press("Enter")
            await expect(page.get_by_role("heading", name="What you can do")).to_be_visible()
            await page.wait_for_load_state("load")
            await reach(page, page.get_by_label("Why"))
            await keys.type("The bank is back")
            await reach(page, page.get_by_role("button", name="Ask again"))
            await keys.press("Enter")
            await expect(page.get_by_role("status")).to_contain_text("is being asked")
            await page.wait_for_load_state("load")

            await reach(page, page.locator(".who summary"))
            await keys.press("Enter")
            await reach(page, page.get_by_role("button", name="Sign out"))
            await keys.press("Enter")
            await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert ("ask_again", f"user:{EMAIL}", "The bank is back") == (
            await history_of(site.runtime.database, operation)
        )[-1]

    @pytest.mark.parametrize("look", SEEN)
    async def test_has_held_jobs_run_again(self, site: Site, browser: Browser, look: str) -> None:
        """From the warning over the operations to an empty list."""
        database = site.runtime.database
        await hold_job(database, name="numbering.tend_contract", error="'NoneType' " + "x" * 300)
        await hold_job(database, name="portability.take_message", error="no field 'said'")
        await hold_job(database, name="payments.take_message", error="no field 'amount'")
        async with looking(browser, look) as page:
            await sign_in(page, site.url)
            warning = page.get_by_role("link", name="3 jobs are held")
            await expect(warning).to_be_visible()
            await keep(page, f"console-{look}-5-warning")
            await warning.click()
            await page.get_by_text("where it failed").first.click()
            await expect(page.get_by_text("Traceback …").first).to_be_visible()
            await keep(page, f"console-{look}-6-held")

            await page.get_by_role("button", name="Run again").first.click()
            await expect(page.get_by_role("status")).to_contain_text("The job runs again.")
            await expect(page.get_by_role("row", name="Tend contract")).to_contain_text("1")
            await keep(page, f"console-{look}-7-again")
            ticks = page.get_by_role("checkbox", name="Take message")
            await expect(ticks).to_have_count(2)
            for tick in await ticks.all():
                await tick.check()
            await page.get_by_role("button", name="Run those ticked again").click()

            await expect(page.get_by_role("status")).to_contain_text("2 jobs run again.")
            await expect(page.get_by_text("No job is held.")).to_be_visible()
            await keep(page, f"console-{look}-8-none")

    @pytest.mark.parametrize("look", SEEN)
    async def test_reads_what_is_kept_for_how_long(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """From who was erased to what goes by itself."""
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/people")
            await page.get_by_role("link", name="What is kept for how long").click()
            await expect(page.get_by_text("Everything goes in time.")).to_be_visible()
            await keep(page, f"console-retention-{look}")

    async def test_is_told_in_place_what_cannot_be_done(self, site: Site, browser: Browser) -> None:
        """Somebody else was faster: the page says so and shows how it stands now."""
        operation = await add_operation(site.runtime.database)
        async with looking(browser, "phone-light") as page:
            await sign_in(page, site.url, f"/console/operations/{operation}")
            # It has looked by itself what is new, and does so again in a while only.
            await page.wait_for_load_state("networkidle")
            await page.get_by_label("Why").fill("They do not know it")
            async with site.runtime.database.unit_of_work() as work:
                await work.fetch("UPDATE operations SET state = 'PENDING' WHERE id = $1", operation)

            await page.get_by_role("button", name="Mark as refused").click()
            await expect(page.get_by_role("link", name="Leave it as it is")).to_be_visible()
            await keep(page, "console-asked")
            await page.get_by_role("button", name="Mark as refused").click()

            await expect(page.get_by_role("alert")).to_contain_text("This cannot be done now")
            await keep(page, "console-refused")

    async def test_comes_back_to_where_their_session_ended(
        self, site: Site, browser: Browser
    ) -> None:
        """Signing in again leads on to the same operation, and what was typed stands there again, once."""
        operation = await add_operation(site.runtime.database)
        async with looking(browser, "phone-dark") as page:
            await sign_in(page, site.url, f"/console/operations/{operation}")
            async with site.runtime.database.unit_of_work() as work:
                await work.fetch("UPDATE account_sessions SET seen_at = now() - interval '1 day'")

            await page.get_by_label("Why").fill("Still there?")
            await page.get_by_role("button", name="Ask again").click()

            await expect(page.get_by_role("status")).to_contain_text("Your session has ended")
            await keep(page, "console-expired")
            await page.get_by_label("E-mail").fill(EMAIL)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Sign in").click()
            await expect(page.get_by_role("heading", name="What you can do")).to_be_visible()
            await expect(page.get_by_label("Why")).to_have_value("Still there?")
            await page.reload()
            await expect(page.get_by_label("Why")).to_have_value("")

    async def test_keeps_what_they_typed_until_they_have_been_asked(
        self, site: Site, browser: Browser
    ) -> None:
        """Also where the session ends between the form and the question that it leads to."""
        operation = await add_operation(site.runtime.database)
        async with looking(browser, "desktop-light") as page:
            await sign_in(page, site.url, f"/console/operations/{operation}")
            await page.get_by_label("Why").fill("They do not know it")
            await page.get_by_role("button", name="Mark as refused").click()
            await expect(page.get_by_role("link", name="Leave it as it is")).to_be_visible()
            async with site.runtime.database.unit_of_work() as work:
                await work.fetch("UPDATE account_sessions SET seen_at = now() - interval '1 day'")

            await page.get_by_role("button", name="Mark as refused").click()
            await expect(page.get_by_role("status")).to_contain_text("Your session has ended")
            await page.get_by_label("E-mail").fill(EMAIL)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Sign in").click()

            await expect(page.get_by_role("heading", name="What you can do")).to_be_visible()
            await expect(page.get_by_label("Why")).to_have_value("They do not know it")

    async def test_goes_on_to_all_that_wait_for_the_same_reason(
        self, site: Site, browser: Browser
    ) -> None:
        """From a line of the list, which as a whole leads to its operation."""
        for seconds in (7, 30):
            await add_operation(site.runtime.database, reason=f"no answer within {seconds} s")
        async with looking(browser, "desktop-light") as page:
            await sign_in(page, site.url)

            await page.get_by_role("link", name="all for this reason").first.click()

            await page.wait_for_url("**/console/attention/*")
            await expect(page.locator(".lines li")).to_have_count(2)

    @pytest.mark.parametrize("look", SCREENS)
    async def test_runs_those_jobs_again_that_are_alike(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """Three of one error are told in one line; the fourth stays."""
        for number in range(3):
            await hold_job(site.runtime.database, name="chats.deliver", error=f"no chat {number}")
        await hold_job(site.runtime.database, name="mails.deliver", error="no server " * 20)
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/jobs")
            await keep(page, f"console-alike-{look}")

            await page.get_by_role("link", name="Deliver").first.click()
            await expect(page.locator("#held .lines li")).to_have_count(3)
            await keep(page, f"console-alike-one-{look}")
            await page.get_by_role("button", name="Run all 3 again").click()
            await page.get_by_role("button", name="Run all again").click()

            await expect(page.get_by_role("status")).to_contain_text("3 jobs run again")
            await expect(page.locator("#held .lines li")).to_have_count(1)

    async def test_reads_why_they_cannot_sign_in(self, site: Site, browser: Browser) -> None:
        """A wrong password, and too many of them."""
        async with looking(browser, "desktop-dark") as page:
            await page.goto(f"{site.url}/console")
            await page.get_by_label("E-mail").fill(EMAIL)
            for _ in range(5):
                await page.get_by_label("Password").fill("not the password")
                await follow(page, page.get_by_role("button", name="Sign in"))
                await expect(page.get_by_role("alert")).to_contain_text("is wrong")

            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Sign in").click()

            await expect(page.get_by_role("alert")).to_contain_text("seconds and try again")
            await keep(page, "console-wait")

    async def test_reads_that_the_database_is_gone(self, site: Site, browser: Browser) -> None:
        """A page, not a blank; and the same address works again once it is back."""
        async with looking(browser, "phone-light") as page:
            await sign_in(page, site.url)
            await expect(page.get_by_role("heading", name="Operations")).to_be_visible()
            database, site.runtime.database = site.runtime.database, nowhere()

            await page.reload()
            await expect(page.get_by_role("heading", level=1)).to_contain_text("cannot be used")
            await keep(page, "console-offline")

            await site.runtime.database.close()
            site.runtime.database = database
            await page.reload()
            await expect(page.get_by_role("heading", name="Operations")).to_be_visible()


def nowhere() -> Database:
    """A database at a port where nothing listens."""
    return Database.open("postgresql://tramita@127.0.0.1:1/tramita")
