"""What each answer of Sigan's means, whoever gives it, over real HTTP."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.kit.vendors import Vendor, answer, says, serving
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Exchange
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.provider import Connection
from tramita.kit.settings import Settings
from tramita.numbering.ports import Hold, NumberInventory, WantedNumbers
from tramita.providers.sigan.gateway import make_gateway
from tramita.providers.sigan.settings import DEMO_TOKEN, SiganSettings

MSISDN = "5511987654321"
WANTED = WantedNumbers("11", "a brand", 1, timedelta(minutes=16))

HOLD = {"externalId": "H-1", "numbers": [{"position": 1, "msisdn": MSISDN}], "expiresAt": None}
RESERVATION = {"reservationId": "R-1", "msisdn": MSISDN}

Call = Callable[[NumberInventory, Attempt], Awaitable[Outcome[Any]]]

MAKING: dict[str, Call] = {
    "pre_reserve": lambda us, attempt: us.pre_reserve(WANTED, attempt),
    "reserve": lambda us, attempt: us.reserve("H-1", MSISDN, attempt),
}
RELEASING: dict[str, Call] = {
    "release_hold": lambda us, attempt: us.release_hold("H-1", attempt),
    "release_reservation": lambda us, attempt: us.release_reservation("R-1", attempt),
}
ASKING: dict[str, Call] = {
    "find_request": lambda us, attempt: us.find_request("an earlier key", attempt),
    "find_hold": lambda us, attempt: us.find_hold("H-1", attempt),
    "find_reservation": lambda us, attempt: us.find_reservation(MSISDN, attempt),
}
CALLS = MAKING | RELEASING | ASKING

# Not a yes and not a no.
NO_ANSWERS = {
    "a list": answer(200, b"[]", content_type="application/json"),
    "nothing": answer(200, b"{}", content_type="application/json"),
    "a new code in a yes": answer(
        200, b'{"code": "LATER", "message": "Perhaps."}', content_type="application/json"
    ),
}


def attempt() -> Attempt:
    """An attempt at some operation."""
    return Attempt(UUID(int=7), "a key")


def reply(status: int, said: object, **headers: str) -> bytes:
    """Sigan's answer, in JSON."""
    headers = {"content_type": "application/json; charset=utf-8", **headers}
    return answer(status, json.dumps(said).encode(), **headers)


def no(status: int, code: str) -> bytes:
    """Sigan's error envelope."""
    return reply(status, {"code": code, "message": f"{MSISDN}: no.", "requestId": "a key"})


@asynccontextmanager
async def connected(manner: Any) -> AsyncIterator[tuple[NumberInventory, Vendor]]:
    """The gateway of a demo to somebody of these manners."""
    async with (
        serving(manner) as vendor,
        Exchange("sigan", vendor.url, deadline=timedelta(seconds=30)) as exchange,
    ):
        yield make_gateway(Connection(exchange, SiganSettings(), Settings())), vendor


async def told(name: str, spoken: bytes) -> Outcome[Any]:
    """What the call of this name makes of an answer."""
    async with connected(says(spoken)) as (gateway, _):
        return await CALLS[name](gateway, attempt())


