"""What an operator narrows the list of operations to, and how far it counts."""

import html
import re
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
import pytest_asyncio

from tests.console.standing import add_operation
from tests.console.visitor import Seen, Visitor
from tests.web.conftest import Site
from tramita.console.operations import ROWS

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIST = "/console/operations"
# As they are where nobody has moved what is older by hand.
_IDS_AS_OLD_AS_THEY = """
    UPDATE operations SET id = (lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0')
                                || substr(replace(id::text, '-', ''), 13))::uuid
"""


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_stands(site: Site) -> None:
    """Each test begins without operations."""
    async with site.runtime.database.unit_of_work() as work:
        await work.fetch("DELETE FROM operations")


def listed(page: Seen) -> list[UUID]:
    """The operations on a page, in order."""
    return [UUID(one) for one in re.findall(r'<li id="operation-([\w-]+)"', page.source)]


def options(page: Seen) -> list[str]:
    """For which reasons they can be asked for."""
    chosen = page.source.split('<select id="reason"')[1].split("</select>")[0]
    return re.findall(r"<option[^>]*>([^<]*)<", chosen)


class TestTheList:
    async def test_is_filtered_by_provider_and_age(self, site: Site, ana: Visitor) -> None:
        """Counts follow; what is asked for stays on the way to other views and pages."""
        database = site.runtime.database
        young = await add_operation(database, age=timedelta(hours=2))
        old = await add_operation(database, age=timedelta(days=3))
        elsewhere = await add_operation(database, age=timedelta(days=3))
        async with database.unit_of_work() as work:
            await work.fetch(_IDS_AS_OLD_AS_THEY)
            rows = await work.fetch("SELECT id, key FROM operations")
            await work.fetch(
                "UPDATE operations SET provider = 'sigan' WHERE key = $1", str(elsewhere)
            )
        ids = {row["key"]: row["id"] for row in rows}

        page = await ana.get(f"{LIST}?provider=qitech&age=day")
        everywhere = await ana.get(f"{LIST}?age=day")

        assert "Needs attention 1 Unknown 0" in page.text
        assert [True, False, False] == [
            f"{LIST}/{ids[str(one)]}" in page.source for one in (old, young, elsewhere)
        ]
        assert f"{LIST}?state=unknown&amp;provider=qitech&amp;age=day" in page.source
        assert [True, False, True] == [
            f"{LIST}/{ids[str(one)]}" in everywhere.source for one in (old, young, elsewhere)
        ]

    async def test_of_what_was_refused_is_filtered_by_why(self, site: Site, ana: Visitor) -> None:
        """By what reasons have alike but for numbers; a line leads to those, and other views know none."""
        add = partial(add_operation, site.runtime.database, state="REFUSED", trigger="refused")
        unpaid = [await add(reason=f"{n} instalments are not paid") for n in (2, 3)]
        silent = await add(reason=None)
        other = await add(reason="2 instalments are not paid", kind="portability.accept_balance")
        await add_operation(site.runtime.database)

        page = await ana.get(f"{LIST}?state=refused")
        [key] = {
            html.unescape(one).partition("reason=")[2]
            for one in re.findall(
                rf'<li id="operation-{unpaid[0]}">.*?href="([^"]+)">all for this',
                page.source,
                re.DOTALL,
            )
        }
        narrowed = await ana.get(f"{LIST}?state=refused&reason={key}")
        elsewhere = await ana.get(
            f"{LIST}?state=refused&reason={key}&kind=portability.accept_balance"
        )
        unknown = await ana.get(f"{LIST}?state=refused&reason=none")
        parked = await ana.get(f"{LIST}?state=needs_attention&reason={key}")

        assert [*reversed(unpaid)] == listed(narrowed)
        assert f'value="{key}" selected>' in narrowed.source
        assert "all for this reason" not in narrowed.text
        assert {"2 instalments are not paid", "no reason is known"} <= set(options(page))
        assert 1 + 3 == len(options(page))
        assert [other, silent, *reversed(unpaid)] == listed(page)
        assert [[], []] == [listed(elsewhere), listed(unknown)]
        assert 1 == len(listed(parked))
        assert "reason=" not in parked.source.split('id="tabs"')[1].split("</nav>")[0]

    async def test_leads_from_a_refused_operation_to_those_like_it(
        self, site: Site, ana: Visitor
    ) -> None:
        """As from one that needs a person."""
        add = partial(add_operation, site.runtime.database, state="REFUSED", trigger="refused")
        ids = [await add(reason=f"nobody knows {n}") for n in (1, 2)]

        page = await ana.get(f"{LIST}/{ids[0]}")
        [address] = re.findall(r'href="([^"]+)">all for this reason', page.source)

        assert [*reversed(ids)] == listed(await ana.get(html.unescape(address)))

    async def test_goes_over_pages_of_one_reason(self, site: Site, ana: Visitor) -> None:
        """The newest first; the reason stays on the way."""
        add = partial(add_operation, site.runtime.database, state="REFUSED", trigger="refused")
        ids = [await add(reason=f"nobody knows {n}") for n in range(ROWS + 2)]
        page = await ana.get(f"{LIST}/{ids[0]}")
        [address] = re.findall(r'href="([^"]+)">all for this reason', page.source)

        first = await ana.get(html.unescape(address))
        [onward] = re.findall(r'rel="next" href="([^"]+)"', first.source)
        second = await ana.get(html.unescape(onward))

        assert [*reversed(ids)] == listed(first) + listed(second)
        assert 2 == len(listed(second))

    async def test_tells_that_there_are_more_reasons_than_it_looks_at(
        self, site: Site, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A line leads to any of them, and the list says for which it is."""
        monkeypatch.setattr("tramita.console.operations.MOST_REASONS", 1)
        add = partial(add_operation, site.runtime.database, state="REFUSED", trigger="refused")
        for reason in ("one", "two", "three"):
            await add(reason=reason)

        page = await ana.get(f"{LIST}?state=refused")
        keys = re.findall(r"reason=(\w+)", page.source)
        told = [options(await ana.get(f"{LIST}?state=refused&reason={one}")) for one in keys]

        assert options(page)[-1].startswith("There are more:")
        assert [["three"], ["two"], ["one"]] == [
            [one for one in each if one in ("one", "two", "three")][:1] for each in told
        ]

    async def test_tells_that_there_are_more_than_it_counts(
        self, site: Site, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of each place no more are counted than that: so a crowd costs no more than a few."""
        monkeypatch.setattr("tramita.console.operations.MOST_COUNTED", 2)
        monkeypatch.setattr("tramita.console.presentation.MOST_COUNTED", 2)
        for _ in range(5):
            await add_operation(site.runtime.database, state="PENDING")
        await add_operation(site.runtime.database, state="UNKNOWN")

        page = await ana.get(LIST)

        assert "Needs attention 0 Unknown 1 Waiting 0 Pending 2+" in page.text
