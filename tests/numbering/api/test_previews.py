"""``/api/v1/numbering/previews``: three numbers are held, masked, for a quarter of an hour."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.numbering.crowd import Corner
from tests.numbering.over_http import PREVIEWS, Said
from tests.numbering.stock import put_number
from tests.world import until
from tramita.numbering.lifecycle import NumberStatus

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def external_id(corner: Corner, preview: Any) -> str:
    """Sigan's id of a preview's hold."""
    [row] = await corner.numbers.world.fetch(
        "SELECT external_id FROM preview WHERE id = $1::text::uuid", preview["id"]
    )
    found: str = row["external_id"]
    return found


def verdict(said: Said) -> tuple[int, str | None, bool]:
    """Status, code, and whether it says when to come again."""
    return said.status, said.code, "Retry-After" in said.headers


class TestCreate:
    async def test_holds_three_numbers_and_shows_none_in_full(self, corner: Corner) -> None:
        """201; Sigan holds them one minute longer than they are promised (C1, C2, G15)."""
        before = await corner.now()
        said = await corner.ask_preview()
        shown = await corner.numbers.ask("GET", f"{PREVIEWS}/{said.body['id']}")

        assert (201, 200, said.body) == (said.status, shown.status, shown.body)
        assert [corner.ddd, "HELD", None] == [
            said.body[name] for name in ("ddd", "state", "reserved_msisdn")
        ]
        assert [0, 1, 2] == [one["index"] for one in said.body["numbers"]]
        [hold] = await corner.holds()
        assert [f"({corner.ddd}) 9••••-{msisdn[-4:]}" for msisdn in hold["msisdns"]] == [
            one["masked_number"] for one in said.body["numbers"]
        ]
        promised = datetime.fromisoformat(said.body["expires_at"])
        assert abs(promised - before - timedelta(minutes=15)) < timedelta(seconds=10)
        margin = datetime.fromisoformat(hold["expiresAt"]) - promised
        assert abs(margin - timedelta(minutes=1)) < timedelta(seconds=2)

    async def test_replaces_one_that_is_held(self, corner: Corner) -> None:
        """Its hold is given up at Sigan; from then on it is gone (410, G8)."""
        first = await corner.preview()

        second = await corner.ask_preview(previous_id=first["id"])

        assert (201, "SUPERSEDED") == (second.status, await corner.state(first))
        assert {await external_id(corner, first)} == await corner.released()
        assert (410, "PREVIEW_EXPIRED", False) == verdict(await corner.reserve(first))
        assert 200 == (await corner.reserve(second.body)).status

    async def test_gives_up_nothing_for_one_that_has_ended(self, corner: Corner) -> None:
        """Superseded or expired: a new one, and Sigan hears of no previous one (G2)."""
        first = await corner.preview()
        assert 201 == (await corner.ask_preview(previous_id=first["id"])).status
        assert 201 == (await corner.ask_preview(previous_id=first["id"])).status
        await corner.numbers.world.advance(timedelta(minutes=15))

        said = await corner.ask_preview(previous_id=first["id"])

        assert (201, "SUPERSEDED") == (said.status, await corner.state(first))
        told = [hold["previousExternalId"] for hold in await corner.holds()]
        assert [None, await external_id(corner, first), None, None] == told

    async def test_does_not_replace_what_was_chosen_from(self, corner: Corner) -> None:
        """409, and Sigan hears nothing: it would free a customer's number (G3)."""
        preview = await corner.preview()
        assert 200 == (await corner.reserve(preview)).status

        said = await corner.ask_preview(previous_id=preview["id"])

        assert (409, "PREVIEW_CONSUMED", False) == verdict(said)
        assert 1 == len(await corner.holds())
        assert (404, "PREVIEW_NOT_FOUND", False) == verdict(
            await corner.ask_preview(previous_id=str(uuid4()))
        )

    async def test_repeats_without_a_previous_one_that_sigan_has_lost(self, corner: Corner) -> None:
        """Nothing is wrong with what was asked for (R34)."""
        lost, consumed = await corner.preview(), await corner.preview()

        said = []
        for kind, one in (("previous_unknown", lost), ("previous_consumed", consumed)):
            await corner.fail(kind, "pre_reserve")
            said.append(await corner.ask_preview(previous_id=one["id"]))

        assert [201, 201] == [one.status for one in said]
        assert ["SUPERSEDED"] * 2 == [await corner.state(one) for one in (lost, consumed)]

    async def test_leaves_the_previous_one_when_nothing_came_of_it(self, corner: Corner) -> None:
        """Refused or never sent: it can still be chosen from (R7)."""
        preview = await corner.preview()
        for kind in ("insufficient_stock", "429"):
            await corner.fail(kind, "pre_reserve")

        said = [await corner.ask_preview(previous_id=preview["id"]) for _ in range(2)]

        assert [503, 503] == [one.status for one in said]
        assert "HELD" == await corner.state(preview)
        assert 200 == (await corner.reserve(preview)).status

    async def test_tells_what_sigan_said(self, corner: Corner) -> None:
        """G9: refused 502, out of reach or out of stock 503, nobody knows 504."""
        told = {
            ("http_418", 502, "PROVIDER_REJECTED", False),
            ("429", 503, "PROVIDER_UNAVAILABLE", True),
            ("token_expired", 503, "PROVIDER_UNAVAILABLE", True),
            ("reset_before_effect", 504, "PROVIDER_OUTCOME_UNKNOWN", False),
            ("insufficient_stock", 503, "PROVIDER_UNAVAILABLE", True),
            ("http_500", 504, "PROVIDER_OUTCOME_UNKNOWN", False),
            ("malformed_json", 504, "PROVIDER_OUTCOME_UNKNOWN", False),
            ("reset_after_effect", 504, "PROVIDER_OUTCOME_UNKNOWN", False),
            ("answer_held", 504, "PROVIDER_OUTCOME_UNKNOWN", False),
        }
        heard = set()
        for kind, *_ in told:
            await corner.fail(kind, "pre_reserve")
            with corner.impatient() if kind == "answer_held" else nullcontext():
                heard.add((kind, *verdict(await corner.ask_preview())))

        assert told == heard
        # What is held for somebody who has gone is given back (R1, R3).
        kept = {hold["externalId"] for hold in await corner.holds()}
        assert 3 == len(kept)

        async def is_given_back() -> bool:
            return kept == await corner.released()

        await until(is_given_back)

    async def test_says_which_field_sigan_does_not_know(self, corner: Corner) -> None:
        """422: an area code or a brand that is none there (R32)."""
        arguments = {"code": "INVALID_DDD"}
        await corner.fail("business_error_in_200", "pre_reserve", arguments=arguments)
        no_ddd = await corner.ask_preview()
        await corner.order("set", brands=["another"])
        no_brand = await corner.ask_preview()

        assert [(422, "ddd"), (422, "brand_id")] == [
            (one.status, one.body["errors"][0]["path"]) for one in (no_ddd, no_brand)
        ]

    async def test_takes_no_less_than_three(self, corner: Corner) -> None:
        """Two, or one twice: given back, asked again, and at last 503 (G14)."""
        for kind in ("fewer_numbers", "duplicate_numbers"):
            await corner.fail(kind, "pre_reserve")
        late = await corner.ask_preview()
        await corner.fail("no_numbers", "pre_reserve", count=None)
        never = await corner.ask_preview()

        assert (201, 3) == (late.status, len(late.body["numbers"]))
        assert (503, "PROVIDER_UNAVAILABLE", True) == verdict(never)
        await corner.numbers.world.until_at_rest()
        assert 6 == len(await corner.holds())
        assert 5 == len(await corner.released())

    async def test_offers_nothing_that_is_in_use_or_offered(self, corner: Corner) -> None:
        """Sigan is asked again for what could only be refused later (R9, I2)."""
        live = (await corner.msisdns(await corner.preview()))[0]
        used = f"55{corner.ddd}999990000"
        await put_number(corner.numbers.world.database, used, NumberStatus.PORTED_OUT)
        for msisdn in (live, used):
            await corner.order("offer", msisdn=msisdn)
        late = await corner.ask_preview()
        await corner.order("offer", msisdn=used, times=3)
        never = await corner.ask_preview()

        assert 201 == late.status
        assert {live, used}.isdisjoint(await corner.msisdns(late.body))
        assert (503, "PROVIDER_UNAVAILABLE", True) == verdict(never)

    async def test_ends_before_a_hold_that_is_shorter_than_asked(self, corner: Corner) -> None:
        """A minute before the provider's own time, where that is told (R4, I9)."""
        arguments = {"seconds": 300, "is_told": True}
        await corner.fail("hold_expires_early", "pre_reserve", arguments=arguments)

        preview = await corner.preview()

        lasts = datetime.fromisoformat(preview["expires_at"]) - await corner.now()
        assert abs(lasts - timedelta(minutes=10)) < timedelta(seconds=10)
