"""Races about reservations (R10 to R25): one number, one reservation, one holder."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, islice
from typing import Any
from uuid import UUID

import pytest
import time_machine

from tests.locks import until_waiting
from tests.numbering.crowd import CROWD, Corner, at_once, hurry, statuses, told
from tests.numbering.over_http import PREVIEWS, Said
from tests.world import until
from tramita.kit.bounds import EVERYTHING
from tramita.kit.operations import ledger, standing
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.numbering.numbers.journey.reserve import CLAIM, refuse_claims
from tramita.numbering.numbers.reserving import reserve_at_random, reserve_from_preview
from tramita.numbering.previews.service import Order

pytestmark = pytest.mark.asyncio(loop_scope="module")


DIVERGENCE = (500, "NUMBER_INVENTORY_DIVERGENCE")


def order(corner: Corner) -> Order:
    """An order for numbers, by somebody who sees everything."""
    return Order(corner.ddd, "vivo", EVERYTHING, "test")


async def only_reserved(corner: Corner) -> str:
    """The one number that is reserved at Sigan in this area code, once."""
    [row] = await corner.effects("number_reserved")
    msisdn: str = row["subject"]
    return msisdn


def _id(preview: Mapping[str, Any]) -> UUID:
    return UUID(preview["id"])


async def until_asked(corner: Corner) -> None:
    """Wait until Sigan was asked about a reservation twice, or it is known."""
    world = corner.numbers.world

    async def is_so() -> bool:
        await hurry(corner.numbers)
        rows = await world.fetch(
            "SELECT FROM operations AS o JOIN phone_number AS t ON t.id = o.subject_id "
            "WHERE t.ddd = $1 AND (o.asked >= 2 OR o.state = 'SUCCEEDED')",
            corner.ddd,
        )
        return bool(rows)

    await until(is_so)


async def release_in_vain(corner: Corner, msisdn: str) -> None:
    """Give a number back of which Sigan takes no release; come back when that is on record.

    While the request is under way whoever is offered the number is told to wait.
    """
    later = {"retry_after": 600.0}
    await corner.fail("429", "release_reservation", count=None, arguments=later)
    await corner.numbers.release(msisdn)

    async def is_put_off() -> bool:
        rows = await corner.numbers.world.fetch(
            "SELECT FROM operations AS o JOIN phone_number AS t ON t.id = o.subject_id "
            "WHERE t.msisdn = $1 AND o.kind = 'numbering.release_number' AND o.state = 'NOT_SENT'",
            msisdn,
        )
        return bool(rows)

    await until(is_put_off)


async def _now(corner: Corner) -> datetime:
    [row] = await corner.numbers.world.fetch("SELECT tramita_now() AS now")
    now: datetime = row["now"]
    return now


class TestOnePreview:
    """However many choose from it, one number is reserved, once."""

    @pytest.mark.parametrize("indexes", [(0,), (0, 1, 2)], ids=["r10_same", "r11_different"])
    async def test_is_chosen_from_by_many_at_once(
        self, corner: Corner, indexes: tuple[int, ...]
    ) -> None:
        """One gets a number, the others are told why not; Sigan is asked once."""
        preview = await corner.preview()
        await corner.fail("latency", "reserve", arguments={"seconds": 0.2})
        acts = [partial(corner.reserve, preview, one) for one in islice(cycle(indexes), CROWD)]

        said = await at_once(*acts)

        assert 1 == statuses(said)[200]
        refusals = {(409, "RESERVATION_IN_PROGRESS"), (409, "PREVIEW_CONSUMED"), DIVERGENCE}
        assert {(200, None), *refusals} >= set(told(said))
        [won] = [one.body["msisdn"] for one in said if one.status == 200]
        assert won == await only_reserved(corner)
        assert 1 == len(await corner.calls("reserve"))
        shown = await corner.numbers.ask("GET", f"{PREVIEWS}/{preview['id']}")
        assert ("CONSUMED", won) == (shown.body["state"], shown.body["reserved_msisdn"])


class TestOneNumber:
    """However often Sigan offers it, it has one holder."""

    async def test_r12_at_random_by_many(self, corner: Corner) -> None:
        """One gets it, the others 500; what was held for them is given back."""
        [msisdn, *_] = await corner.msisdns(await corner.preview())
        await corner.order("offer", msisdn=msisdn, times=CROWD)

        said = await at_once(*[corner.random] * CROWD)

        assert {(201, None): 1, DIVERGENCE: CROWD - 1} == told(said)
        assert (msisdn, 1) == (await only_reserved(corner), len(await corner.calls("reserve")))
        await corner.until_effect("hold_released", CROWD - 1)

    async def test_r24_in_use_is_not_kept_held(self, corner: Corner) -> None:
        """500, and the hold is given back before it lapses."""
        msisdn = await corner.reserved()
        await corner.order("offer", msisdn=msisdn)

        said = await corner.random()

        assert DIVERGENCE == (said.status, said.code)
        await corner.until_effect("hold_released")
        assert "RESERVED" == await corner.numbers.status(msisdn)

    async def test_r25_from_a_preview_and_at_random(self, corner: Corner) -> None:
        """Whoever claims it first has it; nobody else's request reaches Sigan."""
        preview = await corner.preview()
        [msisdn, *_] = await corner.msisdns(preview)
        await corner.order("offer", msisdn=msisdn, times=CROWD - 1)

        said = await at_once(partial(corner.reserve, preview, 0), *[corner.random] * (CROWD - 1))

        assert 1 == sum(one.status in (200, 201) for one in said)
        assert (msisdn, 1) == (await only_reserved(corner), len(await corner.calls("reserve")))


