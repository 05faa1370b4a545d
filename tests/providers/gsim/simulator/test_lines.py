"""SIM cards and the numbers on them: requests, refusals, ids that come again, the ledger."""

import pytest

from tests.providers.gsim.simulator.subscriber import NUMBER, OTHER_NUMBER, Subscriber

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestAssignment:
    async def test_is_accepted_and_becomes_a_line(self, gsim: Subscriber) -> None:
        """202 with ASSIGNED; then the SIM card is active, and the ledger has both."""
        iccid = await gsim.sim()

        accepted = await gsim.assign(iccid, request_id="r-1")
        shown = (await gsim.ask("GET", f"sims/{iccid}")).body

        of_line = {"assignmentId": accepted.body["assignmentId"], "msisdn": NUMBER}
        assert 202 == accepted.status
        assert {"iccid": iccid, "status": "ASSIGNED", **of_line} == accepted.body
        assert {"iccid": iccid, "state": "ACTIVE", **of_line} == shown
        rows = gsim.simulator.world.ledger.rows(subject=iccid)
        assert [("sim_assigned", "r-1", of_line), ("line_activated", "r-1", of_line)] == [
            (row.effect, row.request_id, row.data) for row in rows
        ]

    async def test_can_be_taken_back(self, gsim: Subscriber) -> None:
        """202; the SIM card is in stock again, and so is the number."""
        iccid = await gsim.sim()
        await gsim.assign(iccid)

        released = await gsim.release(iccid)
        again = await gsim.assign(iccid)

        assert (202, "RELEASED", NUMBER) == (
            released.status,
            released.body["status"],
            released.body["msisdn"],
        )
        assert 202 == again.status
        assert [
            *("sim_assigned", "line_activated", "sim_released"),
            *("sim_assigned", "line_activated"),
        ] == gsim.effects(iccid)

    async def test_taken_back_twice_is_taken_back_once(self, gsim: Subscriber) -> None:
        """A SIM card without a number is left as it is, under another request id too."""
        iccid, unused = (await gsim.act("sims", count=2))["sims"]
        await gsim.assign(iccid)
        first = await gsim.release(iccid)

        second, nothing = await gsim.release(iccid), await gsim.release(unused)

        assert first.body == second.body
        assert {"iccid": unused, "status": "RELEASED"} == nothing.body
        assert 1 == gsim.effects().count("sim_released")

    async def test_needs_a_sim_card(self, gsim: Subscriber) -> None:
        """A card that is not in the stock is not found."""
        unknown = "8955100000000000000"
        replies = [await gsim.assign(unknown), await gsim.release(unknown)]
        replies.append(await gsim.ask("GET", f"sims/{unknown}"))

        assert [(404, "SIM_NOT_FOUND")] * 3 == [reply.error for reply in replies]

    async def test_needs_a_free_sim_card_and_number(self, gsim: Subscriber) -> None:
        """A card has one number, a number one card, and a blocked card takes none."""
        taken, blocked, free = (await gsim.act("sims", count=3))["sims"]
        await gsim.assign(taken)
        await gsim.act("block_sim", iccid=blocked)

        assert (409, "SIM_IN_USE") == (await gsim.assign(taken, OTHER_NUMBER)).error
        assert (409, "SIM_IN_USE") == (await gsim.assign(blocked, OTHER_NUMBER)).error
        assert (409, "NUMBER_NOT_RESERVED") == (await gsim.assign(free, NUMBER)).error
        assert "STOCK" == await gsim.state(free)

    @pytest.mark.parametrize("condition", [NUMBER, "*"])
    async def test_needs_a_reserved_number_when_told(
        self, gsim: Subscriber, condition: str
    ) -> None:
        """GSIM does not know Sigan's stock; it takes for not reserved what it is told to."""
        iccid = await gsim.sim()
        await gsim.act("set", number_not_reserved=condition)

        assert (409, "NUMBER_NOT_RESERVED") == (await gsim.assign(iccid)).error
        assert [] == gsim.effects()

    async def test_needs_sense(self, gsim: Subscriber) -> None:
        """Neither a number that is none nor a body that is none leaves anything behind."""
        iccid = await gsim.sim()
        cases: list[tuple[object, int, str]] = [
            ({"msisdn": "551112345678"}, 422, "BAD_MSISDN"),
            ({"msisdn": NUMBER, "callbackUrl": "https://example.com"}, 422, "BAD_CALLBACK_URL"),
            ({}, 400, "BAD_REQUEST"),
            (b"{", 400, "BAD_REQUEST"),
        ]

        for body, status, code in cases:
            reply = await gsim.ask("POST", f"sims/{iccid}/assignments", body)
            assert (status, code) == reply.error

        assert ("STOCK", []) == (await gsim.state(iccid), gsim.effects())

    async def test_needs_our_token(self, gsim: Subscriber) -> None:
        """A stranger does nothing, and uses no request id up."""
        iccid = await gsim.sim()
        ours, gsim.token = gsim.token, "another"
        refused = await gsim.assign(iccid, request_id="r-1")
        gsim.token = ours

        accepted = await gsim.assign(iccid, request_id="r-1")

        assert ((401, "UNAUTHORIZED"), 202) == (refused.error, accepted.status)


