import re

import aiohttp
import pytest

from tests.providers.sigan.simulator.caller import Caller, Reply, msisdns
from tests.world import until

MOBILE = re.compile(r"55119[6-9]\d{7}")


async def strike(caller: Caller, kind: str, **arguments: object) -> Reply:
    """A pre-reservation whose answer suffers from one fault."""
    await caller.fault(kind, "pre_reserve", **arguments)
    return await caller.pre_reserve(request_id="r-1")


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "status", "code"),
        [
            ("http_500", 500, "INTERNAL_ERROR"),
            ("http_503", 503, "INTERNAL_ERROR"),
            ("http_403", 403, "HTTP_403"),
            ("429", 429, "TOO_MANY_REQUESTS"),
            ("token_expired", 401, "UNAUTHORIZED"),
            ("insufficient_stock", 409, "INSUFFICIENT_STOCK"),
            ("number_taken", 409, "NUMBER_TAKEN"),
            ("hold_expired", 410, "HOLD_EXPIRED"),
            ("business_error_in_200", 200, "INSUFFICIENT_STOCK"),
        ],
    )
    async def test_leave_nothing_behind(
        self, caller: Caller, kind: str, status: int, code: str
    ) -> None:
        """A refusal is Sigan's envelope with its status; nothing is held or remembered."""
        reply = await strike(caller, kind)

        assert (status, code) == reply.said
        assert {"code", "message", "requestId"} <= set(reply.body)
        assert [] == await caller.effects()
        assert 404 == (await caller.ask("GET", "/requests/r-1")).status

    async def test_come_after_the_effect_when_told(self, caller: Caller) -> None:
        """By switch a 500 is answered although the numbers are held; asked again, it is told."""
        reply = await strike(caller, "http_500", after_effect=True)

        again = await caller.pre_reserve(request_id="r-1")

        assert (500, 201) == (reply.status, again.status)
        assert ["numbers_held"] == await caller.effects()

    async def test_storm(self, caller: Caller) -> None:
        """As many 401 as were ordered, then all is well."""
        await caller.fault("token_expired", count=2)

        statuses = [(await caller.pre_reserve()).status for _ in range(3)]

        assert [401, 401, 201] == statuses

    async def test_name_the_error_within_a_success(self, caller: Caller) -> None:
        """What a 200 says instead can be chosen."""
        external_id, numbers = await caller.hold()
        await caller.fault("business_error_in_200", "reserve", code="HOLD_EXPIRED")

        reply = await caller.reserve(external_id, numbers[0])

        assert (200, "HOLD_EXPIRED") == reply.said


class TestQuota:
    async def test_counts_the_last_second(self, caller: Caller) -> None:
        """More requests than allowed within a second are told to come later."""
        await caller.freeze()
        await caller.set(quota_per_second=2)

        replies = [await caller.pre_reserve() for _ in range(3)]
        await caller.advance("1s")
        later = await caller.pre_reserve()

        assert [201, 201, 429] == [reply.status for reply in replies]
        assert ("TOO_MANY_REQUESTS", "1") == (
            replies[2].body["code"],
            replies[2].headers["retry-after"],
        )
        assert 201 == later.status


class TestRepetition:
    async def test_has_its_effect_again_when_ids_are_ignored(self, caller: Caller) -> None:
        """Without idempotency the same request holds other numbers."""
        first = await caller.pre_reserve(request_id="r-1")

        again = await strike(caller, "request_id_ignored", count=None)

        assert set() == set(msisdns(first)) & set(msisdns(again))
        assert ["numbers_held", "numbers_held"] == await caller.effects()

    @pytest.mark.parametrize(("ignoring", "effects"), [(False, 1), (True, 2)])
    async def test_by_a_proxy(self, caller: Caller, *, ignoring: bool, effects: int) -> None:
        """A request that arrives twice is one effect, where Sigan minds the id."""
        reply = await strike(caller, "request_replayed", ignoring_request_id=ignoring)

        rows = await caller.rows()
        assert effects == len(rows)
        assert reply.body["externalId"] == rows[0]["subject"]


class TestEffectLater:
    async def test_is_unknown_first_and_known_then(self, caller: Caller) -> None:
        """The answer is lost now, and who asks at once learns of no such request."""
        with pytest.raises(aiohttp.ClientError):
            await strike(caller, "lost_then_done", seconds=600.0)
        replies = [await caller.ask("GET", "/requests/r-1")]

        async def is_known() -> bool:
            replies.append(await caller.ask("GET", "/requests/r-1"))
            return replies[-1].status != 404

        await caller.control("DELETE", "faults/1")
        await until(is_known)

        assert (404, "REQUEST_UNKNOWN") == replies[0].said
        assert 201 == replies[-1].body["status"]