class TestDying:
    """Whoever dies after Sigan reserved leaves a claim from which it is found."""

    async def test_r13_from_a_preview(self, corner: Corner) -> None:
        """Reserved there, nobody told: asked for, confirmed, linked."""
        preview = await corner.preview()
        runtime = corner.numbers.world.runtime
        act = reserve_from_preview(runtime, _id(preview), 2, caller=EVERYTHING, actor="test")

        await corner.die(act, "number_reserved")

        await corner.numbers.until_status(await only_reserved(corner), "RESERVED")
        assert "CONSUMED" == await corner.state(preview)

    async def test_r13_at_random(self, corner: Corner) -> None:
        """The same without a preview."""
        await corner.die(
            reserve_at_random(corner.numbers.world.runtime, order(corner)), "number_reserved"
        )

        await corner.numbers.until_status(await only_reserved(corner), "RESERVED")

    async def test_r15_between_number_and_preview(self, corner: Corner) -> None:
        """Both are written in one transaction: where the second fails, so does the first."""
        preview = await corner.preview()
        [msisdn, *_] = await corner.msisdns(preview)
        world = corner.numbers.world
        await world.fetch(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'the second statement fails'; END $$"
        )
        await world.fetch(
            "CREATE TRIGGER fail BEFORE UPDATE ON preview FOR EACH ROW "
            f"WHEN (new.reserved_msisdn = '{msisdn}') EXECUTE FUNCTION fail()"
        )

        said = await corner.reserve(preview)

        assert (500, "RESERVING") == (said.status, await corner.numbers.status(msisdn))
        assert "RESERVING" == await corner.state(preview)
        await world.fetch("DROP TRIGGER fail ON preview")
        await world.fetch("DROP FUNCTION fail()")
        await corner.lose_leases()
        await corner.numbers.until_status(msisdn, "RESERVED")
        assert "CONSUMED" == await corner.state(preview)

    async def test_r23_with_a_hold_for_a_random_number(self, corner: Corner) -> None:
        """It is held for two minutes at most, and given back as soon as that is found."""
        await corner.die(
            reserve_at_random(corner.numbers.world.runtime, order(corner)), "numbers_held"
        )

        [held] = await corner.effects("numbers_held")
        lasts = datetime.fromisoformat(held["data"]["expiresAt"]) - datetime.fromisoformat(
            held["at"]
        )
        assert timedelta(seconds=119) <= lasts <= timedelta(seconds=120)
        await corner.until_effect("hold_released")


