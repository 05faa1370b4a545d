import re
from datetime import datetime, timedelta

import pytest

from tests.providers.sigan.simulator.caller import Caller, msisdns, wanted


class TestPreReservation:
    async def test_holds_numbers_of_the_area_code(self, caller: Caller) -> None:
        """As many mobile numbers as asked for, each with its position, until a moment."""
        await caller.freeze()
        now = datetime.fromisoformat((await caller.control("GET", "clock"))["now"])

        reply = await caller.pre_reserve(ddd="85", request_id="r-1")

        assert 201 == reply.status
        assert [0, 1, 2] == [number["position"] for number in reply.body["numbers"]]
        assert 3 == len(set(msisdns(reply)))
        assert all(re.fullmatch(r"55859[6-9]\d{7}", number) for number in msisdns(reply))
        assert now + timedelta(seconds=960) == datetime.fromisoformat(reply.body["expiresAt"])
        assert "r-1" == reply.headers["x-request-id"]
        assert {"FREE": 1997, "HELD": 3} == await caller.counts("85")

    async def test_draws_the_same_from_the_same_seed(self, caller: Caller) -> None:
        """A reset brings the same numbers back, another seed brings others."""
        first = await caller.hold()
        await caller.control("POST", "reset", {})
        again = await caller.hold()
        await caller.control("POST", "reset", {"seed": 8})
        other = await caller.hold()

        assert first == again
        assert set() == set(first[1]) & set(other[1])

    async def test_is_in_the_ledger(self, caller: Caller) -> None:
        """The oracle knows who asked and which numbers are held."""
        external_id, numbers = await caller.hold(request_id="r-1")

        row = (await caller.rows(external_id))[0]

        assert ("numbers_held", "r-1") == (row["effect"], row["request_id"])
        assert (external_id, numbers, "r-1") == (
            row["data"]["externalId"],
            row["data"]["msisdns"],
            row["data"]["requestId"],
        )

    @pytest.mark.parametrize(
        ("changes", "status", "code"),
        [
            ({"ddd": "20"}, 422, "INVALID_DDD"),
            ({"ddd": "1"}, 422, "INVALID_DDD"),
            ({"brandId": " "}, 422, "INVALID_BRAND"),
            ({"brandId": "other"}, 422, "INVALID_BRAND"),
            ({"ddd": "12"}, 409, "INSUFFICIENT_STOCK"),
            ({"previousExternalId": "PR-1"}, 404, "PREVIOUS_NOT_FOUND"),
            ({"ddd": None}, 400, "INVALID_REQUEST"),
            ({"ddd": 11}, 400, "INVALID_REQUEST"),
            ({"quantity": 0}, 400, "INVALID_REQUEST"),
            ({"quantity": 11}, 400, "INVALID_REQUEST"),
            ({"holdSeconds": 29}, 400, "INVALID_REQUEST"),
            ({"holdSeconds": 7201}, 400, "INVALID_REQUEST"),
            ({"weather": "fine"}, 400, "INVALID_REQUEST"),
        ],
    )
    async def test_is_refused(
        self, caller: Caller, changes: dict[str, object], status: int, code: str
    ) -> None:
        """Each domain error has its status and code; nothing is held."""
        await caller.set(brands=["vivo"], empty_ddds=["12"])

        reply = await caller.pre_reserve(**changes, request_id="r-1")

        assert (status, code) == reply.said
        assert "r-1" == reply.body["requestId"]
        assert reply.body["message"]
        assert [] == await caller.effects()

    async def test_says_how_many_there_are(self, caller: Caller) -> None:
        """A stock that is too small tells what is left of it."""
        await caller.set(stock_size=2)

        reply = await caller.pre_reserve()

        assert (409, "INSUFFICIENT_STOCK") == reply.said
        assert 2 == reply.body["available"]

    @pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"ddd": "\xff"}'])
    async def test_needs_json(self, caller: Caller, raw: bytes) -> None:
        """What is not JSON, or no object, is not understood."""
        reply = await caller.ask("POST", "/pre-reservations", raw)

        assert (400, "INVALID_REQUEST") == reply.said

    @pytest.mark.parametrize("token", [None, "stranger"])
    async def test_needs_the_token(self, caller: Caller, token: str | None) -> None:
        """Without the token nothing is done or told."""
        caller.token = token

        reply = await caller.pre_reserve()

        assert (401, "UNAUTHORIZED") == reply.said
        assert [] == await caller.effects()


