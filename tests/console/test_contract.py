"""One contract of any journey, and everything that happened to it."""

import html
import re
from uuid import UUID

import pytest
import pytest_asyncio

from tests.console.standing import add_exchange, add_operation
from tests.console.test_operations import statements_of
from tests.console.visitor import Seen, Visitor
from tests.contracts.test_story import add_message, add_moves
from tests.web.conftest import Site
from tests.world import envelope
from tramita.kit.identifiers import new_id
from tramita.kit.notes import LONGEST

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sold(site: Site) -> UUID:
    """A portability that was sold, and nothing more."""
    return await sell(site)


async def sell(site: Site) -> UUID:
    """One more of them."""
    made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
    return UUID(made.body["contracts"][0]["id"])


def at(contract: UUID, rest: str = "") -> str:
    """The address of its page."""
    return f"/console/contracts/{contract}{rest}"


async def send(ana: Visitor, contract: UUID, to: str, **form: str) -> Seen:
    """Send one of its page's forms."""
    page = await ana.get(at(contract))
    return await ana.post(at(contract, to), {"csrf_token": page.csrf_token} | form)


class TestThePage:
    async def test_says_what_it_is_and_how_it_stands(self, ana: Visitor, sold: UUID) -> None:
        """Its number, its way, its money, what it waits for; its client masked."""
        page = await ana.get(at(sold))

        assert 200 == page.status
        for word in ("Sold", "Accepted by the bank", "Present bank", "Banco Aurora", "R$"):
            assert word in page.text
        assert "M••• S•••" in page.text
        assert "Maria" not in page.source

    async def test_names_its_partner_as_people_do(self, ana: Visitor, sold: UUID) -> None:
        """Not by the key that programs know it by."""
        page = await ana.get(at(sold))

        assert "Partner The house" in page.text

    async def test_is_led_to_by_a_line_that_masks_its_client(
        self, ana: Visitor, sold: UUID
    ) -> None:
        """Also where the client stands in its envelope alone."""
        page = await ana.get("/console/contracts")

        line = page.source.split(f'id="contract-{sold}"')[1].split("</li>")[0]
        assert "<span>M••• S•••</span>" in line
        assert "Maria" not in page.source

    @pytest.mark.parametrize(
        ("language", "copy", "backend"),
        [("pt", "Copiar", "Portabilidade"), ("ru", "Скопировать", "Перенос кредита")],
    )
    async def test_speaks_as_its_reader_does(
        self, site: Site, ana: Visitor, sold: UUID, language: str, copy: str, backend: str
    ) -> None:
        """Its buttons too, and what its backend is called."""
        operation = await add_operation(site.runtime.database, subject=sold, state="SUCCEEDED")
        await add_exchange(site.runtime.database, operation)
        ana.session.headers["Accept-Language"] = language

        page = await ana.get(at(sold))

        assert f">{copy}<" in page.source
        assert f"<dd>{backend}</dd>" in page.source

    async def test_of_nothing_is_not_there(self, ana: Visitor) -> None:
        """Said on a page of the console."""
        assert 404 == (await ana.get(at(new_id()))).status


