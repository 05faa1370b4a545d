"""What an operator sees of numbers, and what they can do about them."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from tests.console.standing import add_exchange, add_operation, history_of
from tests.console.test_operations import statements_of
from tests.console.visitor import Visitor
from tests.numbering.stock import put_number
from tests.web.conftest import Site
from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.numbering.lifecycle import NumberStatus as N

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/numbering"
NUMBERS = f"{PAGE}/numbers"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_known(site: Site) -> None:
    """Each test begins without numbers."""
    async with site.runtime.database.unit_of_work() as work:
        for table in ("operations", "exchanges", "phone_number", "preview_number", "preview"):
            await work.fetch(f"DELETE FROM {table}")


async def add_preview(database: Database, ddd: str, *, left: timedelta) -> None:
    """A preview of three numbers that ends in ``left``."""
    preview = new_id()
    async with database.unit_of_work(actor="test") as work:
        await work.fetch(
            "INSERT INTO pre_reservation (id, purpose, carrier, ddd, brand_id, quantity, "
            "created_at, expires_at, hold_until) VALUES ($1, 'preview', 'alfa', $2, 'vivo', 3, "
            "tramita_now(), tramita_now() + $3::interval, tramita_now() + $3::interval)",
            preview,
            ddd,
            left,
        )
        await work.fetch(
            "INSERT INTO preview (id, external_id, carrier, ddd, brand_id, created_at, expires_at)"
            " SELECT id, id::text, carrier, ddd, brand_id, created_at, expires_at"
            " FROM pre_reservation WHERE id = $1",
            preview,
        )
        await work.fetch(
            "INSERT INTO preview_number (preview_id, idx, msisdn) "
            "SELECT $1, n, '55' || $2 || '9' || (10000000 + n)::text FROM generate_series(0, 2) n",
            preview,
            ddd,
        )


class TestAllNumbers:
    async def test_are_none_at_first(self, ana: Visitor) -> None:
        """Each part says so in words."""
        page = await ana.get(PAGE)

        assert 200 == page.status
        for words in (
            "No number has been reserved yet.",
            "Nobody is choosing just now.",
            "Nothing is under way",
        ):
            assert words in page.text

    async def test_are_counted_by_area_code_and_status(self, site: Site, ana: Visitor) -> None:
        """Only statuses there are; each count leads to its numbers."""
        database = site.runtime.database
        for n in range(3):
            await put_number(database, f"551198765432{n}", N.RESERVED)
        await put_number(database, "5511987654329", N.IN_USE)
        await put_number(database, "5592987654321", N.RESERVED)

        page = await ana.get(PAGE)

        assert "5 numbers known" in page.text
        assert "Area code Reserved In use 11 São Paulo, SP 3 1 92 Manaus, AM 1 – All 4 1" in (
            page.text
        )
        assert f'href="{NUMBERS}?status=RESERVED&amp;ddd=11"' in page.source

    async def test_that_are_offered_count_down(self, site: Site, ana: Visitor) -> None:
        """Masked, those that end first at the head; ended ones are gone."""
        database = site.runtime.database
        await add_preview(database, "11", left=timedelta(minutes=9))
        await add_preview(database, "21", left=timedelta(minutes=3))
        await add_preview(database, "31", left=timedelta(seconds=-1))

        page = await ana.get(PAGE)

        assert "2 previews to choose from" in page.text
        assert ["21", "11"] == re.findall(r"<b>(\d\d)</b> <span", page.source)
        assert "(21) 9••••-0000 · (21) 9••••-0001 · (21) 9••••-0002" in page.text
        left = [float(one) for one in re.findall(r'data-left="([\d.]+)"', page.source)]
        assert 180 >= left[0] > 120

    async def test_shows_what_is_under_way(self, site: Site, ana: Visitor) -> None:
        """Numbering's own, what needs a person first, each leading to its list."""
        database = site.runtime.database
        await add_operation(database, kind="numbering.reserve_number", state="UNKNOWN")
        for _ in range(2):
            await add_operation(database, kind="numbering.release_number")
        await add_operation(database, kind="portability.insert_proposal")

        page = await ana.get(PAGE)

        assert "2 need a person" in page.text
        under_way = page.text.split("Work under way ")[1]
        assert under_way.startswith(
            "2 Release number Needs attention 1 Reserve number Unknown Divergences"
        )
        assert (
            'href="/console/operations?state=needs_attention&amp;kind=numbering.release_number"'
            in page.source
        )

    async def test_names_those_that_nobody_took_back(self, site: Site, ana: Visitor) -> None:
        """Returned here, and the provider refused."""
        row = await put_number(
            site.runtime.database, "5511987654321", N.RETURNED, provider_release="'FAILED'"
        )

        page = await ana.get(PAGE)

        assert "1 return refused" in page.text
        assert f'<a href="{NUMBERS}/{row["id"]}">(11) 9••••-4321</a>' in page.source

    async def test_cost_the_same_however_many(self, site: Site, ana: Visitor) -> None:
        """A constant number of statements, the session and two transactions included."""
        counts = []
        for number in range(2):
            for n in range(number * 20 + 1):
                await put_number(site.runtime.database, f"55119{number}8765{n:03}", N.RESERVED)
            counts.append(await statements_of(site, ana, PAGE))

        assert counts[0] == counts[1] <= 13


