"""What an operator sees of operations, and what they can do about them."""

from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from tests.console.standing import add_exchange, add_operation, history_of
from tests.console.visitor import Seen, Visitor
from tests.web.conftest import Site
from tests.world import envelope
from tramita.kit.identifiers import new_id
from tramita.kit.languages.words import words_in
from tramita.kit.operations.actions import OperationAction

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIST = "/console/operations"
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_stands(site: Site) -> None:
    """Each test begins without operations."""
    async with site.runtime.database.unit_of_work() as work:
        await work.fetch("DELETE FROM operations")


async def press(
    ana: Visitor, operation: UUID, action: str, note: str = "The bank says so", **form: str
) -> Seen:
    """Press a button of the operation's page, and say yes where it asks."""
    page = await ana.get(f"{LIST}/{operation}")
    sent = {
        "csrf_token": page.csrf_token,
        "action": action,
        "note": note,
        "confirmed": "yes",
    } | form
    return await ana.post(f"{LIST}/{operation}", sent)


class TestTheList:
    async def test_is_empty_when_nothing_needs_a_person(self, ana: Visitor) -> None:
        """Which is good news, and said so."""
        page = await ana.get(LIST)

        assert 200 == page.status
        assert "Nothing needs a person." in page.text

    async def test_shows_first_what_needs_attention(self, site: Site, ana: Visitor) -> None:
        """What it is, why, since when, how often tried; with counts of what else goes on."""
        database = site.runtime.database
        operation = await add_operation(
            database, reason="no <answer>", attempts=3, age=timedelta(hours=4)
        )
        for state in ("UNKNOWN", "UNKNOWN", "NOT_SENT", "PREPARED", "PENDING", "SUCCEEDED"):
            await add_operation(database, state=state, reason=None)

        page = await ana.get(LIST)

        assert "Needs attention 1 Unknown 2 Waiting 2 Pending 1 Refused Done" in page.text
        assert "no <answer> QI Tech subject" in page.text
        assert "for 2 h 0 min 3 attempts" in page.text
        assert f"{LIST}/{operation}" in page.source
        assert 1 == page.source.count('<li id="operation-')

    async def test_is_filtered_by_state_and_kind(self, site: Site, ana: Visitor) -> None:
        """Counts are those of the kind, too."""
        database = site.runtime.database
        await add_operation(database, state="UNKNOWN", kind="area.open_door")
        await add_operation(database, state="UNKNOWN", kind="area.close_door")
        await add_operation(database, state="REFUSED", kind="area.close_door")

        page = await ana.get(f"{LIST}?state=unknown&kind=area.open_door")
        none = await ana.get(f"{LIST}?state=refused&kind=area.open_door")

        assert "Unknown 1" in page.text
        assert (1, 1) == (
            page.source.count('<li id="operation-'),
            page.text.count("Open door no answer"),
        )
        assert "There are none of these. Show all operations" in none.text

    @pytest.mark.parametrize(
        ("trigger", "actor", "stamp", "meaning"),
        [
            ("refused", "worker", "Refused by the provider", "Fix the cause"),
            ("withdraw", "token:shop", "Withdrawn by Tramita", "nothing to do at the provider"),
            ("give_up", "worker", "Could not be sent", "may ask again"),
            ("mark_refused", "token:shop", "Refused by a person", "the history says who"),
            ("refused", "user:ana@example.com", "Refused by a person", "the history says who"),
        ],
    )
    async def test_tells_apart_whose_no_it_was(
        self, site: Site, ana: Visitor, trigger: str, actor: str, stamp: str, meaning: str
    ) -> None:
        """In the list; and on the page and in its history, with what that leaves to do."""
        operation = await add_operation(
            site.runtime.database, state="REFUSED", trigger=trigger, actor=actor
        )

        listed = await ana.get(f"{LIST}?state=refused")
        page = await ana.get(f"{LIST}/{operation}")

        assert stamp in listed.text
        assert 2 <= page.source.count(f">{stamp}</span>")
        assert meaning in page.text

    async def test_names_the_contract_the_bank_and_the_amount(
        self, site: Site, ana: Visitor
    ) -> None:
        """An operation is known by what it is about; the client is named nowhere, and masked on its page."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        contract = made.body["contracts"][0]
        operation = await add_operation(site.runtime.database, subject=UUID(contract["id"]))

        listed, page = await ana.get(LIST), await ana.get(f"{LIST}/{operation}")

        for word in (contract["number"], "Banco Aurora", "R$"):
            assert word in listed.text
            assert word in page.text
        assert "Client M••• S•••" in page.text
        assert "Maria" not in listed.source + page.source

    @pytest.mark.parametrize("state", ["needs_attention", "succeeded"])
    async def test_leads_through_every_operation_once(
        self, site: Site, ana: Visitor, state: str
    ) -> None:
        """Longest standing first, or newest first when finished; never one twice."""
        database = site.runtime.database
        expected = [await add_operation(database, state=state.upper()) for _ in range(60)]

        seen, page = [], await ana.get(f"{LIST}?state={state}")
        while True:
            seen += [UUID(one.split('"')[0]) for one in page.source.split(f'<a href="{LIST}/')[1:]]
            if 'rel="next"' not in page.source:
                break
            onward = page.source.split('rel="next" href="')[1].split('"')[0]
            page = await ana.get(onward.replace("&amp;", "&"))

        assert seen == (expected[::-1] if state == "succeeded" else expected)

    async def test_costs_the_same_however_long(self, site: Site, ana: Visitor) -> None:
        """The session's statements, the count beside the rooms, held jobs, the list, its subjects."""
        database = site.runtime.database
        counts = []
        for number in (1, 20):
            for _ in range(number):
                await add_operation(database)
            counts.append(await statements_of(site, ana, LIST))

        assert counts[0] == counts[1] <= 14

    @pytest.mark.parametrize("query", ["state=nonsense", "cursor=nonsense", "kind=%00"])
    async def test_says_when_an_address_means_nothing(self, ana: Visitor, query: str) -> None:
        """As a page, in the console's language."""
        page = await ana.get(f"{LIST}?{query}")

        assert page.status in (400, 422)
        assert "Error 4" in page.text
        assert STRICT == page.headers["Content-Security-Policy"]


