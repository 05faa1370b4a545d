"""The providers' board and one provider: what operators see of them and do."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from tests.console.standing import add_exchange, add_operation
from tests.console.visitor import Seen, Visitor
from tests.web.conftest import Site
from tramita.kit.lines import Reporter
from tramita.kit.operations.figures import count_hours

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROVIDERS = "/console/providers"
QITECH = f"{PROVIDERS}/qitech"
WHY = "they move to another data centre"


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def _running(site: Site) -> AsyncIterator[None]:
    """Nothing stays as it was made."""
    yield
    for table in ("provider_pauses", "provider_lines", "operations", "history", "exchanges"):
        await site.runtime.database.fetch(f"DELETE FROM {table}")
    site.runtime.exchanges["qitech"].breaker.succeeded()


async def press(ana: Visitor, **form: str) -> Seen:
    page = await ana.get(QITECH)
    return await ana.post(QITECH, {"csrf_token": page.csrf_token, **form})


class TestTheBoard:
    async def test_shows_every_provider(self, site: Site, ana: Visitor) -> None:
        """What waits there, and that no process has told of it."""
        await add_operation(site.runtime.database, state="PREPARED")

        page = await ana.get(PROVIDERS)

        assert 200 == page.status
        assert all(one.title in page.text for one in site.runtime.installed.values())
        assert "QI Tech No process tells of it 1" in page.text

    async def test_shows_which_is_down(self, site: Site, ana: Visitor) -> None:
        """Held back in one process; closed by hand it is called again."""
        runtime = site.runtime
        for _ in range(10):
            runtime.exchanges["qitech"].breaker.failed(runtime.exchanges["qitech"].clock())
        reporter = Reporter(runtime.database, runtime.exchanges, "host:7")
        await reporter.tell()

        down = await ana.get(PROVIDERS)
        closed = await press(ana, action="close")
        for _ in range(2):
            await reporter.tell()
        well = await ana.get(QITECH)
        again = await press(ana, action="close")

        assert "Down, calls are held back" in down.text
        assert 303 == closed.status
        assert "host:7 Well" in well.text
        assert 409 == again.status

    async def test_writes_figures_as_its_reader_does(self, site: Site, ana: Visitor) -> None:
        """A part of a whole, seconds, and days of the charts."""
        operation = await add_operation(site.runtime.database, state="SUCCEEDED")
        for status in (200, 200, 503):
            await add_exchange(site.runtime.database, operation, status=status, outcome="done")
        ana.session.headers["Accept-Language"] = "pt"

        board, page = await ana.get(PROVIDERS), await ana.get(QITECH)

        assert re.search(r"3 \d+,\d % 30,00 / 30,00 s", board.text), board.text
        assert "30,00 s" in page.text

    async def test_leads_to_what_was_said_to_each(self, site: Site, ana: Visitor) -> None:
        """And to what it told us: whether it is us or them is a click away."""
        page = await ana.get(QITECH)

        for address in ("exchanges?provider=qitech", "messages?provider=qitech"):
            assert f'href="/console/{address}"' in page.source
            assert 200 == (await ana.get(f"/console/{address}")).status


class TestOne:
    async def test_is_paused_and_resumed(self, ana: Visitor) -> None:
        """With who and why; a second time it is told that somebody was quicker."""
        paused = await press(ana, action="pause", note=WHY)
        page = await ana.get(paused.location)
        twice = await press(ana, action="pause", note=WHY)
        resumed = await press(ana, action="resume")
        back = await ana.get(resumed.location)

        assert (303, 303, 409) == (paused.status, resumed.status, twice.status)
        assert "paused by ana@example.com" in page.text
        assert "qitech is paused already, by ana@example.com since" in twice.text
        assert WHY in page.text
        assert "It goes on." in back.text
        assert "Earlier pauses" in back.text

    async def test_is_paused_for_one_kind_until_a_time(self, ana: Visitor) -> None:
        """Told in the reader's own time."""
        kind = "portability.insert_proposal"
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        paused = await press(
            ana, action="pause", note=WHY, kind=kind, until=f"{tomorrow:%Y-%m-%dT}03:04"
        )

        page = await ana.get(paused.location)

        assert "Partly paused" in page.text
        assert "3:04" in page.text

    @pytest.mark.parametrize(
        "form",
        [
            {"action": "pause", "note": ""},
            {"action": "pause", "note": WHY, "until": "soon"},
            {"action": "pause", "note": WHY, "until": "2020-01-01T00:00"},
            {"action": "pause", "note": WHY, "until": "9999-12-31T23:59"},
            {"action": "pause", "note": WHY, "kind": "numbering.reserve_number"},
            {"action": "explode"},
        ],
    )
    async def test_is_not_paused_by_a_slip(
        self, site: Site, ana: Visitor, form: dict[str, str]
    ) -> None:
        """What is wrong is told in place, with what was typed."""
        refused = await press(ana, **form)

        assert 422 == refused.status
        assert [] == await site.runtime.database.fetch("SELECT FROM provider_pauses")

    async def test_shows_what_was_said_to_it(self, site: Site, ana: Visitor) -> None:
        """The hour and the week as charts, with a table of each."""
        await site.runtime.database.fetch(
            "INSERT INTO exchanges (operation_id, attempt, provider, method, path, request, answer, "
            "outcome, started_at, milliseconds) SELECT gen_random_uuid(), 1, 'qitech', 'GET', '/', '', "
            "'', 'done', tramita_now() - n * interval '1 s', n FROM generate_series(1, 99) AS n"
        )
        async with site.runtime.database.unit_of_work() as work:
            await count_hours(work)

        page = await ana.get(QITECH)

        assert 4 == page.source.count('class="chart"')
        assert "Requests by the minute" in page.text

    async def test_that_is_not_there_is_no_page(self, ana: Visitor) -> None:
        """404, in the console's words."""
        assert 404 == (await ana.get(f"{PROVIDERS}/quitech")).status
