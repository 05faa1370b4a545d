"""Where operators are led from what an act outside was about."""

from uuid import UUID

import pytest

from tests.console.standing import add_operation
from tests.console.visitor import Visitor
from tests.numbering.stock import put_number
from tests.web.conftest import Site
from tests.world import envelope
from tramita.kit.identifiers import new_id
from tramita.numbering.lifecycle import NumberStatus
from tramita.process.areas import EVERYTHING
from tramita.web.routes import DIRECTORY

pytestmark = pytest.mark.asyncio(loop_scope="module")

# What these are about no page shows: a hold that nobody has chosen from, and a learner's card.
SHOWN_NOWHERE = {"numbering.pre_reserve", "numbering.release_hold", "payments.delete_card"}


class TestSubjects:
    async def test_of_every_kind_have_a_page(self) -> None:
        """A kind of operation without one is a decision."""
        kinds = {kind.name for area in EVERYTHING for kind in area.kinds}

        found = {kind for kind in kinds if DIRECTORY.subject(kind, new_id()) is None}

        assert SHOWN_NOWHERE == found

    async def test_title_their_operations(self, site: Site, ana: Visitor) -> None:
        """By the contract's number, bank and amount, and never by the client's name."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        contract = made.body["contracts"][0]
        operation = await add_operation(site.runtime.database, subject=UUID(contract["id"]))

        page = await ana.get("/console/operations")

        assert f'<a class="subject" href="/console/contracts/{contract["id"]}">' in page.source
        assert f"{contract['number']} · Banco Aurora · R$" in page.text
        assert "Maria" not in page.text
        assert f"/console/operations/{operation}" in page.source


class TestWhatHasNoPage:
    async def test_leads_to_what_it_is_part_of(self, site: Site, ana: Visitor) -> None:
        """An envelope's operations lead to its first contract."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        first = made.body["contracts"][0]["id"]
        async with site.runtime.database.reading() as work:
            [row] = await work.fetch(
                "SELECT id FROM envelopes WHERE token = $1", UUID(made.body["token"])
            )

        led = await ana.get(f"/console/things/{row['id']}")

        assert (303, f"/console/contracts/{first}") == (led.status, led.location)

    async def test_is_itself_where_that_has_one(self, site: Site, ana: Visitor) -> None:
        """A job may carry a number, and a message be about a contract."""
        made = await site.ask("POST", "/api/v1/contracts", json={"name": "A-1", "backend": "net"})
        row = await put_number(site.runtime.database, "5511987650010", NumberStatus.QUARANTINE)
        number = row["id"]

        led = [await ana.get(f"/console/things/{one}") for one in (made.body["id"], number)]

        assert [
            f"/console/contracts/{made.body['id']}",
            f"/console/numbering/numbers/{number}",
        ] == [one.location for one in led]

    async def test_may_not_be_there(self, ana: Visitor) -> None:
        """Which is said on a page of the console."""
        assert 404 == (await ana.get(f"/console/things/{new_id()}")).status
