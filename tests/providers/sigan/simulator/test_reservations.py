import asyncio
from datetime import datetime

import pytest

from tests.providers.sigan.simulator.caller import Caller
from tramita.providers.sigan.simulator.area_codes import DDDS


async def status_of(caller: Caller, reservation_id: str) -> str:
    """Where a reservation stands."""
    shown = await caller.ask("GET", f"/reservations/{reservation_id}")
    return str(shown.body["status"])


class TestReserve:
    async def test_takes_one_number_and_frees_the_others(self, caller: Caller) -> None:
        """The number has a reservation of its own, its siblings return to stock."""
        external_id, numbers = await caller.hold()

        reply = await caller.reserve(external_id, numbers[1], request_id="r-2")

        assert (201, numbers[1]) == (reply.status, reply.body["msisdn"])
        assert datetime.fromisoformat(reply.body["reservedAt"]).tzinfo is not None
        assert {"FREE": 1999, "RESERVED": 1} == await caller.counts()
        row = (await caller.rows(numbers[1]))[0]
        assert ("number_reserved", "r-2") == (row["effect"], row["request_id"])
        assert {
            "externalId": external_id,
            "reservationId": reply.body["reservationId"],
            "msisdn": numbers[1],
            "requestId": "r-2",
        } == row["data"]
        hold = await caller.ask("GET", f"/pre-reservations/{external_id}")
        assert "CONSUMED" == hold.body["status"]

    async def test_needs_a_hold(self, caller: Caller) -> None:
        """There is no reserving without a hold."""
        reply = await caller.reserve("PR-1", "5511987654321")

        assert (404, "HOLD_NOT_FOUND") == reply.said

    async def test_needs_a_number_of_the_hold(self, caller: Caller) -> None:
        """Another number is none of it, and the hold stays."""
        external_id, numbers = await caller.hold()

        reply = await caller.reserve(external_id, "5511987654321")

        assert (422, "NUMBER_NOT_IN_HOLD") == reply.said
        assert 201 == (await caller.reserve(external_id, numbers[0])).status

    async def test_comes_too_late_for_an_expired_hold(self, caller: Caller) -> None:
        """Whoever comes after the end finds it gone."""
        external_id, numbers = await caller.hold()
        await caller.advance("16m")

        reply = await caller.reserve(external_id, numbers[0])

        assert (410, "HOLD_EXPIRED") == reply.said
        assert ["hold_expired"] == [e for e in await caller.effects() if e != "numbers_held"]

    async def test_comes_too_late_for_a_released_hold(self, caller: Caller) -> None:
        """What was given back cannot be reserved from any more."""
        external_id, numbers = await caller.hold()
        await caller.ask("DELETE", f"/pre-reservations/{external_id}")

        assert (410, "HOLD_EXPIRED") == (await caller.reserve(external_id, numbers[0])).said

    async def test_is_done_once_for_each_hold(self, caller: Caller) -> None:
        """Two at the same moment under two ids: one number is reserved, not two."""
        external_id, numbers = await caller.hold()

        replies = await asyncio.gather(*(caller.reserve(external_id, one) for one in numbers[:2]))

        assert [201, 409] == sorted(reply.status for reply in replies)
        refused = max(replies, key=lambda reply: reply.status)
        assert (409, "HOLD_CONSUMED") == refused.said
        assert 1 == (await caller.effects()).count("number_reserved")

    async def test_fails_for_a_number_that_was_taken(self, caller: Caller) -> None:
        """A number that is somebody else's by now is refused, the others can be had."""
        external_id, numbers = await caller.hold()
        await caller.act("force", msisdn=numbers[0], state="RESERVED")

        taken = await caller.reserve(external_id, numbers[0])
        other = await caller.reserve(external_id, numbers[1])

        assert (409, "NUMBER_TAKEN") == taken.said
        assert 201 == other.status

    async def test_needs_json(self, caller: Caller) -> None:
        """A body without a number is not understood."""
        external_id, _ = await caller.hold()

        reply = await caller.ask("POST", f"/pre-reservations/{external_id}/reservations", {})

        assert (400, "INVALID_REQUEST") == reply.said

    async def test_brings_the_same_answer_again(self, caller: Caller) -> None:
        """The same request under its id is the same reservation."""
        external_id, numbers = await caller.hold()

        first = await caller.reserve(external_id, numbers[0], request_id="r-2")
        again = await caller.reserve(external_id, numbers[0], request_id="r-2")

        assert (201, first.raw) == (again.status, again.raw)
        assert ["number_reserved"] == await caller.effects(numbers[0])