class TestEveryCall:
    @pytest.mark.parametrize("name", CALLS)
    async def test_says_who_calls_and_for_what(self, name: str) -> None:
        """The request id is how a request that comes again is known."""
        async with connected(says(answer(500))) as (gateway, vendor):
            await CALLS[name](gateway, attempt())

        head = vendor.requests[0].lower()
        assert b"x-request-id: a key\r\n" in head
        assert f"authorization: bearer {DEMO_TOKEN}\r\n".encode() in head

    @pytest.mark.parametrize("name", CALLS)
    @pytest.mark.parametrize("spoken", NO_ANSWERS.values(), ids=NO_ANSWERS)
    async def test_knows_nothing_from_what_is_no_answer(self, name: str, spoken: bytes) -> None:
        """It may have been done: it is asked for, and never just repeated."""
        assert isinstance(await told(name, spoken), Unknown)

    @pytest.mark.parametrize("name", CALLS)
    @pytest.mark.parametrize(
        "spoken",
        [
            no(401, "UNAUTHORIZED"),
            no(403, "FORBIDDEN"),
            no(200, "UNAUTHORIZED"),
        ],
        ids=["401", "403", "in a yes"],
    )
    async def test_made_under_a_bad_token_was_not_sent(
        self, name: str, spoken: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        """That is about us: an alarm, retried slowly, and no verdict on a number."""
        outcome = await told(name, spoken)

        assert isinstance(outcome, NotSent)
        assert timedelta(minutes=1) == outcome.retry_in
        assert "provider_rejects_credentials" in caplog.text

    @pytest.mark.parametrize("name", CALLS)
    async def test_is_refused_with_other_for_a_rule_we_do_not_know(self, name: str) -> None:
        """Sigan's words are kept, masked, for a person to decide."""
        assert Refused("other", "NEW_RULE: (11) 9••••-4321: no.") == await told(
            name, no(422, "NEW_RULE")
        )


class TestANo:
    @pytest.mark.parametrize("status", [410, 200])
    @pytest.mark.parametrize("name", MAKING)
    async def test_counts_whatever_its_status(self, name: str, status: int) -> None:
        """A 200 with a no inside is a no."""
        outcome = await told(name, no(status, "HOLD_EXPIRED"))

        assert isinstance(outcome, Refused)
        assert "hold_expired" == outcome.code

    async def test_is_not_heard_beside_a_hold(self) -> None:
        """What was held is held."""
        outcome = await told("pre_reserve", reply(201, {**HOLD, "code": "INSUFFICIENT_STOCK"}))

        assert Done(Hold("H-1", (MSISDN,), None)) == outcome

    @pytest.mark.parametrize("said", [HOLD, RESERVATION])
    async def test_or_yes_of_the_wrong_type_is_no_answer(self, said: object) -> None:
        """JSON that calls itself a page was made by somebody on the way."""
        for name in MAKING:
            assert isinstance(await told(name, reply(201, said, content_type="text/html")), Unknown)


class TestGivingBack:
    @pytest.mark.parametrize("name", RELEASING)
    async def test_is_done_with_a_204_alone(self, name: str) -> None:
        """Twice is once: Sigan answers the second as the first."""
        assert Done(None) == await told(name, answer(204, b""))

    @pytest.mark.parametrize("status", [404, 200])
    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("release_hold", "HOLD_NOT_FOUND"),
            ("release_reservation", "RESERVATION_NOT_FOUND"),
        ],
    )
    async def test_of_what_is_not_there_is_done(self, name: str, code: str, status: int) -> None:
        """What Sigan does not know it does not keep."""
        assert Done(None) == await told(name, no(status, code))

    @pytest.mark.parametrize(
        ("name", "code", "expected"),
        [
            ("release_hold", "CONSUMED", "hold_consumed"),
            ("release_hold", "HOLD_CONSUMED", "hold_consumed"),
            ("release_reservation", "ACTIVE", "reservation_active"),
        ],
    )
    async def test_of_what_is_in_use_is_refused(self, name: str, code: str, expected: str) -> None:
        """Nobody loses a number to a late release."""
        outcome = await told(name, no(409, code))

        assert isinstance(outcome, Refused)
        assert expected == outcome.code

    async def test_under_an_odd_id_goes_to_that_id(self) -> None:
        """An id is one part of the path, whatever stands in it."""
        async with connected(says(answer(204, b""))) as (gateway, vendor):
            await gateway.release_reservation("R/1?x=ü#", attempt())

        assert vendor.requests[0].startswith(b"DELETE /v1/reservations/R%2F1%3Fx=%C3%BC%23 HTTP")


class TestAsking:
    @pytest.mark.parametrize("status", [404, 200])
    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("find_request", "REQUEST_UNKNOWN"),
            ("find_hold", "HOLD_NOT_FOUND"),
            ("find_reservation", "RESERVATION_NOT_FOUND"),
        ],
    )
    async def test_for_what_is_not_there_finds_none(
        self, name: str, code: str, status: int
    ) -> None:
        """Sigan itself says so."""
        assert Done(None) == await told(name, no(status, code))

    @pytest.mark.parametrize("name", ASKING)
    async def test_where_there_is_no_such_question_finds_nothing_out(self, name: str) -> None:
        """That a path is missing does not say that a number is free."""
        outcome = await told(name, no(404, "NOT_FOUND"))

        assert Refused("other", "NOT_FOUND: (11) 9••••-4321: no.") == outcome
