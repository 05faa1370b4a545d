"""What waits for a person, as operators see it: groups, one group, and many at once."""

import re
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from tests.console.standing import add_case, add_operation
from tests.console.visitor import Seen, Visitor
from tests.kit.held import hold_job
from tests.web.conftest import Site
from tramita.kit.operations.many import act_on_many

pytestmark = pytest.mark.asyncio(loop_scope="module")

ATTENTION = "/console/attention"


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def _nothing_waits(site: Site) -> AsyncIterator[None]:
    """Every test has its own."""
    yield
    tables = "bulk_acts attention_claims operations history pgqueuer applications"
    for table in tables.split():
        await site.runtime.database.fetch(f"DELETE FROM {table}")


async def group_of(ana: Visitor) -> str:
    """The address of the only group of operations."""
    page = await ana.get(ATTENTION)
    [alike] = re.findall(r"/console/attention/(\w+)", page.source)
    return f"{ATTENTION}/{alike}"


async def press(ana: Visitor, address: str, **form: str) -> Seen:
    page = await ana.get(address)
    return await ana.post(address, {"csrf_token": page.csrf_token, **form})


class TestTheList:
    async def test_has_whatever_waits(self, site: Site, ana: Visitor) -> None:
        """Like operations in one line with how many, and held jobs beside them."""
        for seconds in (30, 7):
            await add_operation(site.runtime.database, reason=f"no answer within {seconds} s")
        await hold_job(site.runtime.database)

        page = await ana.get(ATTENTION)

        assert 200 == page.status
        assert "Insert proposal 2 no answer within" in page.text
        assert "Held by an error of our own" in page.text

    async def test_tells_that_there_are_more_than_it_counts(
        self, site: Site, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of operations that are alike, and of areas' own cases; here and on the Overview."""
        for _ in range(3):
            await add_operation(site.runtime.database)
            await add_case(site.runtime.database)
        for room in ("attention.groups", "attention.pages"):
            monkeypatch.setattr(f"tramita.console.{room}.MOST_COUNTED", 2)
            monkeypatch.setattr(f"tramita.console.{room}.MOST_CASES", 2)
        for name in ("MOST_COUNTED", "MOST_CASES"):
            monkeypatch.setattr(f"tramita.contracts.console.overview.{name}", 2)

        page, overview = await ana.get(ATTENTION), await ana.get("/console")

        assert "Insert proposal 2+" in page.text
        assert 2 == page.source.count('<li id="case-')
        assert "These are the 2 that wait longest; there are more." in page.text
        assert 2 == overview.source.count("<b>2+</b>")

    async def test_may_be_empty(self, ana: Visitor) -> None:
        """Then it says so."""
        assert "Nothing waits for a person" in (await ana.get(ATTENTION)).text


class TestTheCountInTheBar:
    async def test_is_of_whatever_waits(self, site: Site, ana: Visitor) -> None:
        """Operations, held jobs, messages that nobody understood, endpoints and areas' own cases."""
        database = site.runtime.database
        await add_operation(database)
        await hold_job(database)
        await add_case(database)

        page = await ana.get("/console/retention")

        assert 'class="count calls">3</span>' in page.source

    async def test_is_of_as_many_cases_as_it_tells(self, site: Site, ana: Visitor) -> None:
        """Not only of as many as a list of them shows at once."""
        for _ in range(60):
            await add_case(site.runtime.database)

        page = await ana.get("/console/retention")

        assert 'class="count calls">60</span>' in page.source


class TestAGroup:
    async def test_is_acted_on_after_a_word(self, site: Site, ana: Visitor) -> None:
        """It is asked once, with how many; then each has its answer on a page of its own."""
        for _ in range(3):
            await add_operation(site.runtime.database)
        address = await group_of(ana)
        form = {"note": "the line was down", "action": "ask_again", "scope": "all"}

        asked = await press(ana, address, **form)
        begun = await press(ana, address, **form, confirmed="yes")
        waiting = await ana.get(begun.location)
        bulk = begun.location.rpartition("/")[2]
        await act_on_many(site.runtime, UUID(bulk))
        done = await ana.get(begun.location)

        assert (200, 303) == (asked.status, begun.status)
        assert "Ask again about these?" in asked.text
        assert "Operations 3 Provider QI Tech" in asked.text
        assert "Left 3" in waiting.text
        assert "All are answered" in done.text
        assert "Done 3 Not allowed 0 Left 0" in done.text

    async def test_is_answered_by_what_each_is_about(self, site: Site, ana: Visitor) -> None:
        """Its contract's number; why not in its reader's language, and who began it by name."""
        made = await site.ask("POST", "/api/v1/contracts", json={"name": "A-77", "backend": "net"})
        about = UUID(made.body["id"])
        await add_operation(site.runtime.database, subject=about)
        address = await group_of(ana)
        form = {"note": "x", "action": "send_again", "scope": "all", "confirmed": "yes"}
        begun = await press(ana, address, **form)
        await act_on_many(site.runtime, UUID(begun.location.rpartition("/")[2]))
        ana.session.headers["Accept-Language"] = "pt"

        page = await ana.get(begun.location)

        assert ">A-77</a>" in page.source
        assert "Isso não pode ser feito agora: o provedor não disse" in page.text
        assert "user:" not in page.text

    async def test_is_acted_on_in_part(self, site: Site, ana: Visitor) -> None:
        """Those that are ticked, and no other; a no is told with its reason."""
        first, second = [await add_operation(site.runtime.database) for _ in range(2)]
        address = await group_of(ana)
        form = {"note": "x", "action": "send_again", "scope": "chosen", "chosen": str(first)}

        asked = await press(ana, address, **form)
        begun = await press(
            ana, address, note="x", action="send_again", ids=str(first), confirmed="yes"
        )
        await act_on_many(site.runtime, UUID(begun.location.rpartition("/")[2]))
        page = await ana.get(begun.location)

        assert f'name="ids" value="{first}"' in asked.source
        assert "ask again first" in page.text
        assert str(second) not in page.source

    @pytest.mark.parametrize(
        ("form", "why"),
        [
            ({"note": "x", "action": "erase", "scope": "all"}, "Press one of the buttons."),
            ({"note": " ", "action": "ask_again", "scope": "all"}, "Say why"),
            ({"note": "x", "action": "ask_again"}, "Choose some of them, or all."),
            ({"note": "x", "action": "ask_again", "chosen": "rubbish"}, "Choose some of them"),
        ],
    )
    async def test_is_not_acted_on_by_a_slip(
        self, site: Site, ana: Visitor, form: dict[str, str], why: str
    ) -> None:
        """What is missing is said in place, and nothing is begun."""
        await add_operation(site.runtime.database)

        refused = await press(ana, await group_of(ana), **form)

        assert 422 == refused.status
        assert why in refused.text
        assert [] == await site.runtime.database.fetch("SELECT FROM bulk_acts")

    async def test_shows_who_has_taken_which(self, site: Site, ana: Visitor) -> None:
        """Taken and released by a button; somebody else's cannot be taken."""
        operation = str(await add_operation(site.runtime.database))
        address = await group_of(ana)

        await press(ana, address, take=operation)
        taken = await ana.get(address)
        await press(ana, address, release=operation)
        await site.runtime.database.fetch(
            "INSERT INTO attention_claims VALUES ('operation', $1, 'user:rui', now())", operation
        )
        refused = await press(ana, address, take=operation)

        assert "taken by you" in taken.text
        assert 409 == refused.status
        assert re.search(r"(?<!:)rui looks after this already, since \w+ \d", refused.text)

    @pytest.mark.parametrize(
        ("language", "said"),
        [("pt", "rui já está cuidando disso, desde"), ("ru", "занимается rui, с")],
    )
    async def test_says_in_its_readers_language_who_has_one(
        self, site: Site, ana: Visitor, language: str, said: str
    ) -> None:
        """And so beside each of them, without how accounts are kept."""
        operation = str(await add_operation(site.runtime.database))
        await site.runtime.database.fetch(
            "INSERT INTO attention_claims VALUES ('operation', $1, 'user:rui', now())", operation
        )
        address = await group_of(ana)
        ana.session.headers["Accept-Language"] = language

        refused = await press(ana, address, take=operation)

        assert 409 == refused.status
        assert said in refused.text
        assert "user:" not in refused.text + (await ana.get(address)).text

    async def test_that_is_gone_says_so(self, ana: Visitor) -> None:
        """Somebody was quicker."""
        assert "None of these waits any more" in (await ana.get(f"{ATTENTION}/{'0' * 32}")).text
