"""``/api/v1/numbering/previews``: three numbers are held, masked, for a quarter of an hour."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.numbering.numbers import PREVIEWS, Numbers, Said
from tests.numbering.stock import put_number
from tests.world import until
from tramita.numbering.lifecycle import NumberStatus


async def ask(numbers: Numbers, ddd: str = "11", **more: Any) -> Said:
    """Ask for a preview."""
    return await numbers.ask("POST", PREVIEWS, {"ddd": ddd, "brand_id": "vivo", **more})


async def state(numbers: Numbers, preview: Any) -> str:
    """Where a preview stands."""
    said = await numbers.ask("GET", f"{PREVIEWS}/{preview['id']}")
    assert 200 == said.status
    found: str = said.body["state"]
    return found


async def holds(numbers: Numbers) -> list[dict[str, Any]]:
    """What Sigan was made to hold, in order, as its ledger has it."""
    return [row["data"] for row in await numbers.sigan.ledger("numbers_held")]


async def released(numbers: Numbers) -> set[str]:
    """The holds that were given back at Sigan."""
    return {row["subject"] for row in await numbers.sigan.ledger("hold_released")}


async def external_id(numbers: Numbers, preview: Any) -> str:
    """Sigan's id of a preview's hold."""
    [row] = await numbers.world.fetch(
        "SELECT external_id FROM preview WHERE id = $1::text::uuid", preview["id"]
    )
    found: str = row["external_id"]
    return found


async def offered(numbers: Numbers, preview: Any) -> list[str]:
    """The numbers of a preview, in full."""
    rows = await numbers.world.fetch(
        "SELECT msisdn FROM preview_number WHERE preview_id = $1::text::uuid ORDER BY idx",
        preview["id"],
    )
    return [row["msisdn"] for row in rows]


def verdict(said: Said) -> tuple[int, str | None, bool]:
    """Status, code, and whether it says when to come again."""
    return said.status, said.code, "Retry-After" in said.headers


class TestCreate:
    async def test_holds_three_numbers_and_shows_none_in_full(self, numbers: Numbers) -> None:
        """201; Sigan holds them one minute longer than they are promised (C1, C2, G15)."""
        before = datetime.now().astimezone()
        said = await ask(numbers, "55")
        shown = await numbers.ask("GET", f"{PREVIEWS}/{said.body['id']}")

        assert (201, 200, said.body) == (said.status, shown.status, shown.body)
        assert ["55", "HELD", None] == [
            said.body[name] for name in ("ddd", "state", "reserved_msisdn")
        ]
        assert [0, 1, 2] == [one["index"] for one in said.body["numbers"]]
        [hold] = await holds(numbers)
        assert [f"(55) 9••••-{msisdn[-4:]}" for msisdn in hold["msisdns"]] == [
            one["masked_number"] for one in said.body["numbers"]
        ]
        promised = datetime.fromisoformat(said.body["expires_at"])
        assert abs(promised - before - timedelta(minutes=15)) < timedelta(seconds=10)
        margin = datetime.fromisoformat(hold["expiresAt"]) - promised
        assert abs(margin - timedelta(minutes=1)) < timedelta(seconds=2)

    async def test_replaces_one_that_is_held(self, numbers: Numbers) -> None:
        """Its hold is given up at Sigan; from then on it is gone (410, G8)."""
        first = await numbers.preview()

        second = await ask(numbers, previous_id=first["id"])

        assert (201, "SUPERSEDED") == (second.status, await state(numbers, first))
        assert {await external_id(numbers, first)} == await released(numbers)
        assert (410, "PREVIEW_EXPIRED", False) == verdict(await numbers.reserve(first))
        assert 200 == (await numbers.reserve(second.body)).status

    async def test_gives_up_nothing_for_one_that_has_ended(self, numbers: Numbers) -> None:
        """Superseded or expired: a new one, and Sigan hears of no previous one (G2)."""
        first = await numbers.preview()
        assert 201 == (await ask(numbers, previous_id=first["id"])).status
        assert 201 == (await ask(numbers, previous_id=first["id"])).status
        await numbers.world.advance(timedelta(minutes=15))

        said = await ask(numbers, previous_id=first["id"])

        assert (201, "SUPERSEDED") == (said.status, await state(numbers, first))
        told = [hold["previousExternalId"] for hold in await holds(numbers)]
        assert [None, await external_id(numbers, first), None, None] == told

    async def test_does_not_replace_what_was_chosen_from(self, numbers: Numbers) -> None:
        """409, and Sigan hears nothing: it would free a customer's number (G3)."""
        preview = await numbers.preview()
        assert 200 == (await numbers.reserve(preview)).status

        said = await ask(numbers, previous_id=preview["id"])

        assert (409, "PREVIEW_CONSUMED", False) == verdict(said)
        assert 1 == len(await holds(numbers))
        assert (404, "PREVIEW_NOT_FOUND", False) == verdict(
            await ask(numbers, previous_id=str(uuid4()))
        )

    async def test_repeats_without_a_previous_one_that_sigan_has_lost(
        self, numbers: Numbers
    ) -> None:
        """Nothing is wrong with what was asked for (R34)."""
        lost, consumed = await numbers.preview("21"), await numbers.preview("31")
        await numbers.sigan.fail("previous_unknown", operation="pre_reserve", match={"ddd": "21"})
        await numbers.sigan.fail("previous_consumed", operation="pre_reserve", match={"ddd": "31"})

        said = [
            await ask(numbers, ddd, previous_id=one["id"])
            for ddd, one in (("21", lost), ("31", consumed))
        ]

        assert [201, 201] == [one.status for one in said]
        assert ["SUPERSEDED"] * 2 == [await state(numbers, one) for one in (lost, consumed)]

    async def test_leaves_the_previous_one_when_nothing_came_of_it(self, numbers: Numbers) -> None:
        """Refused or never sent: it can still be chosen from (R7)."""
        preview = await numbers.preview()
        for kind in ("insufficient_stock", "429"):
            await numbers.sigan.fail(kind, operation="pre_reserve")

        said = [await ask(numbers, previous_id=preview["id"]) for _ in range(2)]

        assert [503, 503] == [one.status for one in said]
        assert "HELD" == await state(numbers, preview)
        assert 200 == (await numbers.reserve(preview)).status

    async def test_tells_what_sigan_said(self, numbers: Numbers) -> None:
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
            await numbers.sigan.fail(kind, operation="pre_reserve")
            heard.add((kind, *verdict(await ask(numbers))))

        assert told == heard
        # What is held for somebody who has gone is given back (R1, R3).
        kept = {hold["externalId"] for hold in await holds(numbers)}
        assert 3 == len(kept)

        async def is_given_back() -> bool:
            return kept == await released(numbers)

        await until(is_given_back)

    async def test_says_which_field_sigan_does_not_know(self, numbers: Numbers) -> None:
        """422: an area code or a brand that is none there (R32)."""
        arguments = {"code": "INVALID_DDD"}
        await numbers.sigan.fail(
            "business_error_in_200", operation="pre_reserve", arguments=arguments
        )
        no_ddd = await ask(numbers)
        await numbers.sigan.act(brands=["another"])
        no_brand = await ask(numbers)

        assert [(422, "ddd"), (422, "brand_id")] == [
            (one.status, one.body["errors"][0]["path"]) for one in (no_ddd, no_brand)
        ]

    async def test_takes_no_less_than_three(self, numbers: Numbers) -> None:
        """Two, or one twice: given back, asked again, and at last 503 (G14)."""
        for kind in ("fewer_numbers", "duplicate_numbers"):
            await numbers.sigan.fail(kind, operation="pre_reserve")
        late = await ask(numbers)
        await numbers.sigan.fail("no_numbers", operation="pre_reserve", count=None)
        never = await ask(numbers)

        assert (201, 3) == (late.status, len(late.body["numbers"]))
        assert (503, "PROVIDER_UNAVAILABLE", True) == verdict(never)
        await numbers.world.until_at_rest()
        assert 6 == len(await holds(numbers))
        assert 5 == len(await released(numbers))

    async def test_offers_nothing_that_is_in_use_or_offered(self, numbers: Numbers) -> None:
        """Sigan is asked again for what could only be refused later (R9, I2)."""
        live = (await offered(numbers, await numbers.preview()))[0]
        used = "5511999990000"
        await put_number(numbers.world.database, used, NumberStatus.PORTED_OUT)
        for msisdn in (live, used):
            await numbers.sigan.person("operator", "offer", msisdn=msisdn)
        late = await ask(numbers)
        await numbers.sigan.person("operator", "offer", msisdn=used, times=3)
        never = await ask(numbers)

        assert 201 == late.status
        assert {live, used}.isdisjoint(await offered(numbers, late.body))
        assert (503, "PROVIDER_UNAVAILABLE", True) == verdict(never)

    async def test_ends_before_a_hold_that_is_shorter_than_asked(self, numbers: Numbers) -> None:
        """A minute before the provider's own time, where that is told (R4, I9)."""
        arguments = {"seconds": 300, "is_told": True}
        await numbers.sigan.fail("hold_expires_early", operation="pre_reserve", arguments=arguments)

        preview = await numbers.preview()

        lasts = datetime.fromisoformat(preview["expires_at"]) - datetime.now().astimezone()
        assert abs(lasts - timedelta(minutes=10)) < timedelta(seconds=10)
