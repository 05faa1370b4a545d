"""What an operator sees of jobs that our own errors hold, and how they have them run again."""

import re
from datetime import timedelta

import pytest
import pytest_asyncio
from multidict import MultiDict

from tests.console.test_operations import statements_of
from tests.console.visitor import PASSWORD, Seen, Visitor, visiting
from tests.kit.held import hold_job
from tests.web.conftest import Site
from tramita.console.jobs import ROWS
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.http.pages import encode_cursor
from tramita.kit.identifiers import new_id
from tramita.kit.inbox import receive

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/jobs"
VIEWER = "vera@example.com"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_is_held(site: Site) -> None:
    """Each test begins with an empty queue and inbox."""
    await site.runtime.database.fetch("DELETE FROM pgqueuer")
    await site.runtime.database.fetch("DELETE FROM pgqueuer_schedules")
    await site.runtime.database.fetch("DELETE FROM inbox")


async def press(ana: Visitor, job: object, **form: str) -> Seen:
    """Press a button of the page."""
    page = await ana.get(PAGE)
    return await ana.post(PAGE, {"csrf_token": page.csrf_token, "job": str(job)} | form)


def held_in(page: Seen) -> int:
    """How many held jobs a page lists."""
    return page.source.count('<li id="job-')


async def queue_job(site: Site, name: str, *, age: timedelta, status: str = "queued") -> None:
    """A job that is due for so long, or will be."""
    await site.runtime.database.fetch(
        """
        INSERT INTO pgqueuer (priority, status, entrypoint, execute_after)
        VALUES (0, $1::pgqueuer_status, $2, now() - $3::interval)
        """,
        status,
        name,
        age,
    )


async def schedule(site: Site, name: str, *, last: timedelta | None, until: timedelta) -> None:
    """What ran so long ago and is to run in so long."""
    await site.runtime.database.fetch(
        """
        INSERT INTO pgqueuer_schedules (expression, entrypoint, heartbeat, last_run, next_run)
        VALUES ('*/5 * * * *', $1, now(), now() - $2::interval, now() + $3::interval)
        """,
        name,
        last,
        until,
    )


def row_of(page: Seen, name: str) -> str:
    """A line of a table, by the name in it."""
    [row] = re.findall(rf"<tr>(?:(?!</tr>).)*>{re.escape(name)}<.*?</tr>", page.source, re.DOTALL)
    return Seen(page.status, page.headers, row).text


class TestTheQueue:
    async def test_is_told_by_job_what_is_latest_first(self, site: Site, ana: Visitor) -> None:
        """How many wait and are due, for how long the first, what runs, and what is held."""
        for _ in range(3):
            await queue_job(site, "portability.poll_proposal", age=timedelta(minutes=7))
        await queue_job(site, "portability.poll_proposal", age=timedelta(hours=-2))
        await queue_job(site, "chats.deliver", age=timedelta(hours=-2))
        await queue_job(site, "chats.deliver", age=timedelta(0), status="picked")
        await hold_job(site.runtime.database, name="portability.take_message")

        page = await ana.get(PAGE)

        assert "3 due now 7 min the first of them waits 1 running 1 held by an error" in page.text
        assert "Poll proposal portability.poll_proposal 4 3 7 min 0 0" == row_of(
            page, "portability.poll_proposal"
        )
        assert "Deliver chats.deliver 1 0 – 1 0" == row_of(page, "chats.deliver")
        assert row_of(page, "portability.take_message").endswith(" 0 0 – 0 1")
        assert page.source.index(">portability.poll_proposal<") < page.source.index(
            ">chats.deliver<"
        )

    async def test_tells_what_runs_by_the_clock(self, site: Site, ana: Visitor) -> None:
        """When it ran last and runs next; what is late says that no worker is there."""
        soon, late = timedelta(minutes=3, seconds=30), timedelta(minutes=-20, seconds=-30)
        await schedule(site, "portability.remind_clients", last=timedelta(minutes=2), until=soon)
        await schedule(site, "retention.forget", last=None, until=late)
        await schedule(site, "chats.poll", last=timedelta(seconds=5), until=timedelta(seconds=-5))

        page = await ana.get(PAGE)

        assert "Remind clients portability.remind_clients */5 * * * * 2 min ago in 3 min" == row_of(
            page, "portability.remind_clients"
        )
        assert row_of(page, "retention.forget").endswith("* never yet late by 20 min")
        assert row_of(page, "chats.poll").endswith(" ago now")

    async def test_asks_the_same_of_the_database_whatever_waits(
        self, site: Site, ana: Visitor
    ) -> None:
        """A constant number of statements."""
        numbers = []
        for number in (0, ROWS + 5):
            for n in range(number):
                await queue_job(site, f"orders.job_{n}", age=timedelta(minutes=n))
                await schedule(site, f"orders.run_{n}", last=None, until=timedelta(minutes=n))
                await hold_job(site.runtime.database)
            numbers.append(await statements_of(site, ana, PAGE))

        assert numbers[0] == numbers[1] <= 13

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (
                "pt",
                [
                    "A fila",
                    "para agora",
                    "Consultar proposta",
                    "O que roda pelo relógio",
                    "em 3 min",
                ],
            ),
            (
                "ru",
                [
                    "Очередь",
                    "к исполнению",
                    "Проверить предложение",
                    "По расписанию",
                    "через 3 мин",
                ],
            ),
        ],
    )
    async def test_speaks_as_its_reader_does(
        self, site: Site, ana: Visitor, language: str, words: list[str]
    ) -> None:
        """Its own words, and the names of jobs."""
        await queue_job(site, "portability.poll_proposal", age=timedelta(minutes=7))
        await schedule(
            site, "portability.remind_clients", last=None, until=timedelta(minutes=3, seconds=30)
        )
        ana.session.headers["Accept-Language"] = language

        page = await ana.get(PAGE)

        assert words == [one for one in words if one in page.text]