class TestTheTimeline:
    async def test_tells_of_acts_outside_and_who_asked_again(
        self, site: Site, ana: Visitor, sold: UUID
    ) -> None:
        """What was sent and came back, that it was parked and why, oldest first by one clock."""
        database = site.runtime.database
        operation = await add_operation(database, subject=sold, reason="HTTP 503", trigger="park")
        await add_exchange(database, operation, error="HTTP 503", status=503, answer="away")

        page = await ana.get(at(sold))

        assert "POST /v2/credit_transfer/proposal" in page.text
        assert "Left to a person" in page.text
        assert "It waits for a person : HTTP 503" in page.text
        assert page.source.count("HTTP 503") >= 2
        assert f"/console/operations/{operation}" in page.source
        assert "away" in page.text

    async def test_folds_what_repeats_itself(self, site: Site, ana: Visitor, sold: UUID) -> None:
        """Four questions without an answer are one line that says four."""
        database = site.runtime.database
        operation = await add_operation(database, subject=sold, state="UNKNOWN", kind="test.ask")
        for _ in range(4):
            await add_exchange(database, operation, error="no word", outcome="unknown")

        page = await ana.get(at(sold))

        assert "× 4" in page.text
        assert 1 == page.source.count("no word")

    async def test_shows_a_kind_of_entry_alone(self, site: Site, ana: Visitor, sold: UUID) -> None:
        """Only its life, without what was said outside."""
        operation = await add_operation(site.runtime.database, subject=sold, state="SUCCEEDED")
        await add_exchange(site.runtime.database, operation)

        page = await ana.get(at(sold, "?show=life"))

        assert 'aria-current="page">Its life' in page.source
        assert "POST /v2/credit_transfer/proposal" not in page.text

    async def test_tells_what_was_posted_to_us(self, site: Site, ana: Visitor, sold: UUID) -> None:
        """Masked, and with a link to the message itself."""
        database = site.runtime.database
        message = await add_message(database, sold, b'{"cpf": "11144477735", "status": "paid"}')

        page = await ana.get(at(sold, "?show=messages"))

        assert "Told us" in page.text
        assert '"status": "paid"' in page.text
        assert "11144477735" not in page.source
        assert f'href="/console/messages/{message}"' in page.source
        assert 200 == (await ana.get(f"/console/messages/{message}")).status

    async def test_begins_with_what_happened_last(self, site: Site, ana: Visitor) -> None:
        """Of a long life the rest is led to, in as many statements."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        contract = UUID(made.body["contracts"][0]["id"])
        few = await statements_of(site, ana, at(contract))
        await add_moves(site.runtime.database, contract, range(1, 300))

        page = await ana.get(at(contract))

        [before] = re.findall(r'rel="prev" href="([^"#]+)', page.source)
        older = await ana.get(html.unescape(before))

        told = [re.findall(r">(\d+)</b>", one.source) for one in (older, page)]
        assert [str(age) for age in range(299, 0, -1)] == [*told[0], *told[1]]
        assert len(told[0]) < 200
        assert ("What happened last" in page.text, "What was before" in older.text) == (
            False,
            False,
        )
        assert f'href="{at(contract)}#timeline">What happened last' in older.source
        assert few >= await statements_of(site, ana, html.unescape(before))
        assert few == await statements_of(site, ana, at(contract))


class TestNotes:
    async def test_are_kept_with_who_wrote_them(self, site: Site, ana: Visitor, sold: UUID) -> None:
        """Encrypted, and told in the timeline; that one was written stands in the audit."""
        sent = await send(ana, sold, "/notes", text="She will call <again> on Monday")

        assert (303, at(sold, "?noted=true")) == (sent.status, sent.location)
        page = await ana.get(sent.location)
        assert "She will call <again> on Monday" in page.text
        assert "ana@example.com" in page.text
        async with site.runtime.database.reading() as work:
            [row] = await work.fetch("SELECT text FROM notes WHERE subject_id = $1", sold)
            [act] = await work.fetch(
                "SELECT actor FROM audit WHERE action = 'note.written' AND subject_id = $1",
                str(sold),
            )
        assert row["text"].startswith("enc1:")
        assert "user:ana@example.com" == act["actor"]

    async def test_say_something(self, ana: Visitor, sold: UUID) -> None:
        """Nothing is no note."""
        assert 422 == (await send(ana, sold, "/notes", text="  ")).status

    async def test_stay_where_they_were_typed_when_they_are_too_long(
        self, site: Site, ana: Visitor
    ) -> None:
        """The page has as many characters as whatever keeps it; a line's end is one of them."""
        contract = await sell(site)
        page = await ana.get(at(contract))
        kept = await send(ana, contract, "/notes", text="п\r\n" * 1999 + "я")
        refused = await send(ana, contract, "/notes", text="п" * (LONGEST + 1))

        assert f'maxlength="{LONGEST}"' in page.source
        assert [303, 422] == [kept.status, refused.status]
        assert f">{'п' * (LONGEST + 1)}</textarea>" in refused.source
        assert f"A note has 1 to {LONGEST} characters." in refused.text


class TestPeople:
    async def test_are_shown_to_whoever_says_why(
        self, site: Site, ana: Visitor, sold: UUID
    ) -> None:
        """In full, on a page that nobody keeps; the audit says who saw them and why."""
        seen = await send(ana, sold, "/people", person="0", why="She is on the phone")

        assert 200 == seen.status
        assert "Maria Souza" in seen.text
        assert "no-store" in seen.headers["Cache-Control"]
        async with site.runtime.database.reading() as work:
            [act] = await work.fetch("SELECT * FROM audit WHERE action = 'person.shown'")
        assert str(sold) == act["subject_id"]
        assert "She is on the phone" in act["details"]["why"]

    @pytest.mark.parametrize("form", [{"person": "0", "why": " "}, {"person": "9", "why": "x"}])
    async def test_are_not_shown_for_nothing(
        self, ana: Visitor, sold: UUID, form: dict[str, str]
    ) -> None:
        """Without a reason, or where there is nobody."""
        seen = await send(ana, sold, "/people", **form)

        assert 400 <= seen.status < 500
        assert "Maria" not in seen.source


class TestCancelling:
    async def test_asks_once_and_then_does_it(self, site: Site, ana: Visitor) -> None:
        """It says what will happen before, and who reads the reason; that stands in the timeline."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        contract = UUID(made.body["contracts"][0]["id"])

        asked = await send(ana, contract, "", action="cancel", note="Her wish")
        assert "Cancel this contract?" in asked.text
        assert "Your reason is read by the partner" in asked.text
        done = await send(ana, contract, "", action="cancel", note="Her wish", confirmed="yes")

        assert 303 == done.status
        page = await ana.get(done.location)
        assert "Cancelled" in page.text
        assert "Her wish" in page.text
