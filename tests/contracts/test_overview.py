"""The first page of the console: where everything stands, and where each figure leads."""

import html
import re
from datetime import timedelta

import pytest

from tests.console.standing import add_operation
from tests.console.test_operations import statements_of
from tests.console.visitor import Visitor
from tests.contracts.test_console import ana, site
from tests.kit.held import hold_job
from tests.web.conftest import Site
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

        assert "Insert proposal qitech the first for 4 h" in page.text
        assert "Tend contract" in page.text

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

        assert few == await statements_of(site, ana, PAGE) <= 19
