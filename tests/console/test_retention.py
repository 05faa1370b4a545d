"""What operators see of what is kept for a time, and goes."""

import pytest

from tests.console.visitor import Visitor
from tests.web.conftest import Site
from tramita.process.areas import RETENTION

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/retention"


class TestWhatIsKept:
    async def test_is_listed_with_its_time_and_what_stays(self, ana: Visitor) -> None:
        """Every table of which rows go, from the same declarations by which they go."""
        page = await ana.get(PAGE)

        assert "In time" in page.text
        for one in RETENTION.kept:
            assert one.name[:1].upper() + one.name[1:] in page.text
        assert "kept for 1 day" in page.text
        assert f'href="{PAGE}"' in (await ana.get("/console/people")).source

    async def test_that_is_behind_stands_first(self, site: Site, ana: Visitor) -> None:
        """With by how much, and what to look at."""
        async with site.runtime.database.unit_of_work() as work:
            await work.fetch(
                "INSERT INTO idempotency_keys (scope, key, body_hash, status, started_at) "
                "VALUES ('x', 'y', 'z', 201, now() - interval '100 days')"
            )

        page = await ana.get(PAGE)

        assert "behind by more than two nights" in page.text
        first = page.text.split("says of “retention”. ")[1]
        assert first.startswith("Idempotency")
        assert "days behind" in first[:60]
