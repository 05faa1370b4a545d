"""Whose a preview and a number are: a carrier's token knows nothing of the others'."""

from contextlib import AsyncExitStack

import aiohttp
import pytest

from tests.numbering.api.partners import NUMBERING, session_of
from tests.numbering.api.test_previews import verdict
from tests.numbering.crowd import Corner
from tests.numbering.over_http import NUMBERS, PREVIEWS, RANDOM, RESERVATIONS, Said

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOT_FOUND = {
    "preview": (404, "PREVIEW_NOT_FOUND", False),
    "number": (404, "NUMBER_NOT_FOUND", False),
}
ORDER = {"ddd": "11", "brand_id": "vivo"}
LINES = ("activate", "suspend", "resume", "terminate")


async def about_number(
    corner: Corner, msisdn: str, api: aiohttp.ClientSession | None
) -> list[Said]:
    """Everything that can be asked of one number."""
    path = f"{NUMBERS}/{msisdn}"
    return [
        await corner.numbers.ask("GET", path, api=api),
        await corner.numbers.ask("DELETE", f"{RESERVATIONS}/{msisdn}", api=api),
        await corner.numbers.ask("POST", f"{path}/assign", {"sim_id": "SIM-1"}, api=api),
        *[await corner.numbers.ask("POST", f"{path}/{act}", api=api) for act in LINES],
    ]


async def listed(corner: Corner, api: aiohttp.ClientSession | None = None) -> set[str]:
    """Whose numbers a list shows."""
    said = await corner.numbers.ask("GET", f"{NUMBERS}?ddd={corner.ddd}", api=api)
    assert 200 == said.status
    return {one["carrier"] for one in said.body["items"]}


