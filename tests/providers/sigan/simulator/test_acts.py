from typing import Any

import pytest

from tests.providers.sigan.simulator.caller import Caller, msisdns
from tramita.providers.sigan.simulator.acts import BUTTONS

NUMBER = "5511987654321"


class TestSet:
    @pytest.mark.parametrize(
        "wanted",
        [
            {"cooling_seconds": -1},
            {"offers": "wild"},
            {"weather": "fine"},
            {"query_available": "yes"},
            {"cooling_seconds": 5, "offers_again": "sometimes"},
        ],
    )
    async def test_takes_all_or_nothing(self, caller: Caller, wanted: dict[str, Any]) -> None:
        """An unknown condition or value is refused, and none of the order is done."""
        refused = await caller.set(**wanted)

        assert "conditions are" in refused["error"]
        assert 0 == (await caller.set())["cooling_seconds"]

    @pytest.mark.parametrize("how", ["reset", "calm"])
    async def test_is_undone(self, caller: Caller, how: str) -> None:
        """A reset and a calm day bring the first conditions back."""
        await caller.set(cooling_seconds=5, empty_ddds=["11"])

        if how == "reset":
            await caller.control("POST", "reset", {})
        else:
            await caller.act("calm")

        shown = await caller.set()
        assert (0, []) == (shown["cooling_seconds"], shown["empty_ddds"])

    async def test_shows_how_things_stand(self, caller: Caller) -> None:
        """The panel's state counts holds, reservations and numbers by state."""
        await caller.reserved()
        await caller.hold()

        conditions = (await caller.control("GET", "state"))["conditions"]

        assert (1, 1, 1996, 3, 1) == (
            conditions["holds"],
            conditions["reservations"],
            conditions["numbers_free"],
            conditions["numbers_held"],
            conditions["numbers_reserved"],
        )


class TestNumbers:
    async def test_are_put_into_the_stock_and_taken_out(self, caller: Caller) -> None:
        """One number more and one number less, each with a row in the ledger."""
        await caller.act("put", msisdn=NUMBER)
        more = await caller.counts()
        await caller.act("remove", msisdn=NUMBER)

        assert ({"FREE": 2001}, {"FREE": 2000}) == (more, await caller.counts())
        assert ["number_forced", "number_forced"] == await caller.effects(NUMBER)

    async def test_are_forced_into_a_state(self, caller: Caller) -> None:
        """Whatever records say, the number stands where it was put."""
        shown = await caller.act("force", msisdn=NUMBER, state="COOLING")

        assert {"msisdn": NUMBER, "state": "COOLING"} == shown
        assert {"FREE": 2000, "COOLING": 1} == await caller.counts()

    @pytest.mark.parametrize(
        ("action", "order"),
        [
            ("put", {}),
            ("put", {"msisdn": "11987654321"}),
            ("offer", {"msisdn": "5520987654321"}),
            ("offer", {"msisdn": "551187654321"}),
            ("offer", {"msisdn": NUMBER, "times": 0}),
            ("force", {"msisdn": NUMBER, "state": "LOST"}),
            ("activate", {}),
            ("activate", {"reservation_id": "RS-1"}),
            ("expire_hold", {}),
            ("jump_clock", {}),
            ("restart", {"memory": "some"}),
            ("calm", {"memory": True}),
            ("dance", {}),
        ],
    )
    async def test_have_to_be_numbers(
        self, caller: Caller, action: str, order: dict[str, object]
    ) -> None:
        """An order that cannot be followed is refused, with what could be done."""
        refused = await caller.act(action, **order)

        assert {"error", "known"} == set(refused)


class TestOffer:
    async def test_comes_next_and_once(self, caller: Caller) -> None:
        """The next pre-reservation of its area code has the number, the one after has not."""
        await caller.act("offer", msisdn=NUMBER)

        _, elsewhere = await caller.hold(ddd="21")
        _, first = await caller.hold()
        _, second = await caller.hold()

        assert [False, True, False] == [NUMBER in numbers for numbers in (elsewhere, first, second)]
        assert 3 == len(first)

    async def test_of_a_held_number_goes_to_whoever_reserves_first(self, caller: Caller) -> None:
        """Two holds have the same number, as in a stock that has lost count."""
        await caller.act("offer", msisdn=NUMBER, times=2)
        first, _ = await caller.hold()
        second, numbers = await caller.hold()

        replies = [await caller.reserve(hold, NUMBER) for hold in (second, first)]

        assert NUMBER in numbers
        assert 201 == replies[0].status
        assert (409, "NUMBER_TAKEN") == replies[1].said

    async def test_of_a_held_number_stays_held_by_the_other(self, caller: Caller) -> None:
        """One hold given back does not free what another still has."""
        await caller.act("offer", msisdn=NUMBER, times=2)
        first, _ = await caller.hold()
        second, _ = await caller.hold()

        await caller.ask("DELETE", f"/pre-reservations/{first}")

        assert {"FREE": 1998, "HELD": 3} == await caller.counts()
        assert 201 == (await caller.reserve(second, NUMBER)).status

    async def test_of_a_reserved_number_cannot_be_reserved(self, caller: Caller) -> None:
        """Sigan offers what it has reserved, and finds out only when it is wanted."""
        _, msisdn = await caller.reserved()
        await caller.act("offer", msisdn=msisdn)

        external_id, numbers = await caller.hold()

        assert msisdn == numbers[0]
        assert (409, "NUMBER_TAKEN") == (await caller.reserve(external_id, msisdn)).said

    async def test_as_free_is_reserved_twice(self, caller: Caller) -> None:
        """A Sigan that forgot whose the number is gives it away again."""
        old, msisdn = await caller.reserved()
        await caller.act("offer", msisdn=msisdn, as_free=True)

        new, again = await caller.reserved()

        assert (msisdn, True) == (again, old != new)
        shown = await caller.ask("GET", f"/reservations?msisdn={msisdn}")
        assert new == shown.body["reservationId"]