class TestTheList:
    async def test_is_empty_when_nothing_failed(self, ana: Visitor) -> None:
        """Which is how it should be."""
        page = await ana.get(PAGE)

        assert "No job is held." in page.text
        assert "again" not in page.text

    async def test_shows_what_failed_and_where(self, site: Site, ana: Visitor) -> None:
        """Name, error, since when, arguments, traceback; nothing personal."""
        arguments: dict[str, object] = {"operation_id": "0b8f", "cpf": "16514548091"}
        await hold_job(
            site.runtime.database,
            name="numbering.tend_contract",
            arguments=arguments,
            error="<none> of 165.145.480-91",
        )

        page = await ana.get(PAGE)

        assert "Tend contract Run again ValueError: <none> of •••.145.•••-••" in page.text
        assert "numbering.tend_contract for 12 min" in page.text
        assert '{"operation_id":"0b8f","cpf":"•••.145.•••-••"} Traceback' in page.text

    async def test_names_what_stands_still_with_it(self, site: Site, ana: Visitor) -> None:
        """The operation is one press away, and whatever else it was given an id of is named."""
        made = await site.ask("POST", "/api/v1/contracts", json={"name": "J-1", "backend": "net"})
        operation, contract, file = new_id(), made.body["id"], new_id()
        async with site.runtime.database.unit_of_work() as work:
            await receive(work, "qitech", b"{}", job="portability.take_message")
            [message] = await work.fetch("SELECT id::text FROM inbox")
        for arguments in (
            {"operation_id": str(operation), "contract_id": contract},
            {"message_id": message["id"], "export_id": str(file)},
        ):
            await hold_job(site.runtime.database, arguments={**arguments})

        page = await ana.get(PAGE)

        assert f'href="/console/operations/{operation}"' in page.source
        assert f"carries contract {contract}" in page.text
        assert f'href="/console/contracts/{contract}"' in page.source
        assert f'href="/console/messages/{message["id"]}"' in page.source
        # No page shows it.
        assert f"carries export {file}" in page.text
        assert f"/{file}" not in page.source

    async def test_goes_over_pages(self, site: Site, ana: Visitor) -> None:
        """And the first page offers to run all."""
        for n in range(ROWS + 2):
            await hold_job(site.runtime.database, error=f"error {n:02}")

        first = await ana.get(PAGE)
        address = first.source.partition('rel="next" href="')[2].partition('"')[0]
        second = await ana.get(address)

        assert (ROWS, 2) == (held_in(first), held_in(second))
        assert f"Run all {ROWS + 2} again" in first.text
        assert "First page" in second.text

    async def test_tells_which_are_alike(self, site: Site, ana: Visitor) -> None:
        """By their name and their error, but for numbers and ids; and leads to those."""
        for n in range(3):
            await hold_job(
                site.runtime.database, name="chats.deliver", error=f"no chat {n} {new_id()}"
            )
        await hold_job(site.runtime.database, name="chats.deliver", error="too long")
        other = await hold_job(site.runtime.database, name="mails.deliver", error="no chat 1")

        page = await ana.get(PAGE)
        alike = page.source.split("?alike=")[1].split('"')[0]
        narrowed = await ana.get(f"{PAGE}?alike={alike}")

        assert re.search(
            r"3 Deliver chats.deliver the oldest for 12 min ValueError: no chat 0 \S+", page.text
        )
        assert 3 == page.source.count("?alike=")
        assert (5, 3) == (held_in(page), held_in(narrowed))
        assert f'id="job-{other}"' not in narrowed.source
        assert "All held jobs" in narrowed.text

    async def test_tells_on_the_first_page_alone_which_are_alike(
        self, site: Site, ana: Visitor
    ) -> None:
        """The log of a thousand jobs is read for it; a later page leads back all the same."""
        for n in range(ROWS + 2):
            await hold_job(site.runtime.database, error=f"error {n}")
        await hold_job(site.runtime.database, error="another")

        pages, address = [], PAGE
        for _ in range(2):
            pages.append(await ana.get(address))
            address = pages[-1].source.partition('rel="next" href="')[2].partition('"')[0]
        alike = pages[0].source.split("?alike=")[1].split('"')[0]
        narrowed = await ana.get(f"{PAGE}?alike={alike}&cursor={encode_cursor(1)}")

        assert [True, False] == ["Those that are alike" in one.source for one in pages]
        assert ROWS + 2 == int(re.findall(r"Run all (\d+) again", narrowed.text)[0])
        assert "All held jobs" in narrowed.text
        assert "Those that are alike" not in narrowed.source

    async def test_tells_that_there_are_more_than_it_counts(
        self, site: Site, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of all, and of those that are alike; before they run as well."""
        for n in range(4):
            await hold_job(site.runtime.database, error=f"error {n}")
        await hold_job(site.runtime.database, error="another")
        alike = (await ana.get(PAGE)).source.split("?alike=")[1].split('"')[0]
        for module in ("jobs", "operations", "presentation"):
            monkeypatch.setattr(f"tramita.console.{module}.MOST_COUNTED", 2)

        page, narrowed = await ana.get(PAGE), await ana.get(f"{PAGE}?alike={alike}")
        asked = await press(ana, "all", alike=alike)
        operations = await ana.get("/console/operations")

        assert "2+ held by an error" in page.text
        assert all("Run all 2+ again" in one.text for one in (page, narrowed))
        assert "Held jobs 2+" in asked.text
        assert "2+ jobs are held" in operations.text

    async def test_of_one_error_are_in_no_groups(self, site: Site, ana: Visitor) -> None:
        """There is nothing to choose from."""
        for n in range(3):
            await hold_job(site.runtime.database, error=f"error {n}")

        page = await ana.get(PAGE)

        assert "?alike=" not in page.source

    @pytest.mark.parametrize("key", [-1, 2**63, 1.5, "x"])
    async def test_says_when_a_cursor_is_none_of_ours(self, ana: Visitor, key: object) -> None:
        """As a page, whatever somebody made up."""
        page = await ana.get(f"{PAGE}?cursor={encode_cursor(key)}")

        assert (400, True) == (page.status, "This address cannot be read" in page.text)

    async def test_is_led_to_from_the_operations(self, site: Site, ana: Visitor) -> None:
        """An operator works from there; what is held shows in no operation."""
        before = await ana.get("/console/operations")
        await hold_job(site.runtime.database)
        one = await ana.get("/console/operations")
        await hold_job(site.runtime.database)
        two = await ana.get("/console/operations")

        assert "held" not in before.text
        assert "A job is held by an error of Tramita’s own; what it carries" in one.text
        assert "2 jobs are held by an error of Tramita’s own; what they carry" in two.text


class TestRunningAgain:
    async def test_lets_one_go(self, site: Site, ana: Visitor) -> None:
        """The others stay; pressing twice is told."""
        first = await hold_job(site.runtime.database, error="first")
        await hold_job(site.runtime.database, error="second")

        pressed = await press(ana, first)
        page, again = await ana.get(pressed.location), await press(ana, first)

        assert (303, f"{PAGE}?done=1") == (pressed.status, pressed.location)
        assert "The job runs again." in page.text
        assert "ValueError: first" not in page.text
        assert "ValueError: second" in page.text
        assert "somebody else was quicker" in (await ana.get(again.location)).text

    @pytest.mark.parametrize("done", ["-1", "3000000000", "1" + "0" * 40, "one"])
    async def test_is_told_of_no_more_than_there_may_be(self, ana: Visitor, done: str) -> None:
        """An address with another number is nobody's."""
        assert 400 == (await ana.get(f"{PAGE}?done={done}")).status

    async def test_lets_all_go(self, site: Site, ana: Visitor) -> None:
        """With one button, which asks once and says how many."""
        for _ in range(ROWS + 2):
            await hold_job(site.runtime.database)

        asked = await press(ana, "all")
        assert "Run all held jobs again?" in asked.text
        assert f"Held jobs {ROWS + 2}" in asked.text
        pressed = await press(ana, "all", confirmed="yes")
        page = await ana.get(pressed.location)

        assert f"{ROWS + 2} jobs run again." in page.text
        assert "No job is held." in page.text

    async def test_lets_all_go_that_are_alike(self, site: Site, ana: Visitor) -> None:
        """And no others: the question says how many, and its answer which."""
        for n in range(3):
            await hold_job(site.runtime.database, error=f"error {n}")
        await hold_job(site.runtime.database, error="another")
        alike = (await ana.get(PAGE)).source.split("?alike=")[1].split('"')[0]

        asked = await press(ana, "all", alike=alike)
        pressed = await press(ana, "all", alike=alike, confirmed="yes")
        page = await ana.get(pressed.location)

        assert "Held jobs 3" in asked.text
        assert f'name="alike" value="{alike}"' in asked.source
        assert "3 jobs run again." in page.text
        assert (1, True) == (held_in(page), "ValueError: another" in page.text)

    async def test_lets_those_go_that_are_ticked(self, site: Site, ana: Visitor) -> None:
        """Together, and no others; without a tick nothing happens, and the page says so."""
        ids = [await hold_job(site.runtime.database, error=f"error {n}") for n in range(3)]
        page = await ana.get(PAGE)
        form = [("csrf_token", page.csrf_token), ("job", "ticked")]
        ticked = [("ticked", str(ids[0])), ("ticked", str(ids[2]))]

        none = await ana.post(PAGE, dict(form))
        made_up = await ana.post(PAGE, dict(form) | {"ticked": "all of them"})
        pressed = await ana.post(PAGE, MultiDict(form + ticked))
        after = await ana.get(pressed.location)

        assert (422, True) == (none.status, "Tick those that you mean first." in none.text)
        assert (422, True) == (made_up.status, "Press one of the buttons." in made_up.text)
        assert f"{PAGE}?done=2" == pressed.location
        assert "2 jobs run again." in after.text
        assert [False, True, False] == [f"ValueError: error {n} " in after.text for n in range(3)]

    async def test_is_offered_to_whoever_may_act(self, site: Site) -> None:
        """A viewer sees what is held, and no button."""
        await hold_job(site.runtime.database)
        await hold_job(site.runtime.database)
        async with site.runtime.database.unit_of_work() as work:
            await create_account(work, VIEWER, PASSWORD, Role.VIEWER)
        async with visiting(site.url) as viewer:
            await viewer.sign_in(VIEWER)
            page = await viewer.get(PAGE)

        assert (200, 2) == (page.status, held_in(page))
        assert "Run again" not in page.text
        assert "ticked" not in page.source

    @pytest.mark.parametrize("job", ["", "-1", "1.5", "³", "9" * 19, "0", "all of them"])
    async def test_needs_a_button(self, site: Site, ana: Visitor, job: str) -> None:
        """Whatever else a form may say changes nothing."""
        held = await hold_job(site.runtime.database)

        pressed = await press(ana, job)

        assert (422, True) == (pressed.status, "Press one of the buttons." in pressed.text)
        rows = await site.runtime.database.fetch("SELECT id, status::text FROM pgqueuer")
        assert [(held, "failed")] == [tuple(row) for row in rows]

    async def test_is_for_operators_only(self, site: Site, ana: Visitor, stranger: Visitor) -> None:
        """Nobody else, and nobody without the page's own token."""
        held = await hold_job(site.runtime.database)

        forged = await ana.post(PAGE, {"job": str(held)})
        unknown = await stranger.post(PAGE, {"job": str(held)})

        assert (403, 303) == (forged.status, unknown.status)
        assert "/console/login" in unknown.location
        rows = await site.runtime.database.fetch("SELECT status::text FROM pgqueuer")
        assert ["failed"] == [row["status"] for row in rows]
