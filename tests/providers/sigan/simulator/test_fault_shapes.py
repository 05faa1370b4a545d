"""Answers of another shape, and which requests a fault meets."""

import pytest

from tests.providers.sigan.simulator.caller import Caller, msisdns
from tests.providers.sigan.simulator.test_faults import strike


class TestShape:
    async def test_may_lack_a_field(self, caller: Caller) -> None:
        """The first field is left out, or the one that is named."""
        first = await strike(caller, "missing_field")
        await caller.fault("missing_field", "pre_reserve", path="numbers")
        named = await caller.pre_reserve()

        assert ("externalId" in first.body, "numbers" in first.body) == (False, True)
        assert ("externalId" in named.body, "numbers" in named.body) == (True, False)

    async def test_may_have_an_unknown_field(self, caller: Caller) -> None:
        """Something new stands beside everything that is known."""
        reply = await strike(caller, "unknown_field")

        assert {"novelty", "externalId", "numbers", "expiresAt"} <= set(reply.body)

    async def test_may_have_a_wrong_content_type(self, caller: Caller) -> None:
        """The document is right and called something else."""
        reply = await strike(caller, "wrong_content_type", content_type="text/html")

        assert "text/html" == reply.headers["content-type"]
        assert 3 == len(msisdns(reply))

    async def test_may_be_huge(self, caller: Caller) -> None:
        """An answer of megabytes, with the effect done."""
        reply = await strike(caller, "huge_body", megabytes=1)

        assert len(reply.raw) > 1_000_000
        assert ["numbers_held"] == await caller.effects()

    @pytest.mark.parametrize("kind", ["html_error", "malformed_json", "huge_body"])
    async def test_of_an_empty_answer_is_spoiled_too(self, caller: Caller, kind: str) -> None:
        """A 204 has no body to spoil, so it becomes a 200 with one; the next request is well."""
        external_id, _ = await caller.hold()
        await caller.fault(kind, "release_hold", megabytes=0.1)

        reply = await caller.ask("DELETE", f"/pre-reservations/{external_id}")

        assert 200 == reply.status
        assert b"" != reply.raw
        assert 201 == (await caller.pre_reserve()).status

    @pytest.mark.parametrize(
        "kind",
        ["duplicate_numbers", "letters", "missing_field", "unknown_field", "wrong_content_type"],
    )
    async def test_is_as_ever_where_there_is_nothing_to_bend(
        self, caller: Caller, kind: str
    ) -> None:
        """A fault that means nothing to an answer leaves it as it is."""
        reservation_id, _ = await caller.reserved()
        await caller.fault(kind, count=None)

        gone = await caller.ask("DELETE", f"/reservations/{reservation_id}")
        stock = await caller.ask("GET", "/stock/11")

        assert (204, 200) == (gone.status, stock.status)


class TestMatching:
    @pytest.mark.parametrize(
        ("operation", "match", "is_struck"),
        [
            ("pre_reserve", {"ddd": "11", "brand_id": "vivo"}, True),
            ("pre_reserve", {"ddd": "21"}, False),
            ("pre_reserve", {"request_id": "r-1"}, True),
            ("reserve", {"ddd": "11"}, False),
        ],
    )
    async def test_is_by_fields(
        self, caller: Caller, operation: str, match: dict[str, str], *, is_struck: bool
    ) -> None:
        """A fault strikes only what it was set for."""
        await caller.fault("http_503", operation, match=match)

        assert (503 if is_struck else 201) == (await caller.pre_reserve(request_id="r-1")).status

    async def test_of_a_release_is_by_number(self, caller: Caller) -> None:
        """Releasing names a reservation, and a fault may name its number."""
        reservation_id, msisdn = await caller.reserved()
        await caller.fault("http_503", "release_reservation", match={"msisdn": msisdn})

        assert 503 == (await caller.ask("DELETE", f"/reservations/{reservation_id}")).status
