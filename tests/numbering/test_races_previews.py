"""Races about previews (R1 to R9): what is held at Sigan, and for whom."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from tests.numbering.crowd import CROWD, Corner, at_once, hurry, statuses, told
from tests.world import until
from tramita.kit.bounds import EVERYTHING
from tramita.numbering.previews.service import Order, create_preview

pytestmark = pytest.mark.asyncio(loop_scope="module")


def order(corner: Corner) -> Order:
    """An order for three numbers, by somebody who sees everything."""
    return Order(corner.ddd, "vivo", EVERYTHING, "test")


class TestAPreviewNobodyWaitsFor:
    """What Sigan holds for somebody who has gone is given back."""

    async def test_r1_whoever_asked_died(self, corner: Corner) -> None:
        """Died after Sigan held the numbers, before a row was written: found, given back."""
        await corner.die(
            create_preview(corner.numbers.world.runtime, order(corner)), "numbers_held"
        )

        await corner.until_effect("hold_released")
        assert [] == await corner.numbers.world.fetch(
            "SELECT id FROM preview WHERE ddd = $1", corner.ddd
        )

    async def test_r2_whoever_asked_asks_again(self, corner: Corner) -> None:
        """The same idempotency key, at once and later, is one preview and one hold."""
        ask = partial(corner.ask_preview, key=f"r2-{corner.ddd}")

        said = await at_once(*[ask] * CROWD)
        said.append(await ask())

        assert {201, 409} >= set(statuses(said))
        assert 1 == len({one.body["id"] for one in said if one.status == 201})
        assert 1 == len(await corner.effects("numbers_held"))

    async def test_r3_the_answer_comes_too_late(self, corner: Corner) -> None:
        """504 after our own deadline; what Sigan held is given back."""
        held = await corner.hold("pre_reserve", after_effect=True)

        with corner.impatient():
            said = await corner.ask_preview()

        await corner.let_go(held)
        assert (504, "PROVIDER_OUTCOME_UNKNOWN") == (said.status, said.code)
        await corner.until_effect("hold_released")

    async def test_r4_a_slow_answer_does_not_prolong(self, corner: Corner) -> None:
        """Fifteen minutes count from before the call, so Sigan holds a minute longer."""
        await corner.fail("latency", "pre_reserve", arguments={"seconds": 0.5})

        preview = await corner.preview()

        [row] = await corner.numbers.world.fetch(
            "SELECT created_at, hold_until FROM pre_reservation WHERE id = $1", UUID(preview["id"])
        )
        expires_at = datetime.fromisoformat(preview["expires_at"])
        assert timedelta(minutes=15) == expires_at - row["created_at"]
        [held] = await corner.effects("numbers_held")
        until_there = datetime.fromisoformat(held["data"]["expiresAt"])
        assert until_there - expires_at >= timedelta(minutes=1)


class TestReplacingAPreview:
    """What the new preview replaces is given up once, and never while it is used."""

    async def test_r5_by_many_at_once(self, corner: Corner) -> None:
        """All get a preview; one of them has the old hold given up."""
        old = await corner.preview()

        said = await at_once(*[partial(corner.ask_preview, previous_id=old["id"])] * CROWD)

        assert {201: CROWD} == statuses(said)
        held = await corner.effects("numbers_held")
        naming = [row for row in held if row["data"]["previousExternalId"]]
        assert (CROWD + 1, 1) == (len(held), len(naming))
        assert 1 == len(await corner.effects("hold_released"))
        assert (410, "PREVIEW_EXPIRED") == ((no := await corner.reserve(old)).status, no.code)

    @pytest.mark.parametrize("is_first", ["reserving", "replacing", "nobody"])
    async def test_r6_while_it_is_reserved_from(self, corner: Corner, is_first: str) -> None:
        """Either its number is reserved, or it is replaced; never both."""
        old = await corner.preview()
        reserve = partial(corner.reserve, old)
        replace = partial(corner.ask_preview, previous_id=old["id"])
        for operation in ("reserve", "pre_reserve"):
            await corner.fail("latency", operation, count=None, arguments={"seconds": 0.2})

        if is_first == "reserving":
            first = await corner.begin(reserve(), "reserve")
            replaced = await at_once(*[replace] * (CROWD - 1))
            reserved = await first
        elif is_first == "replacing":
            begun = await corner.begin(replace(), "pre_reserve", 2)
            reserved = await reserve()
            replaced = [await begun]
        else:
            reserved, *replaced = await at_once(reserve, *[replace] * (CROWD - 1))

        naming = [
            row for row in await corner.effects("numbers_held") if row["data"]["previousExternalId"]
        ]
        if reserved.status == 200:
            assert {(409, "RESERVATION_IN_PROGRESS"), (409, "PREVIEW_CONSUMED")} >= set(
                told(replaced)
            )
            assert [] == naming
        else:
            assert (410, "PREVIEW_EXPIRED") == (reserved.status, reserved.code)
            assert {201: len(replaced)} == statuses(replaced)
            assert 1 == len(naming)
        assert {"reserving": 200, "replacing": 410}.get(is_first, reserved.status) == (
            reserved.status
        )

    @pytest.mark.parametrize(
        ("kind", "arguments", "status", "state"),
        [
            ("insufficient_stock", {}, 503, "HELD"),
            ("429", {}, 503, "HELD"),
            ("http_503", {}, 504, "SUPERSEDED"),
            ("reset_after_effect", {}, 504, "SUPERSEDED"),
            ("previous_breaks_hold", {}, 504, "SUPERSEDED"),
        ],
    )
    async def test_r7_and_the_call_fails(
        self, corner: Corner, kind: str, arguments: dict[str, object], status: int, state: str
    ) -> None:
        """The old one lives on where Sigan did nothing; where it may have, it stays replaced."""
        old = await corner.preview()
        await corner.fail(kind, "pre_reserve", arguments=arguments)

        said = await corner.ask_preview(previous_id=old["id"])

        assert status == said.status
        if kind == "previous_breaks_hold":
            await until_settled(corner)
        assert state == await corner.state(old)
        chosen = await corner.reserve(old)
        assert (200 if state == "HELD" else 410) == chosen.status

    async def test_r7_when_it_is_known_later_that_nothing_was_done(self, corner: Corner) -> None:
        """Sigan refused, its words were lost: asked for them, the old one is held again."""
        old = await corner.preview()
        await corner.order("set", empty_ddds=[corner.ddd])
        await corner.fail("reset_after_effect", "pre_reserve")

        said = await corner.ask_preview(previous_id=old["id"])
        assert 504 == said.status
        await until_settled(corner)
        await corner.order("calm")

        assert "HELD" == await corner.state(old)
        assert 200 == (await corner.reserve(old)).status

    async def test_r8_of_somebody_else(self, corner: Corner) -> None:
        """404, as if it did not exist; its hold is not touched."""
        old = await corner.preview()

        async with corner.carrier("outro") as stranger:
            said = await corner.ask_preview(previous_id=old["id"], api=stranger)

        assert (404, "PREVIEW_NOT_FOUND") == (said.status, said.code)
        assert ("HELD", 1) == (await corner.state(old), len(await corner.effects("numbers_held")))


class TestANumberInTwoHolds:
    async def test_r9_is_in_one_preview(self, corner: Corner) -> None:
        """Sigan offers one number to many at once: one has it, the others are given others."""
        [msisdn, *_] = await corner.msisdns(await corner.preview())
        await corner.order("offer", msisdn=msisdn, times=4)

        said = await at_once(*[corner.ask_preview] * 4)

        assert {201: 4} == statuses(said)
        offered = Counter([one for said_ in said for one in await corner.msisdns(said_.body)])
        assert (12, {1}) == (len(offered), set(offered.values()))
        assert msisdn not in offered
        # Its own, four that clashed, four in their place.
        assert 9 == len(await corner.effects("numbers_held"))
        await corner.until_effect("hold_released", 4)


async def until_settled(corner: Corner) -> None:
    """Wait until nobody has to be asked about a hold any more."""
    world = corner.numbers.world

    async def is_so() -> bool:
        await hurry(corner.numbers)
        [row] = await world.fetch("SELECT count(*) AS n FROM operations WHERE state = 'UNKNOWN'")
        return bool(row["n"] == 0)

    await until(is_so)
    await asyncio.sleep(0)
