"""Providers and what waits for a person, in a real Chromium: looked at, paused, acted on many."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from tests.browser.looks import SCREENS, follow, keep, looking
from tests.browser.operators import sign_in, site
from tests.console.standing import add_operation
from tests.kit.held import hold_job
from tests.web.conftest import Site
from tramita.kit.lines import Reporter
from tramita.kit.operations.figures import count_hours
from tramita.kit.operations.many import act_on_many

__all__ = ["site"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]
_SAID = """
    INSERT INTO exchanges (operation_id, attempt, provider, method, path, request, answer, outcome,
                           error, started_at, milliseconds)
    SELECT gen_random_uuid(), 1, 'qitech', 'POST', '/', '', '', 'done',
           CASE WHEN n % 9 = 0 THEN 'HTTP 503' END, tramita_now() - n * interval '1 s' * (1 + n / 200),
           (n * 7919) % 2000
    FROM generate_series(1, 3000) AS n
"""


class TestAnOperator:
    @pytest.mark.parametrize("look", SCREENS)
    async def test_pauses_a_provider_and_has_it_go_on(
        self, site: Site, browser: Browser, look: str
    ) -> None:
        """One is down, charts say since when; paused with a reason, it says so everywhere."""
        runtime = site.runtime
        await runtime.database.fetch(_SAID)
        async with runtime.database.unit_of_work() as work:
            await count_hours(work)
        await add_operation(runtime.database, state="PREPARED", age=timedelta(hours=3))
        line = runtime.exchanges["sigan"]
        for _ in range(10):
            line.breaker.failed(line.clock())
        await Reporter(runtime.database, runtime.exchanges, "worker-1:4711").tell()
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/providers")
            await expect(page.get_by_text("Down, calls are held back")).to_be_visible()
            await keep(page, f"providers-{look}-1-board")
            await follow(page, page.get_by_role("link", name="QI Tech"))
            await page.get_by_text("As a table").first.click()
            await keep(page, f"providers-{look}-2-one")
            await page.get_by_role("button", name="Pause").click()  # without a reason
            await expect(page.get_by_label("Why")).to_be_focused()
            await page.get_by_label("Why").fill("They move to another data centre")
            await page.get_by_role("button", name="Pause").click()

            await expect(page.get_by_role("status")).to_contain_text("It is paused")
            await keep(page, f"providers-{look}-3-paused")
            await page.get_by_role("button", name="Resume").click()

            await expect(page.get_by_role("status")).to_contain_text("It goes on")
            await expect(page.get_by_text("Earlier pauses")).to_be_visible()

    @pytest.mark.parametrize("look", SCREENS)
    async def test_acts_on_many_at_once(self, site: Site, browser: Browser, look: str) -> None:
        """Taken, asked about after a word, and each with its answer; then nothing is left."""
        database = site.runtime.database
        for n in range(27):
            await add_operation(database, reason=f"no answer within {n} s")
        await hold_job(database)
        async with looking(browser, look) as page:
            await sign_in(page, site.url, "/console/attention")
            await keep(page, f"attention-{look}-1-list")
            one = page.get_by_role("listitem").get_by_role("link", name="Insert proposal")
            await follow(page, one)
            await page.get_by_role("button", name="Take").first.click()
            await expect(page.get_by_text("taken by you")).to_be_visible()
            await keep(page, f"attention-{look}-2-group")
            await page.get_by_label("With all 27").check()
            await page.get_by_label("Why").fill("The bank is back")
            await page.get_by_role("button", name="Ask again").click()
            await expect(page.get_by_text("Ask again about these?")).to_be_visible()
            await keep(page, f"attention-{look}-3-asked")
            await page.get_by_role("button", name="Ask again").click()
            await expect(page.get_by_text("Under way")).to_be_visible()
            await keep(page, f"attention-{look}-4-begun")

            [row] = await database.fetch("SELECT id FROM bulk_acts")
            await act_on_many(site.runtime, row["id"])
            await page.reload()

            await expect(page.get_by_text("All are answered")).to_be_visible()
            await page.get_by_role("link", name="← Needs attention").click()
            await expect(page.get_by_role("link", name="Insert proposal")).to_have_count(0)
            await database.fetch("DELETE FROM pgqueuer")
            await page.reload()
            await expect(page.get_by_text("Nothing waits for a person")).to_be_visible()
            await keep(page, f"attention-{look}-5-empty")