class TestACheck:
    async def test_says_in_words_what_is_broken(self, site: Site, ana: Visitor) -> None:
        """And how much the provider, which is not there, has not answered about."""
        database = site.runtime.database
        await put_number(database, "5511987654321", N.RESERVED)
        await add_preview(database, "11", left=timedelta(minutes=5))
        page = await ana.get(PAGE)

        checked = await ana.post(f"{PAGE}/check", {"csrf_token": page.csrf_token})

        assert 200 == checked.status
        assert "Of 9 promises 1 is broken." in checked.text
        assert "Broken Previews end 30 seconds before their holds" in checked.text
        assert "The provider did not answer about 1." in checked.text
        assert "Not verified What the provider has reserved" in checked.text

    async def test_is_not_run_for_another_site(self, ana: Visitor) -> None:
        """It costs the provider up to hundreds of questions."""
        refused = await ana.post(f"{PAGE}/check", {})

        assert 403 == refused.status


class TestFindingANumber:
    @pytest.mark.parametrize(
        "typed", ["(11) 98765-4321", "5511987654321", "+55 11 98765 4321", "11987654321"]
    )
    async def test_leads_to_it(self, site: Site, ana: Visitor, typed: str) -> None:
        """However it is written; the number stands in no address."""
        row = await put_number(site.runtime.database, "5511987654321", N.RESERVED)
        page = await ana.get(PAGE)

        found = await ana.post(f"{PAGE}/find", {"csrf_token": page.csrf_token, "number": typed})

        assert (303, f"{NUMBERS}/{row['id']}") == (found.status, found.location)

    @pytest.mark.parametrize(
        ("typed", "status", "words"),
        [
            ("(11) 98765-4321", 404, "has never been ours"),
            ("1198765", 422, "eight more digits"),
            ("", 422, "eight more digits"),
        ],
    )
    async def test_says_when_there_is_none(
        self, ana: Visitor, typed: str, status: int, words: str
    ) -> None:
        """In place."""
        page = await ana.get(PAGE)

        missed = await ana.post(f"{PAGE}/find", {"csrf_token": page.csrf_token, "number": typed})

        assert status == missed.status
        assert words in missed.text


class TestTheList:
    async def test_leads_through_every_number_once(self, site: Site, ana: Visitor) -> None:
        """Of one state, page by page."""
        database = site.runtime.database
        rows = [await put_number(database, f"55119876500{n:02}", N.RESERVED) for n in range(30)]
        await put_number(database, "5511987654321", N.IN_USE)

        page = await ana.get(f"{NUMBERS}?status=RESERVED&ddd=11")
        onward = page.source.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        rest = await ana.get(onward)

        seen = re.findall(rf'href="{NUMBERS}/([\w-]+)"', page.source + rest.source)
        assert [str(row["id"]) for row in rows] == seen
        assert "Numbers · Reserved · 11" in page.text

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("ddd=&status=", "No number has been reserved yet."),
            ("ddd=99", "There are none of these. Show all numbers"),
        ],
    )
    async def test_is_empty_in_words(self, ana: Visitor, query: str, words: str) -> None:
        """A form that was sent empty is no error."""
        page = await ana.get(f"{NUMBERS}?{query}")

        assert 200 == page.status
        assert words in page.text

    async def test_of_a_status_that_there_is_not_is_no_list(self, ana: Visitor) -> None:
        """A slip of the address does not show all numbers as if they had that status."""
        page = await ana.get(f"{NUMBERS}?status=NONSENSE")

        assert 400 == page.status
        assert "This address cannot be read" in page.text


async def act(
    ana: Visitor, number: UUID, action: str, note: str = "The customer asked"
) -> tuple[int, str]:
    """Press a button of the number's page; answers status and what is read."""
    page = await ana.get(f"{NUMBERS}/{number}")
    form = {"csrf_token": page.csrf_token, "action": action, "note": note, "confirmed": "yes"}
    answer = await ana.post(f"{NUMBERS}/{number}", form)
    if answer.status == 303:
        answer = await ana.get(answer.location)
    return answer.status, answer.text