class TestPrevious:
    async def test_is_given_up_for_the_new_one(self, caller: Caller) -> None:
        """Other numbers are held and the previous ones are free, in one request."""
        old, old_numbers = await caller.hold()

        new, numbers = await caller.hold(previousExternalId=old)

        assert set() == set(old_numbers) & set(numbers)
        assert {"FREE": 1997, "HELD": 3} == await caller.counts()
        assert "RELEASED" == (await caller.ask("GET", f"/pre-reservations/{old}")).body["status"]
        assert ["numbers_held", "hold_released"] == await caller.effects(old)
        assert old == (await caller.rows(new))[0]["data"]["previousExternalId"]

    async def test_lends_its_numbers_where_there_are_no_others(self, caller: Caller) -> None:
        """With nothing else in stock the same numbers are offered once more."""
        await caller.set(stock_size=3)
        old, old_numbers = await caller.hold()

        _, numbers = await caller.hold(previousExternalId=old)

        assert set(old_numbers) == set(numbers)

    async def test_lends_no_numbers_to_another_area_code(self, caller: Caller) -> None:
        """The numbers given up are of no use elsewhere."""
        await caller.set(stock_size=2)
        old, _ = await caller.hold(quantity=2)

        reply = await caller.pre_reserve(ddd="12", previousExternalId=old)

        assert (409, "INSUFFICIENT_STOCK") == reply.said

    async def test_stays_when_there_is_no_new_one(self, caller: Caller) -> None:
        """A refusal leaves the previous hold as it was: both happen or neither."""
        old, _ = await caller.hold()

        reply = await caller.pre_reserve(ddd="20", previousExternalId=old)
        short = await caller.pre_reserve(ddd="12", quantity=10, previousExternalId=old)
        await caller.set(empty_ddds=["11"])
        empty = await caller.pre_reserve(previousExternalId=short.body["externalId"])

        assert (422, 201, 409) == (reply.status, short.status, empty.status)
        assert ["numbers_held", "hold_released"] == await caller.effects(old)
        assert ["numbers_held"] == await caller.effects(short.body["externalId"])

    async def test_is_refused_once_consumed(self, caller: Caller) -> None:
        """A hold of which a number was reserved is nobody's to give up."""
        old, numbers = await caller.hold()
        await caller.reserve(old, numbers[0])

        reply = await caller.pre_reserve(previousExternalId=old)

        assert (409, "PREVIOUS_CONSUMED") == reply.said

    @pytest.mark.parametrize(("refuses", "status"), [(False, 201), (True, 404)])
    async def test_may_have_ended(self, caller: Caller, *, refuses: bool, status: int) -> None:
        """A hold that has ended is no matter, unless Sigan is strict that day."""
        await caller.set(refuses_ended_previous=refuses)
        old, _ = await caller.hold()
        await caller.ask("DELETE", f"/pre-reservations/{old}")

        reply = await caller.pre_reserve(previousExternalId=old)

        assert status == reply.status


