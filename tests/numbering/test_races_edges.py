"""Races at the edges (R32 to R38): area codes, Sigan's words, our database, a bad day."""

import json
import re
from datetime import timedelta

import pytest

from tests.numbering.crowd import Corner, at_once, statuses
from tests.numbering.over_http import NUMBERS, PREVIEWS, RESERVATIONS
from tramita.providers.sigan.simulator.bending import MISWRITTEN

pytestmark = pytest.mark.asyncio(loop_scope="module")

_IN_FULL = re.compile(r"55[1-9]{2}9[0-9]{8}")


class TestWhatSiganSays:
    """It is judged before anything is made of it."""

    async def test_r32_of_an_area_code_that_is_none(self, corner: Corner) -> None:
        """An area code that we have and Sigan has not is the caller's mistake: 422."""
        await corner.fail("business_error_in_200", "pre_reserve", arguments={"code": "INVALID_DDD"})

        said = await corner.ask_preview()

        assert (422, "invalid_request") == (said.status, said.code)

    @pytest.mark.parametrize("kind", ["previous_unknown", "previous_consumed"])
    async def test_r34_of_the_previous_hold(self, corner: Corner, kind: str) -> None:
        """That it has gone is no reason to refuse a new one: asked once more without it."""
        old = await corner.preview()
        await corner.fail(kind, "pre_reserve")

        said = await corner.ask_preview(previous_id=old["id"])

        assert (201, "SUPERSEDED") == (said.status, await corner.state(old))
        asked = [
            json.loads(one["request"]).get("previousExternalId")
            for one in await corner.calls("pre_reserve")
        ]
        assert [False, True, False] == [one is not None for one in asked]

    @pytest.mark.parametrize("kind", sorted([*MISWRITTEN, "duplicate_numbers", "fewer_numbers"]))
    async def test_r35_that_is_no_mobile_number_of_the_area(
        self, corner: Corner, kind: str
    ) -> None:
        """None of it is kept: the hold is given back, and another one asked for."""
        await corner.fail(kind, "pre_reserve")

        said = await corner.ask_preview()

        assert 201 == said.status
        numbers = await corner.msisdns(said.body)
        assert 3 == len({one for one in numbers if one.startswith(f"55{corner.ddd}9")})
        await corner.until_effect("hold_released")
        assert 2 == len(await corner.effects("numbers_held"))

    async def test_r35_that_stays_so(self, corner: Corner) -> None:
        """After three holds of no use it is Sigan's trouble: 503, and nothing is held."""
        await corner.fail("letters", "pre_reserve", count=None)

        said = await corner.ask_preview()

        assert (503, "PROVIDER_UNAVAILABLE") == (said.status, said.code)
        await corner.until_effect("hold_released", 3)


class TestANumberInFull:
    async def test_r36_is_for_whoever_reserved_it(self, corner: Corner) -> None:
        """Previews, refusals and lists show it masked, and no answer may be stored."""
        preview = await corner.preview()
        path = f"{PREVIEWS}/{preview['id']}"
        await corner.order("offer", msisdn=(await corner.msisdns(preview))[0])
        ask = corner.numbers.ask
        said = [await ask("GET", path), await corner.reserve(preview, 7)]
        mine = await corner.reserve(preview)
        await corner.order("offer", msisdn=mine.body["msisdn"])
        said += [
            await corner.reserve(preview),
            await corner.reserve(preview, 1),
            await corner.random(),
            await ask("GET", f"{NUMBERS}?ddd={corner.ddd}"),
            await ask("POST", f"{NUMBERS}/{mine.body['msisdn']}/resume"),
            await ask("DELETE", f"{RESERVATIONS}/{_another(mine.body['msisdn'])}"),
        ]

        assert [200, 404, 500, 409, 500, 200, 409, 404] == [one.status for one in said]
        assert [] == [one.body for one in said if _IN_FULL.search(json.dumps(one.body))]
        stored = [one.headers.get("Cache-Control") for one in (*said, mine)]
        assert {"no-store"} == set(stored)


