"""``POST …/previews/{id}/numbers/{index}/reserve``: what it answers, and in which order."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.numbering.api.test_previews import ask, offered, state, verdict
from tests.numbering.numbers import PREVIEWS, QUICK, Numbers
from tests.numbering.stock import find_row, put_number
from tests.world import until
from tramita.kit.clock import advance_clock
from tramita.numbering.lifecycle import IN_SOME_USE, NumberStatus

OVER = (410, "PREVIEW_EXPIRED", False)
DIVERGENCE = (500, "NUMBER_INVENTORY_DIVERGENCE", False)
CONSUMED = (409, "PREVIEW_CONSUMED", False)
IN_PROGRESS = (409, "RESERVATION_IN_PROGRESS", True)
UNKNOWN = (504, "PROVIDER_OUTCOME_UNKNOWN", False)


async def fail(numbers: Numbers, kind: str, **arguments: Any) -> None:
    """Have the next reservation fail at Sigan."""
    await numbers.sigan.fail(kind, operation="reserve", arguments=arguments)


class TestReserve:
    async def test_reserves_the_chosen_number(self, numbers: Numbers) -> None:
        """200 with the number in full; here and at Sigan, and nothing else (C5, C6)."""
        preview = await numbers.preview("55")
        chosen = (await offered(numbers, preview))[1]

        said = await numbers.reserve(preview, 1)

        until = datetime.fromisoformat(said.body.pop("reserved_until"))
        assert {"msisdn": chosen, "status": "RESERVED", "preview_id": preview["id"]} == said.body
        left = until - datetime.now().astimezone()
        assert abs(left - timedelta(days=1)) < timedelta(seconds=10)
        assert ({chosen: 1}, "RESERVED") == (
            await numbers.at_sigan(),
            await numbers.status(chosen),
        )
        shown = await numbers.ask("GET", f"{PREVIEWS}/{preview['id']}")
        assert ["CONSUMED", chosen] == [shown.body["state"], shown.body["reserved_msisdn"]]

    async def test_reserves_once_only(self, numbers: Numbers) -> None:
        """Again 500, another 409 (G6, G7); given back 409; and 410 when its time is over."""
        preview = await numbers.preview()
        msisdn = (await numbers.reserve(preview)).body["msisdn"]

        again, another = await numbers.reserve(preview), await numbers.reserve(preview, 1)
        assert (DIVERGENCE, CONSUMED) == (verdict(again), verdict(another))
        assert "from this very preview" in again.body["detail"]
        assert msisdn not in str(again.body)

        assert 204 == (await numbers.release(msisdn)).status
        assert [CONSUMED, CONSUMED] == [verdict(await numbers.reserve(preview, n)) for n in (0, 1)]

        await numbers.world.advance(timedelta(minutes=15))
        assert [OVER, OVER] == [verdict(await numbers.reserve(preview, n)) for n in (0, 1)]
        assert "CONSUMED" == await state(numbers, preview)

    async def test_waits_for_what_is_under_way(self, numbers: Numbers) -> None:
        """409 for any index, and for whatever would cross it (G3, G5); 410 after its time."""
        preview = await numbers.preview()
        msisdn = (await offered(numbers, preview))[0]
        await numbers.sigan.act(query_available=False)
        await fail(numbers, "reset_after_effect")
        assert UNKNOWN == verdict(await numbers.reserve(preview))

        assert "RESERVING" == await state(numbers, preview)
        assert [IN_PROGRESS] * 3 == [
            verdict(await numbers.reserve(preview)),
            verdict(await numbers.reserve(preview, 1)),
            verdict(await ask(numbers, previous_id=preview["id"])),
        ]
        assert (409, "NUMBER_NOT_RELEASABLE", False) == verdict(await numbers.release(msisdn))
        await numbers.world.advance(timedelta(minutes=15))
        assert [OVER, OVER] == [verdict(await numbers.reserve(preview, n)) for n in (0, 1)]

        await numbers.sigan.act(query_available=True)
        await numbers.until_status(msisdn, "RESERVED")
        assert "CONSUMED" == await state(numbers, preview)

    async def test_refuses_what_is_in_some_use_here(
        self, numbers: Numbers, caplog: pytest.LogCaptureFixture
    ) -> None:
        """500 for every status but RETURNED, an alarm each time (C4, G10); Sigan is not asked."""
        preview = await numbers.preview()
        msisdn = (await offered(numbers, preview))[0]
        database = numbers.world.database

        said = {}
        for status in NumberStatus:
            if status in IN_SOME_USE:
                await put_number(database, msisdn, status)
                said[status] = verdict(await numbers.reserve(preview))
        assert dict.fromkeys(IN_SOME_USE, DIVERGENCE) == said
        assert ("HELD", {}) == (await state(numbers, preview), await numbers.at_sigan())
        alarms = [one for one in caplog.records if "inventory_divergence" in one.getMessage()]
        assert [logging.ERROR] * len(IN_SOME_USE) == [one.levelno for one in alarms]

        await put_number(database, msisdn, NumberStatus.RETURNED)
        assert (200, "RESERVED") == (
            (await numbers.reserve(preview)).status,
            await numbers.status(msisdn),
        )

    async def test_needs_some_time_to_be_left(self, numbers: Numbers) -> None:
        """410, after whatever else is wrong (R18, step 6 of the checks)."""
        numbers.world.runtime.configure(QUICK.model_copy(update={"min_remaining": 60.0}))
        preview = await numbers.preview()
        used = (await offered(numbers, preview))[1]
        await put_number(numbers.world.database, used, NumberStatus.PORTED_OUT)

        assert DIVERGENCE == verdict(await numbers.reserve(preview, 1))
        await numbers.world.advance(timedelta(minutes=14, seconds=30))
        late = await numbers.reserve(preview)

        assert (OVER, "too little time is left") == (verdict(late), late.body["detail"][-24:-1])
        assert DIVERGENCE == verdict(await numbers.reserve(preview, 1))
        assert "HELD" == await state(numbers, preview)
        await numbers.world.advance(timedelta(seconds=30))
        assert OVER == verdict(await numbers.reserve(preview, 1))
        assert "EXPIRED" == await state(numbers, preview)

    async def test_tells_what_sigan_said(self, numbers: Numbers) -> None:
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
        previews = {kind: await numbers.preview(str(11 + n)) for n, kind in enumerate(told)}
        for kind, preview in previews.items():
            await fail(numbers, kind)
            said = verdict(await numbers.reserve(preview))
            status = await numbers.status((await offered(numbers, preview))[0])
            heard[kind] = (said, await state(numbers, preview), status)
        assert told == heard

        assert OVER == verdict(await numbers.reserve(previews["hold_expired"], 1))
        assert 200 == (await numbers.reserve(previews["number_taken"], 1)).status

    async def test_learns_later_what_was_done(self, numbers: Numbers) -> None:
        """Done, and the answer was lost or unreadable: asked for, and reserved (R13, R16)."""
        kinds = ("reset_after_effect", "malformed_json", "answer_held", "wrong_content_type")
        for kind in kinds:
            preview = await numbers.preview()
            await fail(numbers, kind)
            assert UNKNOWN == verdict(await numbers.reserve(preview)), kind
            await numbers.until_status((await offered(numbers, preview))[0], "RESERVED")
            assert "CONSUMED" == await state(numbers, preview)
        assert len(kinds) == sum((await numbers.at_sigan()).values())

    async def test_goes_by_the_clock_of_the_database(self, numbers: Numbers) -> None:
        """Not by Sigan's: at the very moment it promised, and not before (G16, R19)."""
        database, settings = numbers.world.database, numbers.world.runtime.settings
        early, late = await numbers.preview(), await numbers.preview()
        async with database.unit_of_work(actor="test") as work:
            await advance_clock(work, settings, timedelta(minutes=14, seconds=30))
        assert 200 == (await numbers.reserve(early)).status

        async with database.unit_of_work(actor="test") as work:
            await advance_clock(work, settings, timedelta(seconds=30))
        before = await numbers.sigan.requests()

        assert OVER == verdict(await numbers.reserve(late))
        assert before == await numbers.sigan.requests()

    async def test_is_over_when_sigan_let_go(self, numbers: Numbers) -> None:
        """410, and from then on without asking (R18)."""
        preview = await numbers.preview()
        await numbers.sigan.person("operator", "expire_hold")

        assert [OVER, OVER] == [verdict(await numbers.reserve(preview, n)) for n in (0, 1)]
        assert "RELEASED" == await state(numbers, preview)
        assert (404, "NUMBER_NOT_FOUND", False) == verdict(
            await numbers.release((await offered(numbers, preview))[0])
        )