class TestNumbers:
    @pytest.mark.parametrize(
        ("kind", "arguments", "shown", "held"),
        [
            ("fewer_numbers", {}, 2, 2),
            ("fewer_numbers", {"numbers": 1}, 1, 1),
            ("fewer_numbers", {"numbers": 7}, 3, 3),
            ("no_numbers", {}, 0, 0),
            ("duplicate_numbers", {}, 2, 3),
        ],
    )
    async def test_are_fewer_than_asked_for(
        self, caller: Caller, kind: str, arguments: dict[str, object], shown: int, held: int
    ) -> None:
        """A hold may have fewer numbers; with duplicates, more are held than are told."""
        reply = await strike(caller, kind, **arguments)

        assert 201 == reply.status
        assert shown == len(set(msisdns(reply)))
        row = (await caller.rows(reply.body["externalId"]))[0]
        assert held == len(row["data"]["msisdns"])

    @pytest.mark.parametrize(
        ("kind", "pattern"),
        [
            ("wrong_ddd", r"55219\d{8}"),
            ("twelve_digits", r"5511\d{8}"),
            ("with_plus", r"\+55119\d{8}"),
            ("letters", r"55119\d{4}VIVO"),
            ("fixed_line", r"55113\d{7}"),
        ],
    )
    async def test_are_miswritten(self, caller: Caller, kind: str, pattern: str) -> None:
        """One number of the answer, or every one, is none; the hold itself is right."""
        reply = await strike(caller, kind, position=1)
        await caller.fault(kind, "pre_reserve", every=True)
        every = await caller.pre_reserve()

        good, bad, other = msisdns(reply)
        assert re.fullmatch(pattern, bad)
        assert MOBILE.fullmatch(good)
        assert MOBILE.fullmatch(other)
        assert all(re.fullmatch(pattern, number) for number in msisdns(every))
        shown = await caller.ask("GET", f"/pre-reservations/{reply.body['externalId']}")
        assert all(MOBILE.fullmatch(number) for number in msisdns(shown))

    async def test_are_miswritten_in_a_reservation(self, caller: Caller) -> None:
        """The number of a reservation can be another than the one asked for."""
        external_id, numbers = await caller.hold()
        await caller.fault("wrong_ddd", "reserve")

        reply = await caller.reserve(external_id, numbers[0])

        assert "21" == reply.body["msisdn"][2:4]
        assert ["number_reserved"] == await caller.effects(numbers[0])


class TestExpiry:
    async def test_comes_before_what_was_told(self, caller: Caller) -> None:
        """The answer promises the whole time, and Sigan ends the hold sooner."""
        honest = await caller.pre_reserve()
        reply = await strike(caller, "hold_expires_early", seconds=120)
        external_id, numbers = reply.body["externalId"], msisdns(reply)
        await caller.advance("14m")

        late = await caller.reserve(external_id, numbers[0])

        assert honest.body["expiresAt"] <= reply.body["expiresAt"]
        assert (410, "HOLD_EXPIRED") == late.said
        fine = await caller.reserve(honest.body["externalId"], msisdns(honest)[0])
        assert 201 == fine.status

    async def test_may_be_told(self, caller: Caller) -> None:
        """A hold shorter than asked for, said openly."""
        honest = await caller.pre_reserve()

        reply = await strike(caller, "hold_expires_early", seconds=120, is_told=True)

        assert reply.body["expiresAt"] < honest.body["expiresAt"]

    async def test_may_come_after_what_was_told(self, caller: Caller) -> None:
        """A clock that is slow keeps numbers longer than promised."""
        reply = await strike(caller, "hold_expires_early", seconds=-120)
        await caller.advance("17m")

        assert 201 == (await caller.reserve(reply.body["externalId"], msisdns(reply)[0])).status

    async def test_of_any_hold_can_be_at_once(self, caller: Caller) -> None:
        """A hold told to end before it began has ended with its answer."""
        reply = await strike(caller, "hold_expires_early", seconds=3600)

        assert ["numbers_held", "hold_expired"] == await caller.effects(reply.body["externalId"])