class TestAnAnswer:
    """Yes, no and nothing: each is recorded as what it is, and once."""

    async def test_r16_that_does_not_come(self, corner: Corner) -> None:
        """504 and in doubt, until Sigan is asked; meanwhile nobody else may."""
        preview = await corner.preview()
        [msisdn, *_] = await corner.msisdns(preview)
        await corner.order("set", query_available=False)
        held = await corner.hold("reserve", after_effect=True)

        with corner.impatient():
            said = await corner.reserve(preview)

        await corner.let_go(held)
        assert (504, "PROVIDER_OUTCOME_UNKNOWN") == (said.status, said.code)
        assert "RESERVING" == await corner.numbers.status(msisdn)
        assert (409, "RESERVATION_IN_PROGRESS") == (
            (other := await corner.reserve(preview, 1)).status,
            other.code,
        )
        await corner.order("calm")
        await corner.numbers.until_status(msisdn, "RESERVED")

    async def test_r17_that_is_a_no(self, corner: Corner) -> None:
        """502; the number is as unknown as before, and another can be chosen."""
        preview = await corner.preview()
        [msisdn, other, _] = await corner.msisdns(preview)
        await corner.fail("number_taken", "reserve")

        said = await corner.reserve(preview)

        assert (502, "PROVIDER_REJECTED") == (said.status, said.code)
        assert 404 == (await corner.numbers.release(msisdn)).status
        assert other == (await corner.reserve(preview, 1)).body["msisdn"]

    async def test_r18_that_comes_after_the_hold_has_ended(self, corner: Corner) -> None:
        """410, whether the hold ends under way or a moment before the call."""
        ended, late = await corner.preview(), await corner.preview()
        under_way = await corner.hold("reserve")
        begun = await corner.begin(corner.reserve(ended), "reserve")
        [held, *_] = await corner.effects("numbers_held")
        await corner.order("expire_hold", external_id=held["data"]["externalId"])
        await corner.let_go(under_way)

        said = await begun
        assert (410, "PREVIEW_EXPIRED") == (said.status, said.code)
        assert "RELEASED" == await corner.state(ended)

        left = datetime.fromisoformat(late["expires_at"]) - await _now(corner)
        await corner.numbers.world.advance(left - timedelta(seconds=4))
        said = await corner.reserve(late)
        assert (410, "HELD") == (said.status, await corner.state(late))
        assert 1 == len(await corner.calls("reserve"))

    async def test_r19_does_not_depend_on_whose_clock_it_is(self, corner: Corner) -> None:
        """The database's decides: this host's may be an hour off, and Sigan's two minutes."""
        preview = await corner.preview()

        for seconds in (120, -240):
            await corner.order("jump_clock", seconds=seconds)
            assert "HELD" == await corner.state(preview)
        await corner.order("jump_clock", seconds=120)

        # The simulated Sigan lives on this host; its own clock shall be right.
        await corner.order("jump_clock", seconds=-3600)
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
            assert "HELD" == await corner.state(preview)
            assert 200 == (await corner.reserve(preview)).status
        await corner.order("jump_clock", seconds=3600)

    async def test_r20_that_its_caller_lost(self, corner: Corner) -> None:
        """Asked again under the same key, the caller gets the number that was reserved."""
        preview = await corner.preview()
        await corner.fail("latency", "reserve", arguments={"seconds": 0.3})
        reserve = partial(corner.reserve, preview, key=f"r20-{corner.ddd}")
        lost = await corner.begin(reserve(), "reserve")
        lost.cancel()
        with suppress(asyncio.CancelledError):
            await lost

        async def is_answered() -> bool:
            said.append(await reserve())
            return said[-1].status == 200

        said: list[Said] = []
        await until(is_answered)

        assert await only_reserved(corner) == said[-1].body["msisdn"]
        shown = await corner.numbers.ask("GET", f"{PREVIEWS}/{preview['id']}")
        assert said[-1].body["msisdn"] == shown.body["reserved_msisdn"]

    @pytest.mark.parametrize("kind", ["reset_after_effect", "reset_before_effect", "http_503"])
    async def test_r21_that_is_lost_is_not_asked_for_by_sending_again(
        self, corner: Corner, kind: str
    ) -> None:
        """One request is sent; the next is a question, as long as the hold may last."""
        preview = await corner.preview()
        await corner.fail(kind, "reserve")

        said = await corner.reserve(preview)

        assert 504 == said.status
        await until_asked(corner)
        assert 1 == len(await corner.calls("reserve"))

    async def test_that_comes_to_nothing_while_another_waits_leaves_it_the_number(
        self, corner: Corner
    ) -> None:
        """Whoever waited for the preview is not told that its number was reserved from it."""
        preview = await corner.preview()
        held = await corner.hold("reserve")
        begun = await corner.begin(corner.reserve(preview), "reserve")
        database = corner.numbers.world.database
        [number] = await corner.numbers_here()

        async with database.unit_of_work(actor="test") as work:
            [operation] = await standing.live(work, [number["id"]], [CLAIM], lock=True)
            await ledger.close(work, [operation.id], OperationTrigger.REFUSED, cause="Taken.")
            await refuse_claims(work, [number["id"]], "Taken.")
            waiting = asyncio.create_task(corner.reserve(preview))
            await until_waiting(database)
        said = await waiting
        await corner.let_go(held)

        assert [200, 504] == [said.status, (await begun).status]

    async def test_r22_that_comes_when_it_was_asked_for_already(self, corner: Corner) -> None:
        """It is late and changes nothing: 504, and reserved once."""
        preview = await corner.preview()
        held = await corner.hold("reserve", after_effect=True)
        begun = await corner.begin(corner.reserve(preview), "reserve")
        await corner.until_effect("number_reserved")
        await corner.lose_leases()
        msisdn = await only_reserved(corner)
        await corner.numbers.until_status(msisdn, "RESERVED")
        await corner.let_go(held)

        said = await begun

        assert (504, "PROVIDER_OUTCOME_UNKNOWN") == (said.status, said.code)
        assert ("RESERVED", "CONSUMED") == (
            await corner.numbers.status(msisdn),
            await corner.state(preview),
        )
        assert msisdn == await only_reserved(corner)