async def statements_of(site: Site, ana: Visitor, path: str) -> int:
    """How many statements the database runs for a page, by its own count of them."""
    told: list[str] = []

    def collect(record: Any) -> None:
        # On a connection that is new to the page's types, the driver asks about them first.
        if "typeinfo_tree" not in record.query and "'jit'" not in record.query:
            told.append(record.query)

    pool = site.runtime.database.pool
    async with AsyncExitStack() as all_of_them:
        for _ in range(pool.size):
            pooled = await all_of_them.enter_async_context(pool.connection())
            pooled.driver.add_query_logger(collect)
    await ana.get(path)
    return len(told)


class TestAnOperation:
    async def test_tells_what_was_sent_and_what_came_back(self, site: Site, ana: Visitor) -> None:
        """Indented, as text and nothing else, newest first."""
        operation = await add_operation(site.runtime.database)
        await add_exchange(site.runtime.database, operation)
        await add_exchange(
            site.runtime.database,
            operation,
            status=200,
            answer='{"note":"<script>alert(1)</script>"}',
            error=None,
            outcome="pending",
        )

        page = await ana.get(f"{LIST}/{operation}")

        assert 200 == page.status
        assert '"contract_number": "5567",' in page.text
        assert "<script>alert(1)</script>" in page.text
        assert "<script>alert" not in page.source
        assert page.text.index("Pending POST") < page.text.index("Unknown POST")
        assert "Settle by Tramita" in page.text

    async def test_stays_a_page_whatever_was_said(self, site: Site, ana: Visitor) -> None:
        """Long bodies are cut, and of many exchanges the newest are shown."""
        operation = await add_operation(site.runtime.database)
        for _ in range(23):
            await add_exchange(site.runtime.database, operation, answer="x" * 100_000)

        page = await ana.get(f"{LIST}/{operation}")

        assert "83,616 more characters are in the journal." in page.text
        assert "The 20 newest of 23 exchanges." in page.text
        assert len(page.source) < 500_000

    async def test_tells_times_of_the_house_and_the_exact_one(
        self, site: Site, ana: Visitor
    ) -> None:
        """Brasília, unless set otherwise, with UTC to point at."""
        operation = await add_operation(site.runtime.database, state="SUCCEEDED")
        async with site.runtime.database.unit_of_work() as work:
            [row] = await work.fetch("SELECT created_at FROM operations WHERE id = $1", operation)
        begun = row["created_at"]

        page = await ana.get(f"{LIST}/{operation}")

        at_home = words_in("en", "America/Sao_Paulo").moment(begun, "medium")
        assert f'title="{begun:%Y-%m-%d %H:%M:%S} UTC">{at_home}</time>' in page.source
        assert "Times are those of America/Sao_Paulo" in page.text

    async def test_that_is_not_there_keeps_whoever_looks_in_the_console(self, ana: Visitor) -> None:
        """An error page has the rooms, also at an address that is none."""
        for path in (f"{LIST}/{new_id()}", "/console/nowhere"):
            page = await ana.get(path)

            assert 404 == page.status
            assert 'href="/console/numbering"' in page.source

    async def test_that_is_not_there_is_a_page_too(self, ana: Visitor) -> None:
        """Not found, in English."""
        page = await ana.get(f"{LIST}/{new_id()}")

        assert 404 == page.status
        assert "There is no such page" in page.text

    async def test_offers_nothing_once_it_is_settled(self, site: Site, ana: Visitor) -> None:
        """No button to press in vain."""
        operation = await add_operation(site.runtime.database, state="SUCCEEDED", reason=None)

        page = await ana.get(f"{LIST}/{operation}")

        assert "Nothing: it is settled." in page.text
        assert "<textarea" not in page.source