class TestANumber:
    async def test_asks_before_it_is_taken_out_of_circulation(
        self, site: Site, ana: Visitor
    ) -> None:
        """The number and what will happen are named; nothing changes until a person says yes."""
        row = await put_number(site.runtime.database, "5511987654321", N.RESERVED)
        page = await ana.get(f"{NUMBERS}/{row['id']}")
        form = {"csrf_token": page.csrf_token, "action": "block", "note": "Lost"}

        asked = await ana.post(f"{NUMBERS}/{row['id']}", form)
        after = await ana.get(f"{NUMBERS}/{row['id']}")

        assert 200 == asked.status
        assert "Take this number out of circulation?" in asked.text
        assert "4321" in asked.text
        assert 'class="button danger" name="action" value="block"' in asked.source
        assert "Reserved · Tramita" in after.text

    async def test_tells_what_happened_in_order(self, site: Site, ana: Visitor) -> None:
        """Moves and exchanges on one line; what was said comes before what it led to."""
        database = site.runtime.database
        row = await put_number(database, "5511987654321", N.RESERVED)
        operation = await add_operation(
            database,
            kind="numbering.reserve_number",
            state="SUCCEEDED",
            subject=row["id"],
            age=timedelta(minutes=8),
            reason=None,
        )
        await add_exchange(database, operation, status=201, answer="{}", error=None, outcome="done")
        async with database.unit_of_work(actor="test") as work:
            await work.fetch(
                "INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, "
                "cause, at) SELECT 'phone_number', $1, 'RESERVING', 'RESERVED', 'confirm', "
                "'worker', 'as asked', at + interval '1 second' FROM history "
                "WHERE subject_id = $2 AND trigger = 'send'",
                row["id"],
                operation,
            )
            await work.fetch(
                "UPDATE phone_number SET created_at = tramita_now() - interval '9 minutes'"
            )
            await work.fetch(
                "UPDATE exchanges SET started_at = at FROM history "
                "WHERE subject_id = operation_id AND trigger = 'send'"
            )

        page = await ana.get(f"{NUMBERS}/{row['id']}")

        told = page.text.split("What happened ")[1]
        places = [told.index(one) for one in ("POST", "Reserve number", "Reserved at the provider")]
        assert sorted(places) == places
        assert "as asked" in told
        assert f'href="/console/operations/{operation}"' in page.source
        assert "987654321" not in page.source

    async def test_costs_the_same_however_long_its_story(self, site: Site, ana: Visitor) -> None:
        """No more statements for ten operations than for one; the first look may warm up."""
        row = await put_number(site.runtime.database, "5511987654321", N.RESERVED)
        counts = []
        for number in (1, 10):
            for _ in range(number):
                operation = await add_operation(
                    site.runtime.database,
                    kind="numbering.reserve_number",
                    state="REFUSED",
                    subject=row["id"],
                )
                await add_exchange(site.runtime.database, operation)
            counts.append(await statements_of(site, ana, f"{NUMBERS}/{row['id']}"))

        assert counts[1] <= counts[0] <= 12

    async def test_is_taken_out_of_circulation_and_put_back(self, site: Site, ana: Visitor) -> None:
        """With the reason in the history, under the operator's name."""
        database = site.runtime.database
        number = (await put_number(database, "5511987654321", N.RESERVED))["id"]

        blocked = await act(ana, number, "block", "Court order")
        freed = await act(ana, number, "unblock", "Lifted")

        assert 200 == blocked[0]
        assert "It is out of circulation now." in blocked[1]
        assert "The next sweep gives it back." in freed[1]
        assert [
            ("block", "user:ana@example.com", "Court order"),
            ("unblock", "user:ana@example.com", "Lifted"),
        ] == await history_of(database, number)

    async def test_leads_to_the_operation_that_holds_it_up(self, site: Site, ana: Visitor) -> None:
        """Unblocking waits for it, and says so."""
        database = site.runtime.database
        number = (await put_number(database, "5511987654321", N.UNAVAILABLE))["id"]
        operation = await add_operation(database, kind="numbering.reserve_number", subject=number)

        page = await ana.get(f"{NUMBERS}/{number}")

        assert "settle that operation first" in page.text
        assert "Unblock</button>" not in page.source
        assert f'href="/console/operations/{operation}"' in page.source

    @pytest.mark.parametrize(
        ("action", "note", "status", "words"),
        [
            ("unblock", "Why not", 409, "where it stands now does not allow it"),
            ("block", "  ", 422, "Say why"),
            ("block", "x" * 501, 422, "at most 500"),
            ("explode", "Why not", 422, "Press one of the buttons"),
        ],
    )
    async def test_says_in_place_what_cannot_be_done(
        self, site: Site, ana: Visitor, action: str, note: str, status: int, words: str
    ) -> None:
        """Nothing has changed then."""
        database = site.runtime.database
        number = (await put_number(database, "5511987654321", N.RESERVED))["id"]

        refused = await act(ana, number, action, note)

        assert status == refused[0]
        assert words in refused[1]
        assert [] == await history_of(database, number)

    async def test_that_is_not_there_is_a_page(self, ana: Visitor) -> None:
        """In the console's language."""
        page = await ana.get(f"{NUMBERS}/{new_id()}")

        assert 404 == page.status
        assert "There is no such page" in page.text