class TestHold:
    async def test_is_shown(self, caller: Caller) -> None:
        """A hold can be read, with its status and its numbers."""
        external_id, numbers = await caller.hold()

        reply = await caller.ask("GET", f"/pre-reservations/{external_id}")

        assert 200 == reply.status
        assert (external_id, "HELD") == (reply.body["externalId"], reply.body["status"])
        assert numbers == msisdns(reply)

    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    async def test_may_not_exist(self, caller: Caller, method: str) -> None:
        """Nobody knows a hold that was never made."""
        reply = await caller.ask(method, "/pre-reservations/PR-1")

        assert (404, "HOLD_NOT_FOUND") == reply.said

    async def test_is_given_back_any_number_of_times(self, caller: Caller) -> None:
        """Giving back is idempotent, under one request id or another, and one effect."""
        external_id, _ = await caller.hold()

        replies = [await caller.ask("DELETE", f"/pre-reservations/{external_id}") for _ in "ab"]

        assert [(204, b""), (204, b"")] == [(reply.status, reply.raw) for reply in replies]
        assert ["numbers_held", "hold_released"] == await caller.effects(external_id)
        assert {"FREE": 2000} == await caller.counts()

    async def test_is_not_given_back_once_consumed(self, caller: Caller) -> None:
        """The reserved number stays reserved."""
        external_id, numbers = await caller.hold()
        await caller.reserve(external_id, numbers[0])

        reply = await caller.ask("DELETE", f"/pre-reservations/{external_id}")

        assert (409, "CONSUMED") == reply.said
        assert {"FREE": 1999, "RESERVED": 1} == await caller.counts()

    async def test_expires_by_the_clock(self, caller: Caller) -> None:
        """When its time is over its numbers are free, and the ledger has the very moment."""
        await caller.freeze()
        reply = await caller.pre_reserve(holdSeconds=60)
        external_id = reply.body["externalId"]

        await caller.advance("59s")
        before = await caller.effects(external_id)
        await caller.advance("1s")

        row = (await caller.rows(external_id))[-1]
        assert ["numbers_held"] == before
        assert ("hold_expired", reply.body["expiresAt"]) == (row["effect"], row["at"])
        assert {"FREE": 2000} == await caller.counts()
        shown = await caller.ask("GET", f"/pre-reservations/{external_id}")
        assert "EXPIRED" == shown.body["status"]
        gone = await caller.ask("DELETE", f"/pre-reservations/{external_id}")
        assert 204 == gone.status

    async def test_stops_with_a_frozen_clock(self, caller: Caller) -> None:
        """Nothing expires while time stands still; moved, it goes in order."""
        await caller.freeze()
        late, _ = await caller.hold(holdSeconds=90)
        early, _ = await caller.hold(holdSeconds=60)

        await caller.advance("2m")

        ended = [row["subject"] for row in await caller.rows() if row["effect"] == "hold_expired"]
        assert [early, late] == ended


class TestRequestId:
    async def test_brings_the_same_answer_again(self, caller: Caller) -> None:
        """A repetition is answered as before and has no effect of its own."""
        first = await caller.pre_reserve(request_id="r-1")

        again = await caller.pre_reserve(request_id="r-1")

        assert (first.status, first.raw) == (again.status, again.raw)
        assert ["numbers_held"] == await caller.effects()

    async def test_brings_the_same_refusal_again(self, caller: Caller) -> None:
        """A refusal is remembered too, even when the request would succeed now."""
        await caller.set(empty_ddds=["11"])
        await caller.pre_reserve(request_id="r-1")
        await caller.set(empty_ddds=[])

        again = await caller.pre_reserve(request_id="r-1")

        assert (409, "INSUFFICIENT_STOCK") == again.said

    async def test_is_for_one_request_only(self, caller: Caller) -> None:
        """Another request under a known id is refused, and the first answer stays known."""
        first = await caller.pre_reserve(request_id="r-1")

        other = await caller.pre_reserve(request_id="r-1", quantity=1)

        assert (409, "REQUEST_ID_REUSED") == other.said
        assert first.raw == (await caller.pre_reserve(request_id="r-1")).raw

    async def test_may_be_missing(self, caller: Caller) -> None:
        """Without an id every request stands for itself."""
        headers = {"authorization": f"Bearer {caller.token}"}
        url = f"{caller.base_url}/sigan/v1/pre-reservations"

        for _ in "ab":
            async with caller.session.post(url, json=wanted(), headers=headers) as answer:
                assert 201 == answer.status

        assert ["numbers_held", "numbers_held"] == await caller.effects()