class TestAnAction:
    @pytest.mark.parametrize(
        ("action", "state"), [("ask_again", "UNKNOWN"), ("mark_refused", "REFUSED")]
    )
    async def test_is_done_and_kept_with_who_and_why(
        self, site: Site, ana: Visitor, action: str, state: str
    ) -> None:
        """The page that follows says what happened, and reloading it does nothing."""
        operation = await add_operation(site.runtime.database)

        sent = await press(ana, operation, action, " The bank's CPF 165.145.480-91 ")

        assert (303, f"{LIST}/{operation}?done={action}") == (sent.status, sent.location)
        moves = await history_of(site.runtime.database, operation)
        assert (action, "user:ana@example.com") == moves[-1][:2]
        assert "The bank's CPF •••.145.•••-••" == moves[-1][2]
        page = await ana.get(sent.location)
        assert 'class="note good"' in page.source
        assert moves == await history_of(site.runtime.database, operation)
        async with site.runtime.database.unit_of_work() as work:
            [row] = await work.fetch("SELECT state FROM operations WHERE id = $1", operation)
        assert state == row["state"]

    async def test_that_cannot_be_undone_asks_once(self, site: Site, ana: Visitor) -> None:
        """It names what it is about and what will happen; until then nothing has changed."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        contract = made.body["contracts"][0]
        operation = await add_operation(site.runtime.database, subject=UUID(contract["id"]))
        before = await history_of(site.runtime.database, operation)

        asked = await press(ana, operation, "mark_refused", "Their word", confirmed="")

        assert 200 == asked.status
        assert "Mark this as refused?" in asked.text
        for word in (contract["number"], "M••• S•••", "Banco Aurora", "R$", "Their word"):
            assert word in asked.text
        assert "Maria" not in asked.source
        assert "This cannot be undone." in asked.text
        assert before == await history_of(site.runtime.database, operation)
        assert f'class="button" href="{LIST}/{operation}"' in asked.source
        assert 'class="button danger" name="action" value="mark_refused"' in asked.source

    async def test_that_is_safe_stands_out(self, site: Site, ana: Visitor) -> None:
        """The filled button asks the provider; what ends a contract is quiet."""
        operation = await add_operation(site.runtime.database)

        page = await ana.get(f"{LIST}/{operation}")

        assert 'class="button" name="action" value="ask_again"' in page.source
        assert 'class="button danger" name="action" value="mark_refused"' in page.source

    @pytest.mark.parametrize(
        ("state", "said"),
        [
            ("UNKNOWN", "The provider is being asked."),
            ("SUCCEEDED", "It has ended: done."),
            ("REFUSED", "It has ended: refused by the provider."),
            ("NEEDS_ATTENTION", "It was tried again, and needs attention again."),
        ],
    )
    async def test_is_told_of_as_things_stand_now(
        self, site: Site, ana: Visitor, state: str, said: str
    ) -> None:
        """The notice follows the operation, not the button that was pressed before it."""
        operation = await add_operation(site.runtime.database, state=state)

        page = await ana.get(f"{LIST}/{operation}?done=ask_again")

        assert f'role="status">{said}</p>' in page.source

    async def test_that_is_not_allowed_is_told_in_place(self, site: Site, ana: Visitor) -> None:
        """With the reason, and the note still there; nothing has changed."""
        operation = await add_operation(site.runtime.database)
        before = await history_of(site.runtime.database, operation)

        page = await press(ana, operation, "send_again", "I am sure")

        assert 409 == page.status
        assert "sending again could do it twice" in page.text
        assert ">I am sure</textarea>" in page.source
        assert before == await history_of(site.runtime.database, operation)

    async def test_that_came_too_late_is_told_in_place(self, site: Site, ana: Visitor) -> None:
        """Somebody else has settled it meanwhile."""
        operation = await add_operation(site.runtime.database)
        await press(ana, operation, "mark_refused")
        parked = await add_operation(site.runtime.database)

        page = await ana.get(f"{LIST}/{parked}")
        late = await ana.post(
            f"{LIST}/{operation}",
            {
                "csrf_token": page.csrf_token,
                "action": "mark_refused",
                "note": "Me too",
                "confirmed": "yes",
            },
        )

        assert 409 == late.status
        assert "This cannot be done now" in late.text

    @pytest.mark.parametrize(
        ("action", "note", "said"),
        [
            ("mark_refused", " ", "Say why"),
            ("mark_refused", "x" * 501, "Say why, in at most 500 characters"),
            ("delete_all", "why not", "Press one of the buttons."),
        ],
    )
    async def test_needs_a_reason_and_a_button(
        self, site: Site, ana: Visitor, action: str, note: str, said: str
    ) -> None:
        """What a browser would not let through is not let through here either."""
        operation = await add_operation(site.runtime.database)

        page = await press(ana, operation, action, note)

        assert 422 == page.status
        assert said in page.text
        assert 2 == len(await history_of(site.runtime.database, operation))


class TestAForm:
    @pytest.mark.parametrize(
        ("form", "headers"),
        [
            ({"csrf_token": ""}, {}),
            ({"csrf_token": "0" * 64}, {}),
            ({}, {"Origin": "https://evil.example"}),
            ({}, {"Origin": "null"}),
            ({}, {"Sec-Fetch-Site": "cross-site"}),
            ({}, {"Sec-Fetch-Site": "same-site"}),
        ],
    )
    async def test_from_elsewhere_does_nothing(
        self, site: Site, ana: Visitor, form: dict[str, str], headers: dict[str, str]
    ) -> None:
        """Without the session's token, or with it but from another site."""
        operation = await add_operation(site.runtime.database)
        page = await ana.get(f"{LIST}/{operation}")
        sent = {"csrf_token": page.csrf_token, "action": OperationAction.MARK_REFUSED, "note": "x"}

        refused = await ana.post(f"{LIST}/{operation}", sent | form, headers)

        assert 403 == refused.status
        assert "Nothing was done" in refused.text
        assert 2 == len(await history_of(site.runtime.database, operation))

    async def test_is_as_good_as_its_session(self, site: Site, ana: Visitor) -> None:
        """Signing in anew makes forms of before worthless."""
        operation = await add_operation(site.runtime.database)
        page = await ana.get(f"{LIST}/{operation}")
        await ana.post("/console/logout", {"csrf_token": page.csrf_token})
        await ana.sign_in("ana@example.com")

        refused = await ana.post(
            f"{LIST}/{operation}",
            {"csrf_token": page.csrf_token, "action": "ask_again", "note": "x"},
        )

        assert 403 == refused.status

    async def test_from_here_is_taken(self, site: Site, ana: Visitor) -> None:
        """As browsers send it."""
        operation = await add_operation(site.runtime.database)
        page = await ana.get(f"{LIST}/{operation}")
        sent = {"csrf_token": page.csrf_token, "action": "ask_again", "note": "x"}

        done = await ana.post(
            f"{LIST}/{operation}", sent, {"Origin": site.url, "Sec-Fetch-Site": "same-origin"}
        )

        assert 303 == done.status


class TestEveryPage:
    @pytest.mark.parametrize("path", [LIST, "/console/login", "/console/nothing", "/console/a/b"])
    async def test_is_sent_with_a_strict_policy(self, ana: Visitor, path: str) -> None:
        """Forms go to the console alone; nothing inline, foreign, framed or kept."""
        page = await ana.get(path)

        kept = {name: page.headers[name] for name in ("Referrer-Policy", "Cache-Control")}
        assert STRICT == page.headers["Content-Security-Policy"]
        assert {"Referrer-Policy": "same-origin", "Cache-Control": "no-store"} == kept

    async def test_is_in_english_when_there_is_none(self, ana: Visitor) -> None:
        """With the number under which the log has it."""
        page = await ana.get("/console/nothing")

        assert 404 == page.status
        assert "There is no such page" in page.text
        assert page.headers["X-Request-ID"] in page.text