class TestAStaleRelease:
    """What is still to be given back does not touch the next holder (R14)."""

    async def test_r14_that_has_not_begun_is_dropped(self, corner: Corner) -> None:
        """The number is reserved anew before its release is sent: it stays reserved."""
        msisdn = await corner.reserved()
        await release_in_vain(corner, msisdn)
        await corner.order("offer", msisdn=msisdn, as_free=True)

        said = await corner.random()

        assert (201, msisdn) == (said.status, said.body["msisdn"])
        await corner.numbers.sigan.mend()
        await corner.numbers.world.until_at_rest()
        assert "RESERVED" == await corner.numbers.status(msisdn)
        assert [] == await corner.effects("number_released")
        # Of its first reservation Sigan lost count; a person cleans up behind it.
        [first, _] = await corner.effects("number_reserved")
        await corner.give_back_by_hand(first["data"]["reservationId"])

    async def test_r14_that_is_under_way_is_waited_for(self, corner: Corner) -> None:
        """503 with a time to come back; then it is reserved, and stays so."""
        msisdn = await corner.reserved()
        await corner.order("set", offers="last_released_first")
        held = await corner.hold("release_reservation", after_effect=True)
        await corner.numbers.release(msisdn)
        await corner.until_effect("number_released")

        said = await corner.random()

        await corner.let_go(held)
        assert (503, "RELEASE_IN_PROGRESS") == (said.status, said.code)
        assert "retry-after" in {name.lower() for name in said.headers}
        await corner.until_effect("hold_released")
        await corner.numbers.world.until_at_rest()
        again = await corner.random()
        assert (201, msisdn) == (again.status, again.body["msisdn"])
        await corner.order("calm")

    async def test_r14_that_was_dropped_in_vain_is_taken_up_again(self, corner: Corner) -> None:
        """Sigan offers what it has not taken back, then refuses it: it is given back after all."""
        msisdn = await corner.reserved()
        await release_in_vain(corner, msisdn)
        await corner.order("offer", msisdn=msisdn)

        said = await corner.random()

        assert (502, "PROVIDER_REJECTED") == (said.status, said.code)
        assert "RETURNED" == await corner.numbers.status(msisdn)
        await corner.numbers.sigan.mend()
        await corner.numbers.world.until_at_rest()
        assert 1 == len(await corner.effects("number_released"))
