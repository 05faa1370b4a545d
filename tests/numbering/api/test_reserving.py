"""``POST …/previews/{id}/numbers/{index}/reserve``: what it answers, and in which order."""

import logging
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.numbering.api.test_previews import verdict
from tests.numbering.crowd import Corner
from tests.numbering.over_http import PREVIEWS
from tests.numbering.stock import find_row, put_number
from tests.world import until
from tramita.kit.clock import advance_clock
from tramita.numbering.lifecycle import IN_SOME_USE, NumberStatus
from tramita.numbering.settings import NumberingSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")

OVER = (410, "PREVIEW_EXPIRED", False)
DIVERGENCE = (500, "NUMBER_INVENTORY_DIVERGENCE", False)
CONSUMED = (409, "PREVIEW_CONSUMED", False)
IN_PROGRESS = (409, "RESERVATION_IN_PROGRESS", True)
UNKNOWN = (504, "PROVIDER_OUTCOME_UNKNOWN", False)


async def fail(corner: Corner, kind: str, **arguments: Any) -> None:
    """Have the next reservation fail at Sigan."""
    await corner.fail(kind, "reserve", arguments=arguments)


class TestReserve:
    async def test_reserves_the_chosen_number(self, corner: Corner) -> None:
        """200 with the number in full; here and at Sigan, and nothing else (C5, C6)."""
        preview = await corner.preview()
        chosen = (await corner.msisdns(preview))[1]

        said = await corner.reserve(preview, 1)

        until = datetime.fromisoformat(said.body.pop("reserved_until"))
        assert {"msisdn": chosen, "status": "RESERVED", "preview_id": preview["id"]} == said.body
        left = until - await corner.now()
        assert abs(left - timedelta(days=1)) < timedelta(seconds=10)
        assert ({chosen: 1}, "RESERVED") == (
            await corner.at_sigan(),
            await corner.numbers.status(chosen),
        )
        shown = await corner.numbers.ask("GET", f"{PREVIEWS}/{preview['id']}")
        assert ["CONSUMED", chosen] == [shown.body["state"], shown.body["reserved_msisdn"]]

    async def test_reserves_once_only(self, corner: Corner) -> None:
        """Again 500, another 409 (G6, G7); given back 409; and 410 when its time is over."""
        preview = await corner.preview()
        msisdn = (await corner.reserve(preview)).body["msisdn"]

        again, another = await corner.reserve(preview), await corner.reserve(preview, 1)
        assert (DIVERGENCE, CONSUMED) == (verdict(again), verdict(another))
        assert "from this very preview" in again.body["detail"]
        assert msisdn not in str(again.body)

        assert 204 == (await corner.numbers.release(msisdn)).status
        shown = await corner.numbers.ask("GET", f"{PREVIEWS}/{preview['id']}")
        assert ["CONSUMED", None] == [shown.body["state"], shown.body["reserved_msisdn"]]
        assert [CONSUMED, CONSUMED] == [verdict(await corner.reserve(preview, n)) for n in (0, 1)]

        await corner.numbers.world.advance(timedelta(minutes=15))
        assert [OVER, OVER] == [verdict(await corner.reserve(preview, n)) for n in (0, 1)]
        assert "CONSUMED" == await corner.state(preview)

    async def test_waits_for_what_is_under_way(self, corner: Corner) -> None:
        """409 for any index, and for whatever would cross it (G3, G5); 410 after its time."""
        preview = await corner.preview()
        msisdn = (await corner.msisdns(preview))[0]
        await corner.order("set", query_available=False)
        await fail(corner, "reset_after_effect")
        assert UNKNOWN == verdict(await corner.reserve(preview))

        assert "RESERVING" == await corner.state(preview)
        assert [IN_PROGRESS] * 3 == [
            verdict(await corner.reserve(preview)),
            verdict(await corner.reserve(preview, 1)),
            verdict(await corner.ask_preview(previous_id=preview["id"])),
        ]
        assert (409, "NUMBER_NOT_RELEASABLE", False) == verdict(
            await corner.numbers.release(msisdn)
        )
        await corner.numbers.world.advance(timedelta(minutes=15))
        assert [OVER, OVER] == [verdict(await corner.reserve(preview, n)) for n in (0, 1)]

        await corner.order("set", query_available=True)
        await corner.numbers.until_status(msisdn, "RESERVED")
        assert "CONSUMED" == await corner.state(preview)

    async def test_refuses_what_is_in_some_use_here(
        self, corner: Corner, caplog: pytest.LogCaptureFixture
    ) -> None:
        """500 for every status but RETURNED, an alarm each time (C4, G10); Sigan is not asked."""
        preview = await corner.preview()
        msisdn = (await corner.msisdns(preview))[0]
        database = corner.numbers.world.database

        said = {}
        for status in NumberStatus:
            if status in IN_SOME_USE:
                await put_number(database, msisdn, status)
                said[status] = verdict(await corner.reserve(preview))
        assert dict.fromkeys(IN_SOME_USE, DIVERGENCE) == said
        assert ("HELD", {}) == (await corner.state(preview), await corner.at_sigan())
        alarms = [one for one in caplog.records if "inventory_divergence" in one.getMessage()]
        assert [logging.ERROR] * len(IN_SOME_USE) == [one.levelno for one in alarms]

        await put_number(database, msisdn, NumberStatus.RETURNED)
        assert (200, "RESERVED") == (
            (await corner.reserve(preview)).status,
            await corner.numbers.status(msisdn),
        )

    async def test_needs_some_time_to_be_left(
        self, corner: Corner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """410, after whatever else is wrong (R18, step 6 of the checks)."""
        monkeypatch.setattr(
            corner.numbers.world.runtime.configured(NumberingSettings), "min_remaining", 60.0
        )
        preview = await corner.preview()
        used = (await corner.msisdns(preview))[1]
        await put_number(corner.numbers.world.database, used, NumberStatus.PORTED_OUT)

        assert DIVERGENCE == verdict(await corner.reserve(preview, 1))
        await corner.numbers.world.advance(timedelta(minutes=14, seconds=30))
        late = await corner.reserve(preview)

        assert (OVER, "too little time is left") == (verdict(late), late.body["detail"][-24:-1])
        assert DIVERGENCE == verdict(await corner.reserve(preview, 1))
        assert "HELD" == await corner.state(preview)
        await corner.numbers.world.advance(timedelta(seconds=30))
        assert OVER == verdict(await corner.reserve(preview, 1))
        assert "EXPIRED" == await corner.state(preview)

    async def test_tells_what_sigan_said(self, corner: Corner) -> None:
        """G9: 410, 502, 503 or 504; refused is as if never asked, unknown stays claimed."""
        told: dict[str, tuple[object, str, str | None]] = {
            "hold_expired": (OVER, "RELEASED", None),
            "number_taken": ((502, "PROVIDER_REJECTED", False), "HELD", None),
            "http_418": ((502, "PROVIDER_REJECTED", False), "HELD", None),
            "429": ((503, "PROVIDER_UNAVAILABLE", True), "HELD", None),
            "token_expired": ((503, "PROVIDER_UNAVAILABLE", True), "HELD", None),
            "http_500": (UNKNOWN, "RESERVING", "RESERVING"),
            "lost_then_done": (UNKNOWN, "RESERVING", "RESERVING"),
        }
        heard = {}
        previews = {kind: await corner.preview() for kind in told}
        for kind, preview in previews.items():
            await fail(corner, kind)
            said = verdict(await corner.reserve(preview))
            status = await corner.numbers.status((await corner.msisdns(preview))[0])
            heard[kind] = (said, await corner.state(preview), status)
        assert told == heard

        assert OVER == verdict(await corner.reserve(previews["hold_expired"], 1))
        assert 200 == (await corner.reserve(previews["number_taken"], 1)).status

    async def test_learns_later_what_was_done(self, corner: Corner) -> None:
        """Done, and the answer was lost or unreadable: asked for, and reserved (R13, R16)."""
        kinds = ("reset_after_effect", "malformed_json", "answer_held", "wrong_content_type")
        for kind in kinds:
            preview = await corner.preview()
            await fail(corner, kind)
            with corner.impatient() if kind == "answer_held" else nullcontext():
                assert UNKNOWN == verdict(await corner.reserve(preview)), kind
            await corner.numbers.until_status((await corner.msisdns(preview))[0], "RESERVED")
            assert "CONSUMED" == await corner.state(preview)
        assert len(kinds) == sum((await corner.at_sigan()).values())

    async def test_goes_by_the_clock_of_the_database(self, corner: Corner) -> None:
        """Not by Sigan's: at the very moment it promised, and not before (G16, R19)."""
        database, settings = corner.numbers.world.database, corner.numbers.world.runtime.settings
        early, late = await corner.preview(), await corner.preview()
        async with database.unit_of_work(actor="test") as work:
            await advance_clock(work, settings, timedelta(minutes=14, seconds=30))
        assert 200 == (await corner.reserve(early)).status

        async with database.unit_of_work(actor="test") as work:
            await advance_clock(work, settings, timedelta(seconds=30))
        before = await corner.numbers.sigan.requests()

        assert OVER == verdict(await corner.reserve(late))
        assert before == await corner.numbers.sigan.requests()
        await corner.numbers.sigan.advance("15m")

    async def test_is_over_when_sigan_let_go(self, corner: Corner) -> None:
        """410, and from then on without asking (R18)."""
        preview = await corner.preview()
        await corner.order("expire_hold")

        assert [OVER, OVER] == [verdict(await corner.reserve(preview, n)) for n in (0, 1)]
        assert "RELEASED" == await corner.state(preview)
        assert (404, "NUMBER_NOT_FOUND", False) == verdict(
            await corner.numbers.release((await corner.msisdns(preview))[0])
        )


class TestANumberThatIsBack:
    async def test_is_reserved_anew(self, corner: Corner) -> None:
        """One row over all its lives; each begins a new epoch, whoever had it before."""
        await corner.order("set", offers="last_released_first")
        msisdn = await corner.reserved()
        assert 204 == (await corner.numbers.release(msisdn)).status
        await corner.numbers.world.until_at_rest()

        preview = await corner.preview()
        index = (await corner.msisdns(preview)).index(msisdn)
        assert 200 == (await corner.reserve(preview, index)).status

        row = await find_row(corner.numbers.world.database, msisdn)
        assert row is not None
        assert (2, "RESERVED", "NOT_NEEDED", None) == (
            row["epoch"],
            row["status"],
            row["provider_release"],
            row["prior_status"],
        )
        assert {msisdn: 1} == await corner.at_sigan()

    async def test_waits_for_a_release_that_may_have_been_done(self, corner: Corner) -> None:
        """Nobody knows whether the number is back at Sigan: it is not reserved over that."""
        msisdn = await corner.reserved()
        await corner.fail("http_503", "release_reservation", count=None)
        assert 204 == (await corner.numbers.release(msisdn)).status

        async def is_unknown() -> bool:
            return bool(
                await corner.numbers.world.fetch("SELECT FROM operations WHERE state = 'UNKNOWN'")
            )

        await until(is_unknown)
        await corner.order("offer", msisdn=msisdn)
        preview = await corner.preview()
        index = (await corner.msisdns(preview)).index(msisdn)

        said = await corner.reserve(preview, index)

        assert (503, "RELEASE_IN_PROGRESS", True) == verdict(said)
        await corner.numbers.sigan.mend()
        await corner.numbers.world.until_at_rest()

    async def test_stays_back_when_nothing_came_of_it(self, corner: Corner) -> None:
        """Sigan offers it and refuses: returned as before, and still given back (R14, R17)."""
        msisdn = await corner.reserved()
        later = {"retry_after": 600.0}
        await corner.fail("429", "release_reservation", arguments=later)
        assert 204 == (await corner.numbers.release(msisdn)).status

        async def is_put_off() -> bool:
            return bool(
                await corner.numbers.world.fetch("SELECT FROM operations WHERE state = 'NOT_SENT'")
            )

        await until(is_put_off)
        await corner.order("offer", msisdn=msisdn)
        preview = await corner.preview()
        index = (await corner.msisdns(preview)).index(msisdn)

        said = await corner.reserve(preview, index)

        assert (502, "PROVIDER_REJECTED", False) == verdict(said)
        assert "RETURNED" == await corner.numbers.status(msisdn)
        await corner.numbers.world.until_at_rest()
        assert {} == await corner.at_sigan()

    async def test_is_waited_for_while_it_goes_back(self, corner: Corner) -> None:
        """503 with a time: what is given back now would be the new holder's (R14)."""
        preview = await corner.preview()
        msisdn = (await corner.msisdns(preview))[0]
        await put_number(corner.numbers.world.database, msisdn, NumberStatus.RETURNED)
        await corner.numbers.world.fetch(
            """
            INSERT INTO operations (id, key, kind, provider, job, subject_id, state, attempts,
                                    epoch, created_at, due_at, lease_until)
            SELECT gen_random_uuid(), 'a release', 'numbering.release_number', 'sigan',
                   'numbering.release_number', id, 'SENT', 1, 1, now(), now(),
                   now() + interval '1 minute'
            FROM phone_number WHERE msisdn = $1
            """,
            msisdn,
        )

        said = await corner.reserve(preview)

        assert (503, "RELEASE_IN_PROGRESS", True) == verdict(said)
        assert "HELD" == await corner.state(preview)
        await corner.numbers.world.fetch("DELETE FROM operations WHERE key = 'a release'")
        assert 200 == (await corner.reserve(preview)).status