class TestClock:
    async def test_jumps_both_ways(self, caller: Caller) -> None:
        """A clock set back gives holds more time, one set forward takes it."""
        external_id, _ = await caller.hold(holdSeconds=60)

        await caller.act("jump_clock", seconds=-120)
        await caller.advance("100s")
        before = await caller.effects(external_id)
        await caller.act("jump_clock", seconds=120)

        assert ["numbers_held"] == before
        assert ["numbers_held", "hold_expired"] == await caller.effects(external_id)

    async def test_can_end_a_hold_alone(self, caller: Caller) -> None:
        """The latest hold, or the one that is named, expires at once."""
        first, _ = await caller.hold()
        latest, _ = await caller.hold()

        shown = await caller.act("expire_hold")
        named = await caller.act("expire_hold", external_id=first)

        assert {"external_id": latest, "status": "EXPIRED"} == shown
        assert {"external_id": first, "status": "EXPIRED"} == named


class TestRestart:
    async def test_keeps_what_it_knows(self, caller: Caller) -> None:
        """With memory everything stays and faults are gone."""
        reservation_id, _ = await caller.reserved()
        hold = await caller.pre_reserve(request_id="r-1")
        await caller.fault("http_503", count=None)

        await caller.act("restart", memory=True)

        assert 200 == (await caller.ask("GET", f"/reservations/{reservation_id}")).status
        assert hold.raw == (await caller.pre_reserve(request_id="r-1")).raw

    async def test_forgets_without_memory(self, caller: Caller) -> None:
        """Without memory nothing is known and every number free; the ledger still tells."""
        reservation_id, msisdn = await caller.reserved()
        hold = await caller.pre_reserve(request_id="r-1")

        await caller.act("restart", memory=False)

        assert 404 == (await caller.ask("GET", f"/reservations/{reservation_id}")).status
        assert (404, "REQUEST_UNKNOWN") == (await caller.ask("GET", "/requests/r-1")).said
        assert {"FREE": 2000} == await caller.counts()
        assert ["number_reserved"] == await caller.effects(msisdn)
        assert {"memory": False} == (await caller.rows("sigan"))[0]["data"]
        await caller.advance("1h")
        assert ["numbers_held"] == await caller.effects(hold.body["externalId"])


class TestButtons:
    async def test_can_all_be_pressed(self, caller: Caller) -> None:
        """Every button of the page does something once there is a hold and a reservation."""
        await caller.reserved()

        for button in BUTTONS:
            if button.act["action"] == "expire_hold":
                await caller.hold()
            shown = await caller.control("POST", "act", button.act)
            assert "error" not in shown, button.label


class TestOffersAgain:
    async def test_what_is_reserved(self, caller: Caller) -> None:
        """A split brain offers what it reserved last, and reserves it twice."""
        old, msisdn = await caller.reserved()
        await caller.set(offers_again="reserved")

        hold = await caller.pre_reserve()
        reply = await caller.reserve(hold.body["externalId"], msisdn)

        assert msisdn == msisdns(hold)[0]
        assert (201, True) == (reply.status, old != reply.body["reservationId"])

    async def test_what_was_in_use(self, caller: Caller) -> None:
        """A number that left and came back is offered; its reservation has ended."""
        old, msisdn = await caller.reserved()
        await caller.act("activate", msisdn=msisdn)
        await caller.set(offers_again="active")

        hold = await caller.pre_reserve()

        assert msisdn == msisdns(hold)[0]
        assert "RELEASED" == (await caller.ask("GET", f"/reservations/{old}")).body["status"]
        assert "number_returned" in await caller.effects(msisdn)
        assert msisdn not in msisdns(await caller.pre_reserve())