class TestANumberThatIsBack:
    async def test_is_reserved_anew(self, numbers: Numbers) -> None:
        """One row over all its lives; each begins a new epoch, whoever had it before."""
        await numbers.sigan.act(offers="last_released_first")
        msisdn = await numbers.reserved()
        assert 204 == (await numbers.release(msisdn)).status
        await numbers.world.until_at_rest()

        preview = await numbers.preview()
        index = (await offered(numbers, preview)).index(msisdn)
        assert 200 == (await numbers.reserve(preview, index)).status

        row = await find_row(numbers.world.database, msisdn)
        assert row is not None
        assert (2, "RESERVED", "NOT_NEEDED", None) == (
            row["epoch"],
            row["status"],
            row["provider_release"],
            row["prior_status"],
        )
        assert {msisdn: 1} == await numbers.at_sigan()

    async def test_stays_back_when_nothing_came_of_it(self, numbers: Numbers) -> None:
        """Sigan offers it and refuses: returned as before, and still given back (R14, R17)."""
        msisdn = await numbers.reserved()
        later = {"retry_after": 600.0}
        await numbers.sigan.fail("429", operation="release_reservation", arguments=later)
        assert 204 == (await numbers.release(msisdn)).status

        async def is_put_off() -> bool:
            return bool(
                await numbers.world.fetch("SELECT FROM operations WHERE state = 'NOT_SENT'")
            )

        await until(is_put_off)
        await numbers.sigan.person("operator", "offer", msisdn=msisdn)
        preview = await numbers.preview()
        index = (await offered(numbers, preview)).index(msisdn)

        said = await numbers.reserve(preview, index)

        assert (502, "PROVIDER_REJECTED", False) == verdict(said)
        assert "RETURNED" == await numbers.status(msisdn)
        await numbers.world.until_at_rest()
        assert {} == await numbers.at_sigan()

    async def test_is_waited_for_while_it_goes_back(self, numbers: Numbers) -> None:
        """503 with a time: what is given back now would be the new holder's (R14)."""
        preview = await numbers.preview()
        msisdn = (await offered(numbers, preview))[0]
        await put_number(numbers.world.database, msisdn, NumberStatus.RETURNED)
        await numbers.world.fetch(
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

        said = await numbers.reserve(preview)

        assert (503, "RELEASE_IN_PROGRESS", True) == verdict(said)
        assert "HELD" == await state(numbers, preview)
        await numbers.world.fetch("DELETE FROM operations WHERE key = 'a release'")
        assert 200 == (await numbers.reserve(preview)).status
