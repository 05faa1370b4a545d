"""Many operations at once and the queue, over HTTP."""

import pytest

from tests.console.standing import add_operation
from tests.kit.held import hold_job
from tests.web.conftest import Site
from tramita.kit.operations.many import act_on_many
from tramita.kit.tenants import create_tenant
from tramita.kit.tokens import create_token

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY, JOBS = "/api/v1/operations/many", "/api/v1/admin/jobs"


class TestMany:
    async def test_are_acted_on_by_a_job_each_with_an_answer(self, site: Site) -> None:
        """202 with where to look; a partner sees nothing of it."""
        ids = [str(await add_operation(site.runtime.database)) for _ in range(3)]
        body = {"action": "ask_again", "note": "an outage", "ids": ids}

        begun = await site.ask("POST", MANY, json=body)
        act = begun.body["act"]["id"]
        await act_on_many(site.runtime, act)
        shown = await site.ask("GET", f"{MANY}/{act}?limit=2")
        async with site.runtime.database.unit_of_work() as work:
            await create_tenant(work, "curious", "A partner")
            token = await create_token(
                work, "curious", ["operations:read", "operations:write"], tenant="curious"
            )
        headers = {"Authorization": f"Bearer {token}"}
        theirs = await site.ask("GET", f"{MANY}/{act}", headers=headers)
        begun_there = await site.ask("POST", MANY, headers=headers, json=body)

        assert (202, 3) == (begun.status, begun.body["left"])
        assert (3, 0, "token:all scopes") == (
            shown.body["act"]["done"],
            shown.body["left"],
            shown.body["act"]["actor"],
        )
        assert ids[:2] == [one["operation_id"] for one in shown.body["answers"]["items"]]
        assert shown.body["answers"]["next_cursor"] is not None
        assert (404, "bulk_act_not_found") == (theirs.status, theirs.body["code"])
        assert (409, "nothing_chosen") == (begun_there.status, begun_there.body["code"])

    async def test_must_be_some(self, site: Site) -> None:
        """Where none is left it is a conflict, and nothing is begun."""
        body = {"action": "ask_again", "note": "an outage", "provider": "sigan"}

        refused = await site.ask("POST", MANY, json=body)

        assert (409, "nothing_chosen") == (refused.status, refused.body["code"])

    @pytest.mark.parametrize("which", [{}, {"ids": []}, {"kind": "", "provider": ""}])
    async def test_are_never_all_of_them(self, site: Site, which: dict[str, object]) -> None:
        """Whoever names none, as where a list of theirs was empty, acts on none."""
        await add_operation(site.runtime.database)
        body = {"action": "mark_refused", "note": "an outage", **which}

        refused = await site.ask("POST", MANY, json=body)

        assert (422, "ids") == (refused.status, refused.body["errors"][0]["path"])


class TestJobs:
    async def test_are_told_and_run_again(self, site: Site) -> None:
        """How deep the queue is, what is held and why; let go, it is held no more."""
        job = await hold_job(site.runtime.database, name="a.do")

        queue = await site.ask("GET", JOBS)
        held = await site.ask("GET", f"{JOBS}/held")
        again = [await site.ask("POST", f"{JOBS}/run-again", json={"ids": [job]}) for _ in range(2)]

        assert 1 == queue.body["held"]
        assert [(job, "ValueError: a bug")] == [
            (one["id"], one["error"]) for one in held.body["items"]
        ]
        assert [1, 0] == [one.body["run_again"] for one in again]
