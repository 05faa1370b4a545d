"""What goes wrong at GSIM beside its callbacks and lists, by the modes of the notes."""

import asyncio

import aiohttp
import pytest

from tests.providers.gsim.simulator.subscriber import NUMBER, Subscriber
from tramita.providers.gsim.simulator.scenarios import SCENARIOS

pytestmark = pytest.mark.asyncio(loop_scope="module")

DONE = ["sim_assigned", "line_activated"]


class TestErrors:
    async def test_are_in_the_one_shape(self, gsim: Subscriber) -> None:
        """A refusal has a code and our request id; nothing happened unless it says so."""
        cases: list[tuple[str, dict[str, object], tuple[int, str], list[str]]] = [
            ("http_500", {}, (500, "INTERNAL_ERROR"), []),
            ("http_503", {}, (503, "UNAVAILABLE"), []),
            ("http_418", {}, (418, "HTTP_418"), []),
            ("429", {}, (429, "TOO_MANY_REQUESTS"), []),
            ("token_expired", {}, (401, "TOKEN_EXPIRED"), []),
            ("business_error_200", {}, (200, "SIM_IN_USE"), []),
            ("http_409", {"code": "SIM_BROKEN"}, (409, "SIM_BROKEN"), []),
            ("error_after_effect", {}, (500, "INTERNAL_ERROR"), DONE),
        ]
        iccid = await gsim.sim()

        for kind, arguments, error, effects in cases:
            await gsim.fail("assign_sim", kind, **arguments)
            reply = await gsim.assign(iccid)
            assert (error, effects) == (reply.error, gsim.effects(iccid)), kind

    async def test_may_tell_when_to_come_again(self, gsim: Subscriber) -> None:
        """429 with ``retry_after`` has the header; without, it has none."""
        await gsim.fail("list_brands", "429", retry_after=30)
        await gsim.fail("list_brands", "429")

        first, second = await gsim.ask("GET", "brands"), await gsim.ask("GET", "brands")

        assert ("30", None) == (first.headers["retry-after"], second.headers.get("retry-after"))

    async def test_leave_the_effect_to_be_found(self, gsim: Subscriber) -> None:
        """A lost answer is found by the request's id, and the retry is answered as it was done."""
        iccid = await gsim.sim()
        await gsim.fail("assign_sim", "reset_after_effect")
        with pytest.raises(aiohttp.ClientError):
            await gsim.assign(iccid, request_id="r-1")

        found = (await gsim.ask("GET", "requests/r-1")).body
        again = await gsim.assign(iccid, request_id="r-1")

        assert (202, "ACTIVE") == (again.status, found["status"])
        assert again.body["assignmentId"] == found["assignmentId"]
        assert gsim.effects(iccid) == DONE


class TestRepetition:
    async def test_of_a_request_does_nothing_more(self, gsim: Subscriber) -> None:
        """``request_replayed``: a proxy sends it twice; the id makes it one."""
        iccid = await gsim.sim()
        await gsim.fail("assign_sim", "request_replayed")

        reply = await gsim.assign(iccid)

        assert (202, DONE) == (reply.status, gsim.effects(iccid))

    async def test_under_an_id_that_is_ignored_is_done_again(self, gsim: Subscriber) -> None:
        """``request_id_ignored``: a late repetition puts the number on the card once more."""
        iccid = await gsim.sim()
        await gsim.assign(iccid, request_id="r-1")
        await gsim.release(iccid)
        await gsim.fail("assign_sim", "request_id_ignored")

        again = await gsim.assign(iccid, request_id="r-1")

        assert 202 == again.status
        assert [*DONE, "sim_released", *DONE] == gsim.effects(iccid)

    async def test_of_what_was_not_remembered_is_refused(self, gsim: Subscriber) -> None:
        """An ignored id is not kept: nobody knows the request, and its retry finds the card taken."""
        iccid = await gsim.sim()
        await gsim.fail("assign_sim", "request_id_ignored")

        first = await gsim.assign(iccid, request_id="r-1")
        read = await gsim.ask("GET", "requests/r-1")
        again = await gsim.assign(iccid, request_id="r-1")

        assert (202, 404, (409, "SIM_IN_USE")) == (first.status, read.status, again.error)
        assert gsim.effects(iccid) == DONE