class TestACarrier:
    async def test_finds_nothing_of_another(self, corner: Corner) -> None:
        """404, as if it were not there (G4, R8), whatever is asked for."""
        async with AsyncExitStack() as stack:
            ours, theirs = [
                await stack.enter_async_context(session_of(corner.numbers.world, name))
                for name in ("acme", "bolt")
            ]
            preview = (await corner.ask_preview(api=ours)).body
            path = f"{PREVIEWS}/{preview['id']}"
            foreign = [
                await corner.numbers.ask("GET", path, api=theirs),
                await corner.numbers.ask("POST", f"{path}/numbers/0/reserve", api=theirs),
                await corner.ask_preview(previous_id=preview["id"], api=theirs),
            ]
            assert [NOT_FOUND["preview"]] * 3 == [verdict(one) for one in foreign]
            assert 1 == len(await corner.holds())

            msisdn = (await corner.reserve(preview, api=ours)).body["msisdn"]
            before = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}", api=ours)
            assert [NOT_FOUND["number"]] * 7 == [
                verdict(one) for one in await about_number(corner, msisdn, theirs)
            ]
            assert (await corner.random(api=theirs)).status == 201

            assert (
                before.body
                == (await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}", api=ours)).body
            )
            assert [{"acme"}, {"bolt"}] == [await listed(corner, one) for one in (ours, theirs)]
            assert {"acme", "bolt"} == await listed(corner)

    async def test_has_its_number_reserved_by_whoever_serves_all(self, corner: Corner) -> None:
        """C7: a token with numbering:all reserves from anybody's preview, for that carrier."""
        async with session_of(corner.numbers.world, "acme") as ours:
            preview = (await corner.ask_preview(api=ours)).body

            said = await corner.reserve(preview)

            msisdn = said.body["msisdn"]
            shown = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}", api=ours)
            assert (200, 200, "acme") == (said.status, shown.status, shown.body["carrier"])
            assert (
                204
                == (await corner.numbers.ask("DELETE", f"{RESERVATIONS}/{msisdn}", api=ours)).status
            )
            # Nobody's number is not everybody's.
            nobodys = await corner.reserved()
            shown = await corner.numbers.ask("GET", f"{NUMBERS}/{nobodys}", api=ours)
            assert NOT_FOUND["number"] == verdict(shown)

    async def test_begins_anew_with_a_number_that_was_anothers(self, corner: Corner) -> None:
        """The next holder sees nothing of the last one's history; the last one, nothing more."""
        await corner.order("set", offers="last_released_first")
        async with AsyncExitStack() as stack:
            ours, theirs = [
                await stack.enter_async_context(session_of(corner.numbers.world, name))
                for name in ("acme", "bolt")
            ]
            msisdn = (await corner.random(api=ours)).body["msisdn"]
            await corner.numbers.ask("DELETE", f"{RESERVATIONS}/{msisdn}", api=ours)
            await corner.numbers.world.until_at_rest()
            await corner.numbers.world.fetch(
                "UPDATE history SET actor = 'user:ana@example.com', cause = 'She asked me' "
                "WHERE trigger = 'release' "
                "AND subject_id = (SELECT id FROM phone_number WHERE msisdn = $1)",
                msisdn,
            )
            mine = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}", api=ours)
            again = await corner.random(api=theirs)

            assert msisdn == again.body["msisdn"]
            assert ["confirm", "release"] == [one["trigger"] for one in mine.body["history"]]
            last = mine.body["history"][-1]
            assert ("operator", None) == (last["actor"], last["cause"])
            shown = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}", api=theirs)
            assert ["reserve", "confirm"] == [one["trigger"] for one in shown.body["history"]]
            assert "acme" not in str(shown.body)
            assert NOT_FOUND["number"] == verdict(
                await corner.numbers.ask("DELETE", f"{RESERVATIONS}/{msisdn}", api=ours)
            )
            everything = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}")
            assert ["confirm", "release", "reserve", "confirm"] == [
                one["trigger"] for one in everything.body["history"]
            ]

    async def test_keeps_its_number_when_another_reserves_it_in_vain(self, corner: Corner) -> None:
        """Refused by Sigan: it is as it was, and its last holder's to see."""
        async with AsyncExitStack() as stack:
            ours, theirs = [
                await stack.enter_async_context(session_of(corner.numbers.world, name))
                for name in ("acme", "bolt")
            ]
            msisdn = (await corner.random(api=ours)).body["msisdn"]
            await corner.numbers.ask("DELETE", f"{RESERVATIONS}/{msisdn}", api=ours)
            await corner.numbers.world.until_at_rest()
            await corner.order("offer", msisdn=msisdn)
            preview = (await corner.ask_preview(api=theirs)).body
            await corner.fail("number_taken", "reserve")
            index = (await corner.msisdns(preview)).index(msisdn)
            assert 502 == (await corner.reserve(preview, index, api=theirs)).status

            again = await corner.numbers.ask("DELETE", f"{RESERVATIONS}/{msisdn}", api=ours)
            assert 204 == again.status
            hidden = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}", api=theirs)
            assert NOT_FOUND["number"] == verdict(hidden)


class TestATokenWithoutCarrier:
    async def test_is_refused_everywhere(self, corner: Corner) -> None:
        """403, unless it has numbering:all; and nothing without the scope of the route."""
        everything = [
            ("POST", PREVIEWS, ORDER),
            ("POST", RANDOM, ORDER),
            ("GET", f"{PREVIEWS}/00000000-0000-0000-0000-000000000000", None),
            ("POST", f"{PREVIEWS}/00000000-0000-0000-0000-000000000000/numbers/0/reserve", None),
            ("GET", NUMBERS, None),
            ("GET", f"{NUMBERS}/5511987654321", None),
            ("DELETE", f"{RESERVATIONS}/5511987654321", None),
            ("POST", f"{NUMBERS}/5511987654321/assign", {"sim_id": "SIM-1"}),
            *[("POST", f"{NUMBERS}/5511987654321/{act}", None) for act in LINES],
        ]
        reading = ["numbering:read", "numbering:all"]
        async with (
            session_of(corner.numbers.world, None, NUMBERING) as nobody,
            session_of(corner.numbers.world, "acme", reading) as reader,
        ):
            said = [await corner.numbers.ask(*one, api=nobody) for one in everything]
            written = [
                await corner.numbers.ask(*one, api=reader) for one in everything if one[0] != "GET"
            ]

        assert {(403, "token_without_carrier", False)} == {verdict(one) for one in said}
        assert {(403, "forbidden", False)} == {verdict(one) for one in written}
        assert [] == await corner.holds()
