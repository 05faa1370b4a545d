"""What the Mini App shows to each: conditions that are accepted, and links that lead somewhere."""

import re

import pytest

from tests.transfers.pricing import price
from tests.transfers.webapp.lobby import AGENT, APPLICATION, BASE, MANAGER, Lobby
from tests.transfers.webapp.test_doors import OFFER, accepted, application_of, filled
from tramita.transfers.agents import change_agent
from tramita.transfers.lifecycle import ApplicationTrigger
from tramita.transfers.ports import OfficeLinks

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestConditions:
    async def test_that_wait_for_a_person_are_not_the_clients(self, lobby: Lobby) -> None:
        """What somebody may pay by is what is accepted; of the rest they learn by no door."""
        room, client = await filled(lobby)
        found = await application_of(lobby, room)
        await lobby.house.move(found.id, ApplicationTrigger.CHECK)
        for is_active in (False, True):
            async with lobby.house.database.unit_of_work() as work:
                await change_agent(work, lobby.house.agent, is_active=is_active)
            if not is_active:
                await price(lobby.house, await application_of(lobby, room))
        lead = await lobby.visit(room, MANAGER)

        denied = await client.ask("GET", OFFER)
        included = await client.ask("GET", f"{APPLICATION}?include=offer")
        page = await lobby.site.ask(
            "GET", "/webapp/view", authenticated=False, headers=client.headers
        )

        assert (404, "no_offer") == (denied.status, denied.body["code"])
        assert included.body["offer"] is None
        assert 'class="sheet conditions"' not in page.body
        assert "submitted" == (await lead.ask("GET", OFFER)).body["state"]

    async def test_of_what_was_given_up_say_no_more_where_to_pay(self, lobby: Lobby) -> None:
        """Nobody sends money for it from a page that is still open, or that they have kept."""
        room, client, found = await accepted(lobby)
        lead = await lobby.visit(room, MANAGER)
        body = {"axis": "application", "to": "cancelled", "reason": "Банк отказал"}
        assert "40702810900000005555" in (await client.look()).body
        assert 200 == (await lead.ask("POST", f"{APPLICATION}/status", json=body)).status

        pages = [(await one.look(former=found.id)).body for one in (client, lead)]

        assert [True, True] == ['class="sheet conditions"' in page for page in pages]
        assert [False, False] == ["40702810900000005555" in page for page in pages]


class TestLinks:
    async def test_lead_to_1c_where_a_browser_can(
        self, lobby: Lobby, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A link that opens within 1C alone is for copying: in a browser it would lead to us."""
        room, _, found = await accepted(lobby)
        await lobby.site.runtime.database.fetch(
            "UPDATE applications SET onec_link = 'e1cib/data/x' WHERE id = $1", found.id
        )
        headers = (await lobby.visit(room, AGENT)).headers
        office = type(lobby.site.runtime.gateway(OfficeLinks, "onec"))
        shown = []
        for base in (None, "https://1c.example.org/pay"):
            monkeypatch.setattr(
                office, "web_link", lambda _, link, base=base: base and f"{base}/#{link}"
            )
            view = await lobby.site.ask("GET", "/webapp/view", authenticated=False, headers=headers)
            shown.append(re.findall(r'href="([^"]*e1cib[^"]*)"', view.body))
            assert 'data-copy="e1cib/data/x"' in view.body
            told = await lobby.site.ask(
                "GET", BASE + APPLICATION, authenticated=False, headers=headers
            )
            shown.append([told.body["onec"]["web_link"]])

        address = "https://1c.example.org/pay/#e1cib/data/x"
        assert [[], [None], [address], [address]] == shown

    async def test_are_not_the_clients(self, lobby: Lobby) -> None:
        """Neither the page nor the API tells a client by what 1C knows the application; an agent reads both."""
        room, client, found = await accepted(lobby)
        await lobby.site.runtime.database.fetch(
            "UPDATE applications SET onec_link = 'e1cib/data/x', onec_number = 'ПА00-77' WHERE id = $1",
            found.id,
        )
        agent = await lobby.visit(room, AGENT)
        told = []
        for one in (client, agent):
            page = await lobby.site.ask(
                "GET", "/webapp/view", authenticated=False, headers=one.headers
            )
            said = str((await one.ask("GET", APPLICATION)).body)
            told.append(
                [word in where for where in (page.body, said) for word in ("e1cib", "ПА00-77")]
            )

        assert [[False] * 4, [True] * 4] == told