class TestQueries:
    async def test_may_be_missing(self, gsim: Subscriber) -> None:
        """``query_missing``: nobody can be asked what happened."""
        await gsim.assign(await gsim.sim(), request_id="r-1")
        await gsim.fail("read_request", "query_missing")

        assert (404, "NOT_FOUND") == (await gsim.ask("GET", "requests/r-1")).error

    async def test_may_know_nothing_yet(self, gsim: Subscriber) -> None:
        """``stale_read``: no, says GSIM of what it has done, and N seconds later yes."""
        iccid = await gsim.sim()
        await gsim.assign(iccid, request_id="r-1")
        for operation in ("read_sim", "read_request", "list_brands"):
            order = {"operation": operation, "kind": "stale_read", "count": None}
            await gsim.control("POST", "faults", {**order, "arguments": {"seconds": 120}})

        before = await gsim.state(iccid), (await gsim.ask("GET", "requests/r-1")).status
        await gsim.control("POST", "clock", {"advance": "2m"})
        after = await gsim.state(iccid), (await gsim.ask("GET", "requests/r-1")).status

        assert (("STOCK", 404), ("ACTIVE", 200)) == (before, after)
        assert 200 == (await gsim.ask("GET", "brands")).status


class TestFormats:
    async def test_may_be_called_something_else(self, gsim: Subscriber) -> None:
        """JSON comes as plain text."""
        await gsim.fail("list_brands", "wrong_content_type")

        assert "text/plain" == (await gsim.ask("GET", "brands")).headers["content-type"]

    async def test_may_be_huge(self, gsim: Subscriber) -> None:
        """An answer of megabytes is whole."""
        await gsim.fail("list_brands", "huge_body", megabytes=2)

        reply = await gsim.ask("GET", "brands")

        assert (12, True) == (reply.body["total"], len(reply.raw) > 2_000_000)

    @pytest.mark.parametrize("kind", ["truncated", "malformed_json", "extra_field"])
    async def test_of_an_empty_answer_stay_empty(self, gsim: Subscriber, kind: str) -> None:
        """Nothing can follow a 304."""
        tag = (await gsim.ask("GET", "brands")).headers["etag"]
        await gsim.fail("list_brands", kind)

        reply = await gsim.ask("GET", "brands", if_none_match=tag)

        assert (304, b"") == (reply.status, reply.raw)


class TestMatching:
    async def test_is_by_what_a_request_is_about(self, gsim: Subscriber) -> None:
        """Number, area code and card pick the calls that a fault strikes."""
        iccid = await gsim.sim()
        matches = ({"ddd": "11"}, {"msisdn": NUMBER}, {"iccid": iccid}, {"ddd": "21"})
        statuses = []

        for match in matches:
            order = {"operation": "assign_sim", "kind": "http_500", "match": match}
            await gsim.control("POST", "faults", order)
            statuses.append((await gsim.assign(iccid)).status)

        assert [500, 500, 500, 202] == statuses

    async def test_is_by_brand_and_page(self, gsim: Subscriber) -> None:
        """A fault may wait for one page of one list."""
        match = {"brand_id": "b-apple", "page": "2"}
        order = {"operation": "list_models", "kind": "http_500", "match": match}
        await gsim.control("POST", "faults", order)

        paths = ("b-vivo/models?page=2", "b-apple/models", "b-apple/models?page=2")
        replies = [await gsim.ask("GET", f"brands/{path}") for path in paths]

        assert [200, 200, 500] == [reply.status for reply in replies]

    async def test_survives_requests_that_make_no_sense(self, gsim: Subscriber) -> None:
        """A body that cannot be read is about no number."""
        reply = await gsim.ask("POST", f"sims/{await gsim.sim()}/assignments", b"[]")
        journal = await gsim.control("GET", "journal")

        assert (400, "BAD_REQUEST") == reply.error
        assert "" == journal["items"][-1]["fields"]["msisdn"]


class TestScenarios:
    async def test_can_be_played(self, gsim: Subscriber) -> None:
        """Every scenario names operations and kinds that exist, and replaces what was set."""
        for name, scenario in SCENARIOS.items():
            await gsim.act("set", activations="fail")
            answer = await gsim.control("POST", f"scenarios/{name}")
            state = await gsim.control("GET", "state")

            assert len(scenario.faults) == len(answer["faults"]), name
            assert "succeed" == state["conditions"]["activations"], name

    async def test_of_a_brownout_ends(self, gsim: Subscriber) -> None:
        """After so many failures all is well again."""
        await gsim.control("POST", "scenarios/brownout-then-recover")

        replies = await asyncio.gather(*(gsim.ask("GET", "brands") for _ in range(21)))

        assert [200] + [503] * 20 == sorted(reply.status for reply in replies)
