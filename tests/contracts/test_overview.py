"""The first page of the console: where everything stands, and where each figure leads."""

import html
import re
from datetime import timedelta

import pytest

from tests.console.standing import add_case, add_operation
from tests.console.test_operations import statements_of
from tests.console.visitor import Visitor
from tests.contracts.test_console import ana, site
from tests.kit.held import hold_job
from tests.web.conftest import Site
from tests.world import envelope
from tramita.contracts.backends import installed_backends

__all__ = ["ana", "site"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console"


class TestTheOverview:
    async def test_tells_how_many_stand_where(self, site: Site, ana: Visitor) -> None:
        """Of every journey that has contracts, each stage with as many as its list has."""
        page = await ana.get(PAGE)
        async with site.runtime.database.unit_of_work() as work:
            rows = await work.fetch(
                "SELECT backend, stage, count(*) AS n FROM contract_standings GROUP BY 1, 2"
            )

        assert 200 == page.status
        found = {
            html.unescape(address): int(count)
            for address, count in re.findall(r'href="([^"]+)"><b>(\d+)</b>', page.source)
        }
        for row in rows:
            backend = installed_backends().get(row["backend"])
            if backend is not None and row["stage"] in backend.stages:
                address = f"/console/contracts?journey={row['backend']}&stage={row['stage']}"
                assert row["n"] == found[address]

    async def test_leads_from_what_happened_today_to_its_list(
        self, site: Site, ana: Visitor
    ) -> None:
        """What came in, what ended well and what otherwise: as many as it says."""
        [_, made] = [
            await site.ask("POST", "/api/v1/contracts", json={"name": name, "backend": "net"})
            for name in ("In today", "In and out")
        ]
        cancel = f"/api/v1/contracts/{made.body['id']}/cancel"
        await site.ask("POST", cancel, json={"reason": "no use"})
        page = await ana.get(PAGE)

        [plain] = [
            one for one in page.source.split('class="sheet journey"')[1:] if ">No journey of" in one
        ]
        led = re.findall(r'<a href="([^"]+)">(\d+)</a>', plain.split("</p>")[0])
        lists = [await ana.get(html.unescape(address)) for address, _ in led]

        counts = [int(count) for _, count in led]
        assert counts == [one.source.count('<li id="contract-') for one in lists]
        assert counts[0] >= 2
        assert counts[2] >= 1
        assert "In and out" in lists[2].text

    async def test_leads_where_each_figure_is_explained(self, ana: Visitor) -> None:
        """No link of it goes nowhere."""
        page = await ana.get(PAGE)

        led = set(map(html.unescape, re.findall(r'href="(/console[^"]*)"', page.source)))

        # A room of several shelves leads on to its first.
        assert {200, 303} >= {(await ana.get(address)).status for address in sorted(led)[:60]}

    async def test_tells_what_needs_a_person(self, site: Site, ana: Visitor) -> None:
        """By what it is, how much of it, and since when."""
        await add_operation(site.runtime.database, reason="HTTP 503", age=timedelta(hours=4))
        await hold_job(site.runtime.database, name="numbering.tend_contract", error="boom")

        page = await ana.get(PAGE)

        assert "Insert proposal QI Tech the first for 4 h" in page.text
        assert "Tend contract" in page.text

    async def test_leads_from_like_cases_to_them(self, site: Site, ana: Visitor) -> None:
        """And tells of what areas find besides."""
        await add_operation(site.runtime.database, reason="a reason of its own")
        await add_case(site.runtime.database)

        page = await ana.get(PAGE)

        needs = page.source.split('id="needs"')[1].split("</section>")[0]
        assert "Money has come although the application is over." in needs
        [own] = [one for one in needs.split("<li>") if "a reason of its own" in one]
        [alike] = re.findall(r'href="(/console/attention/\w+)"', own)
        assert "a reason of its own" in (await ana.get(alike)).text

    async def test_tells_of_all_that_envelopes_sell(self, site: Site, ana: Visitor) -> None:
        """A card has no plugin: it goes the way of its envelope, and is called what it is."""
        await site.ask("POST", "/api/v1/envelopes", json=envelope())
        await site.ask("POST", "/api/v1/contracts", json={"name": "Plain", "backend": "net"})

        page = await ana.get(PAGE)
        under_way = await ana.get("/console/contracts?journey=cartao_beneficio&stage=under_way")

        [card] = [
            one for one in page.source.split('class="sheet journey"')[1:] if ">Benefit card<" in one
        ]
        assert re.search(r"stage=DIGITACAO\"><b>\d+</b> Being made", html.unescape(card))
        assert "No journey of its own: net" in page.text
        assert "Being made" in under_way.source.split('id="list"')[1]

    async def test_tells_of_each_journey_what_is_parked(self, site: Site, ana: Visitor) -> None:
        """Also what is parked of the areas that a journey builds on; elsewhere nothing is said."""
        parked = "wait for a person"
        before = [
            int(one) for one in re.findall(rf">(\d+) {parked}<", (await ana.get(PAGE)).source)
        ]
        for kind in ("orders.x", "signatures.create_procedure", "payments.debit_installment"):
            await add_operation(site.runtime.database, kind=kind)

        page = await ana.get(PAGE)

        sheets = page.source.split('class="sheet journey"')[1:]
        [courses] = [one for one in sheets if "journey=orders" in one]
        assert f">3 {parked}<" in courses
        now = [int(one) for one in re.findall(rf">(\d+) {parked}<", page.source)]
        assert sum(before) + 3 == sum(now)

    async def test_costs_the_same_whatever_waits(self, site: Site, ana: Visitor) -> None:
        """A constant number of statements, of which each is bounded."""
        few = await statements_of(site, ana, PAGE)
        for number in range(5):
            await add_operation(site.runtime.database, reason=f"HTTP 50{number}")

        assert few == await statements_of(site, ana, PAGE) <= 23