class TestTheClaim:
    async def test_r37_is_committed_before_sigan_hears_of_it(self, corner: Corner) -> None:
        """While the request is under way, everybody can see number, preview and operation."""
        preview = await corner.preview()
        held = await corner.hold("reserve")
        begun = await corner.begin(corner.reserve(preview), "reserve")

        [row] = await corner.numbers.world.fetch(
            "SELECT t.status, o.state, p.id::text AS preview FROM phone_number AS t "
            "JOIN operations AS o ON o.subject_id = t.id "
            "JOIN preview AS p ON p.reserving_number_id = t.id WHERE t.ddd = $1",
            corner.ddd,
        )

        await corner.let_go(held)
        assert ("RESERVING", "SENT", preview["id"]) == tuple(row)
        assert 200 == (await begun).status

    async def test_r38_that_nobody_can_settle_holds_nobody_up(self, corner: Corner) -> None:
        """A person gets it after hours; asked again, Sigan's answer is still believed."""
        preview = await corner.preview()
        [msisdn, *_] = await corner.msisdns(preview)
        # Or it would be asked, and answer, before it is told to answer no more.
        await corner.order("set", query_available=False)
        await corner.fail("reset_after_effect", "reserve")
        assert 504 == (await corner.reserve(preview)).status
        [row] = await corner.numbers.world.fetch(
            "SELECT o.id, o.key FROM operations AS o JOIN phone_number AS t ON t.id = o.subject_id "
            "WHERE t.msisdn = $1",
            msisdn,
        )
        sigan = corner.numbers.sigan
        match = {"sought_request_id": row["key"]}
        await sigan.fail("http_500", operation="find_request", match=match, count=None)
        await corner.order("set", query_available=True)
        others = await at_once(*[corner.random] * 3)
        assert {201: 3} == statuses(others)

        await corner.numbers.world.advance(timedelta(hours=5))
        await corner.numbers.until_status(msisdn, "UNAVAILABLE")
        assert [] == await corner.numbers.broken()
        assert (409, 410) == (
            (await corner.numbers.release(msisdn)).status,
            (await corner.reserve(preview, 1)).status,
        )

        await sigan.mend()
        act = f"/api/v1/operations/{row['id']}/ask_again"
        said = await corner.numbers.ask("POST", act, {"note": "Sigan is back"})
        assert 200 <= said.status < 300, said
        await corner.numbers.until_status(msisdn, "RESERVED")


class TestTheCheck:
    """It finds what is wrong, and nothing that is right."""

    async def test_knows_a_hold_whose_number_has_gone_on(self, corner: Corner) -> None:
        """Reserved, given back and reserved anew: the first hold led to a number, too."""
        await corner.order("set", offers="last_released_first")
        first = await corner.random()
        await corner.numbers.release(first.body["msisdn"])
        await corner.numbers.world.until_at_rest()

        second = await corner.random()

        await corner.order("calm")
        assert first.body["msisdn"] == second.body["msisdn"]
        assert [] == await corner.numbers.broken()

    async def test_knows_a_number_that_was_refused(self, corner: Corner) -> None:
        """Known before, refused by Sigan: another number of its preview is the one reserved."""
        msisdn = await corner.reserved()
        await corner.numbers.release(msisdn)
        await corner.numbers.world.until_at_rest()
        await corner.order("offer", msisdn=msisdn)
        preview = await corner.preview()
        assert msisdn == (await corner.msisdns(preview))[0]
        await corner.fail("number_taken", "reserve")
        assert 502 == (await corner.reserve(preview)).status

        assert 200 == (await corner.reserve(preview, 1)).status

        assert [] == await corner.numbers.broken()


def _another(msisdn: str) -> str:
    """A number that differs in its last digit."""
    return f"{msisdn[:-1]}{(int(msisdn[-1]) + 1) % 10}"
