"""What an operator narrows the list of operations to, and how far it counts."""

from datetime import timedelta

import pytest
import pytest_asyncio

from tests.console.standing import add_operation
from tests.console.visitor import Visitor
from tests.web.conftest import Site

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
