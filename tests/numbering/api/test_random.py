"""``/api/v1/numbering/random-reservations``: any number of an area code, without a preview."""

from datetime import datetime, timedelta

import pytest

from tests.numbering.api.test_previews import verdict
from tests.numbering.crowd import Corner
from tests.numbering.stock import find_row, put_number
from tests.world import until
from tramita.numbering.lifecycle import IN_SOME_USE, NumberStatus

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNKNOWN = (504, "PROVIDER_OUTCOME_UNKNOWN", False)
UNAVAILABLE = (503, "PROVIDER_UNAVAILABLE", True)


class TestReserveAtRandom:
    async def test_reserves_some_number(self, corner: Corner) -> None:
        """201; held for two minutes at most, and no preview is made (C8, G12)."""
        before = await corner.now()
        said = await corner.random()

        assert (201, "RESERVED", None) == (
            said.status,
            said.body["status"],
            said.body["preview_id"],
        )
        msisdn = said.body["msisdn"]
        assert f"55{corner.ddd}9" == msisdn[:5]
        assert ({msisdn: 1}, "RESERVED") == (
            await corner.at_sigan(),
            await corner.numbers.status(msisdn),
        )
        [hold] = await corner.holds()
        held = datetime.fromisoformat(hold["expiresAt"]) - before
        assert abs(held - timedelta(minutes=2)) < timedelta(seconds=10)
        assert [] == await corner.numbers.world.fetch(
            "SELECT FROM preview WHERE ddd = $1", corner.ddd
        )

    async def test_refuses_what_is_in_some_use_here(self, corner: Corner) -> None:
        """500 for every status but RETURNED, and what was held is given back (G13, R24)."""
        msisdn = f"55{corner.ddd}999990000"
        said = {}
        for status in sorted(IN_SOME_USE):
            await put_number(corner.numbers.world.database, msisdn, status)
            await corner.order("offer", msisdn=msisdn, as_free=True)
            said[status] = verdict(await corner.random())

            async def is_given_back() -> bool:
                return {
                    hold["externalId"] for hold in await corner.holds()
                } == await corner.released()

            await until(is_given_back)
        assert dict.fromkeys(IN_SOME_USE, (500, "NUMBER_INVENTORY_DIVERGENCE", False)) == said

        await put_number(corner.numbers.world.database, msisdn, NumberStatus.RETURNED)
        await corner.order("offer", msisdn=msisdn, as_free=True)
        assert msisdn == (await corner.random()).body["msisdn"]
        row = await find_row(corner.numbers.world.database, msisdn)
        assert row is not None
        assert (2, None, "RESERVED") == (row["epoch"], row["assigned_sim_id"], row["status"])

    async def test_tells_what_sigan_said_of_the_hold(self, corner: Corner) -> None:
        """As of previews (G9), and one number that is none is none (G14)."""
        told = {
            "http_418": (502, "PROVIDER_REJECTED", False),
            "429": UNAVAILABLE,
            "insufficient_stock": UNAVAILABLE,
            "no_numbers": UNAVAILABLE,
            "twelve_digits": UNAVAILABLE,
            "wrong_ddd": UNAVAILABLE,
            "http_503": UNKNOWN,
            "empty_body": UNKNOWN,
        }
        heard = {}
        for kind in told:
            await corner.fail(kind, "pre_reserve")
            heard[kind] = verdict(await corner.random())

        assert told == heard
        assert [] == await corner.numbers_here()

    async def test_tells_what_sigan_said_of_the_reservation(self, corner: Corner) -> None:
        """As from a preview; what was not reserved is not known afterwards (R17)."""
        told = {
            "number_taken": (502, "PROVIDER_REJECTED", False),
            "429": UNAVAILABLE,
            "hold_expired": (410, "PREVIEW_EXPIRED", False),
        }
        heard = {}
        for kind in told:
            await corner.fail(kind, "reserve")
            heard[kind] = verdict(await corner.random())
        assert told == heard
        assert [] == await corner.numbers_here()

        for kind in ("reset_after_effect", "http_500"):
            await corner.fail(kind, "reserve")
            assert UNKNOWN == verdict(await corner.random())
        done, undone = await corner.numbers_here()
        await corner.numbers.until_status(done["msisdn"], "RESERVED")
        assert "RESERVING" == await corner.numbers.status(undone["msisdn"])
        # Until the hold has ended, what was sent may still be on its way.
        await corner.numbers.world.advance(timedelta(minutes=4))
        await corner.numbers.until_status(undone["msisdn"], None)