class TestReservation:
    async def test_is_found_by_id_and_number(self, caller: Caller) -> None:
        """Both ways show the same."""
        reservation_id, msisdn = await caller.reserved()

        by_id = await caller.ask("GET", f"/reservations/{reservation_id}")
        by_number = await caller.ask("GET", f"/reservations?msisdn={msisdn}")

        assert (200, by_id.raw) == (by_number.status, by_number.raw)
        assert (reservation_id, msisdn, "RESERVED") == (
            by_id.body["reservationId"],
            by_id.body["msisdn"],
            by_id.body["status"],
        )

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/reservations/RS-1"),
            ("DELETE", "/reservations/RS-1"),
            ("GET", "/reservations?msisdn=5511987654321"),
        ],
    )
    async def test_may_not_exist(self, caller: Caller, method: str, path: str) -> None:
        """Nobody knows a reservation that was never made."""
        assert (404, "RESERVATION_NOT_FOUND") == (await caller.ask(method, path)).said

    async def test_needs_something_to_be_found_by(self, caller: Caller) -> None:
        """There is no list of all reservations."""
        assert (400, "INVALID_REQUEST") == (await caller.ask("GET", "/reservations")).said

    async def test_is_given_back_any_number_of_times(self, caller: Caller) -> None:
        """Releasing is idempotent, and one effect; the number may be offered at once."""
        reservation_id, msisdn = await caller.reserved()

        replies = [await caller.ask("DELETE", f"/reservations/{reservation_id}") for _ in "ab"]

        assert [204, 204] == [reply.status for reply in replies]
        assert ["number_reserved", "number_released"] == await caller.effects(msisdn)
        assert "RELEASED" == await status_of(caller, reservation_id)
        assert {"FREE": 2000} == await caller.counts()

    async def test_stays_once_in_use(self, caller: Caller) -> None:
        """A number in use is not given back."""
        reservation_id, msisdn = await caller.reserved()
        await caller.act("activate")

        reply = await caller.ask("DELETE", f"/reservations/{reservation_id}")

        assert (409, "ACTIVE") == reply.said
        assert "ACTIVE" == await status_of(caller, reservation_id)
        assert {"FREE": 1999, "ACTIVE": 1} == await caller.counts()
        assert ["number_reserved", "number_activated"] == await caller.effects(msisdn)

    async def test_rests_for_a_while_where_told(self, caller: Caller) -> None:
        """With a cooling time the number is not free before it is over."""
        await caller.set(cooling_seconds=90)
        reservation_id, _ = await caller.reserved()
        await caller.ask("DELETE", f"/reservations/{reservation_id}")

        before = await caller.counts()
        await caller.advance("90s")

        assert {"FREE": 1999, "COOLING": 1} == before
        assert {"FREE": 2000} == await caller.counts()

    async def test_has_no_say_over_a_later_holder(self, caller: Caller) -> None:
        """A stale release ends its own reservation only: the number stays the new holder's."""
        await caller.set(offers="last_released_first")
        old, msisdn = await caller.reserved(quantity=1)
        await caller.fault("release_not_done", "release_reservation")
        await caller.ask("DELETE", f"/reservations/{old}")
        await caller.act("offer", msisdn=msisdn, as_free=True)
        new, again = await caller.reserved(quantity=1)

        stale = await caller.ask("DELETE", f"/reservations/{old}")

        assert (204, msisdn) == (stale.status, again)
        assert ("RELEASED", "RESERVED") == (
            await status_of(caller, old),
            await status_of(caller, new),
        )
        assert {"FREE": 1999, "RESERVED": 1} == await caller.counts()


class TestRequests:
    async def test_are_remembered_with_what_they_made(self, caller: Caller) -> None:
        """Each request that changed something is found under its id."""
        hold = await caller.pre_reserve(request_id="r-1")
        external_id = hold.body["externalId"]
        msisdn = hold.body["numbers"][0]["msisdn"]
        made = await caller.reserve(external_id, msisdn, request_id="r-2")
        reservation_id = made.body["reservationId"]
        path = f"/reservations/{reservation_id}"
        await caller.ask("DELETE", path, request_id="r-3")
        await caller.ask("DELETE", f"/pre-reservations/{external_id}", request_id="r-4")

        found = [(await caller.ask("GET", f"/requests/r-{n}")).body for n in range(1, 5)]

        both = {"externalId": external_id, "reservationId": reservation_id}
        assert [
            {
                "requestId": "r-1",
                "operation": "PRE_RESERVE",
                "status": 201,
                "externalId": external_id,
            },
            {"requestId": "r-2", "operation": "RESERVE", "status": 201, **both},
            {
                "requestId": "r-3",
                "operation": "RELEASE_RESERVATION",
                "status": 204,
                "reservationId": reservation_id,
            },
            {"requestId": "r-4", "operation": "RELEASE_HOLD", "status": 409},
        ] == found

    async def test_are_not_remembered_when_they_changed_nothing(self, caller: Caller) -> None:
        """A question, a wrong token and a body that is not understood leave no trace."""
        await caller.ask("GET", "/stock/11", request_id="r-1")
        await caller.ask("POST", "/pre-reservations", b"{", request_id="r-2")
        caller.token, token = "stranger", caller.token
        await caller.pre_reserve(request_id="r-3")
        caller.token = token

        replies = [await caller.ask("GET", f"/requests/r-{n}") for n in range(1, 4)]

        assert [(404, "REQUEST_UNKNOWN")] * 3 == [reply.said for reply in replies]


class TestStock:
    async def test_counts_numbers_by_state(self, caller: Caller) -> None:
        """Every state is there, also those that no number is in."""
        await caller.reserved()
        await caller.hold(quantity=2)

        reply = await caller.ask("GET", "/stock/11")

        counts = {"FREE": 1997, "HELD": 2, "RESERVED": 1, "ACTIVE": 0, "COOLING": 0}
        assert {"ddd": "11", "counts": counts} == reply.body

    @pytest.mark.parametrize("ddd", ["20", "52", "1", "011"])
    async def test_is_of_area_codes_that_exist(self, caller: Caller, ddd: str) -> None:
        """What is no area code has no stock."""
        assert (404, "INVALID_DDD") == (await caller.ask("GET", f"/stock/{ddd}")).said


class TestAreaCodes:
    def test_are_those_of_brazil(self) -> None:
        """67 of them, and none of the 33 other pairs of digits."""
        missing = {f"{n:02}" for n in range(100)} - set(DDDS)

        assert 67 == len(DDDS) == len(set(DDDS))
        assert {
            *(f"{n:02}" for n in range(10)),
            *"10 20 23 25 26 29 30 36 39 40 50 52 56 57 58 59 60 70 72 76 78 80 90".split(),
        } == missing