class TestPrevious:
    @pytest.mark.parametrize(
        ("kind", "status", "code"),
        [
            ("previous_unknown", 404, "PREVIOUS_NOT_FOUND"),
            ("previous_consumed", 409, "PREVIOUS_CONSUMED"),
        ],
    )
    async def test_is_refused(self, caller: Caller, kind: str, status: int, code: str) -> None:
        """The previous hold is found wanting and stays; without one the fault means nothing."""
        old, _ = await caller.hold()
        await caller.fault(kind, "pre_reserve", count=None)

        reply = await caller.pre_reserve(previousExternalId=old)
        without = await caller.pre_reserve()

        assert (status, code) == reply.said
        assert 201 == without.status
        assert ["numbers_held"] == await caller.effects(old)

    async def test_goes_and_nothing_comes(self, caller: Caller) -> None:
        """Giving up and making are not one act: neither hold is left."""
        old, _ = await caller.hold()
        await caller.fault("previous_breaks_hold", "pre_reserve", count=None)

        reply = await caller.pre_reserve(previousExternalId=old, request_id="r-2")
        without = await caller.pre_reserve()

        assert (500, 201) == (reply.status, without.status)
        assert ["numbers_held", "hold_released"] == await caller.effects(old)
        found = await caller.ask("GET", "/requests/r-2")
        assert {"requestId": "r-2", "operation": "PRE_RESERVE", "status": 500} == found.body


class TestLookingUp:
    async def paths(self, caller: Caller) -> list[str]:
        """A question of each sort, about things that are there."""
        hold = await caller.pre_reserve(request_id="r-1")
        external_id, msisdn = hold.body["externalId"], msisdns(hold)[0]
        made = await caller.reserve(external_id, msisdn)
        return [
            "/requests/r-1",
            f"/pre-reservations/{external_id}",
            f"/reservations/{made.body['reservationId']}",
            f"/reservations?msisdn={msisdn}",
        ]

    async def test_may_be_impossible(self, caller: Caller) -> None:
        """No question is answered, for what is there as for what is not; acts still are."""
        paths = await self.paths(caller)
        await caller.set(query_available=False)

        replies = [await caller.ask("GET", path) for path in paths]

        assert {(404, "NOT_FOUND")} == {reply.said for reply in replies}
        assert 201 == (await caller.pre_reserve()).status

    async def test_may_be_impossible_for_one_sort(self, caller: Caller) -> None:
        """A fault takes away one question and leaves the others."""
        paths = await self.paths(caller)
        await caller.fault("query_missing", "find_request", count=None)

        statuses = [(await caller.ask("GET", path)).status for path in paths]

        assert [404, 200, 200, 200] == statuses

    @pytest.mark.parametrize("by", ["fault", "condition"])
    async def test_may_lag(self, caller: Caller, by: str) -> None:
        """What happened is not known at once, as if it had not happened; later it is."""
        if by == "fault":
            await caller.fault("query_lags", count=None, seconds=30)
        else:
            await caller.set(query_lag_seconds=30)
        paths = await self.paths(caller)

        early = [(await caller.ask("GET", path)).said for path in paths]
        await caller.advance("30s")
        late = [(await caller.ask("GET", path)).status for path in paths]

        unknown = ["REQUEST_UNKNOWN", "HOLD_NOT_FOUND", *["RESERVATION_NOT_FOUND"] * 2]
        assert [(404, code) for code in unknown] == early
        assert [200] * 4 == late


class TestRelease:
    async def test_of_a_reservation_is_only_said(self, caller: Caller) -> None:
        """204, and the number is reserved as before; said again, it is not done either."""
        reservation_id, msisdn = await caller.reserved()
        await caller.fault("release_not_done", "release_reservation")
        path = f"/reservations/{reservation_id}"

        replies = [await caller.ask("DELETE", path, request_id="r-9") for _ in "ab"]

        assert [204, 204] == [reply.status for reply in replies]
        assert "RESERVED" == (await caller.ask("GET", path)).body["status"]
        assert ["number_reserved"] == await caller.effects(msisdn)

    async def test_of_a_hold_is_only_said(self, caller: Caller) -> None:
        """204, and the hold is there as before."""
        external_id, _ = await caller.hold()
        await caller.fault("release_not_done", "release_hold")
        path = f"/pre-reservations/{external_id}"

        reply = await caller.ask("DELETE", path)

        assert 204 == reply.status
        assert "HELD" == (await caller.ask("GET", path)).body["status"]
