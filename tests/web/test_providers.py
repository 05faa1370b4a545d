"""``/api/v1/admin/providers``: how providers are, and pausing them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from tests.web.conftest import Answer, Site
from tramita.kit.tenants import create_tenant
from tramita.kit.tokens import ScopeOfTheHouse, create_token

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROVIDERS = "/api/v1/admin/providers"
WHY = "they move to another data centre"


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def _running(site: Site) -> AsyncIterator[None]:
    """Nothing stays paused."""
    yield
    await site.runtime.database.fetch("DELETE FROM provider_pauses")


async def pause(site: Site, provider: str = "qitech", **body: Any) -> Answer:
    return await site.ask("POST", f"{PROVIDERS}/{provider}/pause", json={"why": WHY} | body)


async def resume(site: Site, provider: str = "qitech", **body: Any) -> Answer:
    return await site.ask("POST", f"{PROVIDERS}/{provider}/resume", json=body)


class TestProviders:
    async def test_are_all_that_are_installed(self, site: Site) -> None:
        """By name, each with what may be paused by itself; one of them alone as well."""
        listed = await site.ask("GET", PROVIDERS)
        one = await site.ask("GET", f"{PROVIDERS}/qitech")

        names = [each["provider"] for each in listed.body]
        assert sorted(site.runtime.installed) == names
        assert one.body == listed.body[names.index("qitech")]
        assert "portability.insert_proposal" in one.body["kinds"]
        assert ([], 0) == (one.body["pauses"], one.body["in_flight"])

    async def test_are_paused_and_resumed(self, site: Site) -> None:
        """Who, why and since when stands there; what comes second is a conflict."""
        paused, again = [await pause(site) for _ in range(2)]
        resumed, too_late = [await resume(site) for _ in range(2)]

        audit = await site.runtime.database.fetch(
            "SELECT action FROM audit WHERE subject_id = 'qitech' ORDER BY id"
        )
        assert ["provider.paused", "provider.resumed"] == [row["action"] for row in audit][-2:]
        [told] = paused.body["pauses"]
        assert (WHY, "token:all scopes", None) == (told["why"], told["paused_by"], told["kind"])
        assert (409, "already_paused") == (again.status, again.body["code"])
        assert (200, []) == (resumed.status, resumed.body["pauses"])
        assert (409, "not_paused") == (too_late.status, too_late.body["code"])

    async def test_are_paused_for_one_kind_of_act_until_a_time(self, site: Site) -> None:
        """It ends apart from that of the whole provider."""
        async with site.runtime.database.unit_of_work() as work:
            until = await work.now() + timedelta(hours=1)
        kind = "portability.insert_proposal"
        await pause(site)
        paused = await pause(site, kind=kind, until=until.isoformat())

        left = await resume(site)

        assert [None, kind] == [one["kind"] for one in paused.body["pauses"]]
        assert [kind] == [one["kind"] for one in left.body["pauses"]]
        assert left.body["pauses"][0]["until"] is not None

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"kind": "numbering.reserve_number"}, "kind"),
            ({"until": "2020-01-01T00:00:00Z"}, "until"),
            ({"until": "9999-12-31T23:59:59-03:00"}, "until"),
            ({"until": "2036-01-01T00:00:00"}, None),
            ({"why": ""}, None),
        ],
    )
    async def test_are_not_paused_by_a_slip(
        self, site: Site, body: dict[str, Any], field: str | None
    ) -> None:
        """Another's act, a time that is over or has no zone, no reason."""
        refused = await pause(site, **body)

        assert 422 == refused.status
        assert field is None or [field] == [one["path"] for one in refused.body["errors"]]

    async def test_are_named_where_one_is_not_there(self, site: Site) -> None:
        """Whoever mistypes it is told which there are."""
        refused = await pause(site, "quitech")

        assert (404, "provider_not_found") == (refused.status, refused.body["code"])
        assert "qitech" in refused.body["detail"]

    async def test_are_the_houses_alone(self, site: Site) -> None:
        """A partner's token has no such scope: what it pauses is everybody's."""
        async with site.runtime.database.unit_of_work(actor="test") as work:
            await create_tenant(work, "pausing-partner", "A partner")
            with pytest.raises(ScopeOfTheHouse):
                await create_token(work, "p", ["providers:write"], tenant="pausing-partner")