class TestRequestIds:
    async def test_are_honored(self, gsim: Subscriber) -> None:
        """The same request under the same id is answered as it was then, and done once."""
        iccid = await gsim.sim()

        answers = [(await gsim.assign(iccid, request_id="r-1")).body for _ in range(2)]
        await gsim.release(iccid, request_id="r-2")
        answers.append((await gsim.assign(iccid, request_id="r-1")).body)

        assert [answers[0]] * 3 == answers
        assert ["sim_assigned", "line_activated", "sim_released"] == gsim.effects(iccid)

    async def test_remember_refusals(self, gsim: Subscriber) -> None:
        """What was refused stays refused under its id."""
        iccid = await gsim.sim()
        await gsim.act("set", number_not_reserved="*")
        await gsim.assign(iccid, request_id="r-1")
        await gsim.act("set", number_not_reserved="")

        again = await gsim.assign(iccid, request_id="r-1")
        read = (await gsim.ask("GET", "requests/r-1")).body

        assert (409, "NUMBER_NOT_RESERVED") == again.error
        assert {
            "requestId": "r-1",
            "operation": "assign_sim",
            "status": "REFUSED",
            "code": "NUMBER_NOT_RESERVED",
        } == read

    async def test_are_for_one_request(self, gsim: Subscriber) -> None:
        """Another request under a known id is refused."""
        iccid = await gsim.sim()
        await gsim.assign(iccid, request_id="r-1")

        assert (409, "REQUEST_ID_REUSED") == (await gsim.release(iccid, request_id="r-1")).error

    async def test_tell_what_was_done(self, gsim: Subscriber) -> None:
        """A request is found by its id with what has become of it since; or was never seen."""
        iccid = await gsim.sim()
        await gsim.act("set", activations="hold")
        accepted = (await gsim.assign(iccid, request_id="r-1")).body

        statuses = []
        for act in (None, "activate"):
            if act is not None:
                await gsim.act(act)
            read = (await gsim.ask("GET", "requests/r-1")).body
            assert accepted["assignmentId"] == read["assignmentId"]
            statuses.append(read["status"])
        await gsim.release(iccid, request_id="r-2")
        released = (await gsim.ask("GET", "requests/r-2")).body

        assert ["ASSIGNED", "ACTIVE"] == statuses
        assert ("release_sim", "RELEASED") == (released["operation"], released["status"])
        never = await gsim.ask("GET", "requests/r-3")
        assert (404, "REQUEST_NOT_FOUND") == never.error


class TestActivations:
    async def test_can_be_held(self, gsim: Subscriber) -> None:
        """A held line waits for the operator; taken back, it is nothing to wait for."""
        first, second = (await gsim.act("sims", count=2))["sims"]
        await gsim.act("set", activations="hold")
        await gsim.assign(first)
        await gsim.assign(second, OTHER_NUMBER)

        assert "ASSIGNED" == await gsim.state(second)
        assert "ACTIVE" == (await gsim.act("activate"))["state"]
        await gsim.release(first)
        assert "no SIM card to activate" in (await gsim.act("activate"))["error"]
        assert "that is STOCK" in (await gsim.act("activate", iccid=first))["error"]
        assert ["sim_assigned", "sim_released"] == gsim.effects(first)

    async def test_can_fail(self, gsim: Subscriber) -> None:
        """A rejected line leaves the SIM card in stock and the number free."""
        iccid = await gsim.sim()
        await gsim.act("set", activations="fail")

        accepted = await gsim.assign(iccid)

        assert (202, "ASSIGNED") == (accepted.status, accepted.body["status"])
        assert ("STOCK", ["sim_assigned", "line_rejected"]) == (
            await gsim.state(iccid),
            gsim.effects(iccid),
        )

    async def test_wait_while_the_card_is_blocked(self, gsim: Subscriber) -> None:
        """A blocked card keeps its number, and is activated after it was let go."""
        iccid = await gsim.sim()
        await gsim.act("set", activations="hold")
        await gsim.assign(iccid)

        blocked = await gsim.act("block_sim", iccid=iccid)
        refused = await gsim.act("activate", iccid=iccid)
        await gsim.act("unblock_sim")
        active = await gsim.act("activate", iccid=iccid)

        assert ("BLOCKED", NUMBER, "ACTIVE") == (
            blocked["state"],
            blocked["msisdn"],
            active["state"],
        )
        assert "that is BLOCKED" in refused["error"]
