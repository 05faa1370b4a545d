"""``/api/v1/numbering/random-reservations``: any number of an area code, without a preview."""

from datetime import datetime, timedelta

from tests.numbering.api.test_previews import holds, released, verdict
from tests.numbering.numbers import Numbers
from tests.numbering.stock import find_row, put_number
from tests.world import until
from tramita.numbering.lifecycle import IN_SOME_USE, NumberStatus

UNKNOWN = (504, "PROVIDER_OUTCOME_UNKNOWN", False)
UNAVAILABLE = (503, "PROVIDER_UNAVAILABLE", True)


class TestReserveAtRandom:
    async def test_reserves_some_number(self, numbers: Numbers) -> None:
        """201; held for two minutes at most, and no preview is made (C8, G12)."""
        before = datetime.now().astimezone()
        said = await numbers.random("55")

        assert (201, "RESERVED", None) == (
            said.status,
            said.body["status"],
            said.body["preview_id"],
        )
        msisdn = said.body["msisdn"]
        assert "55559" == msisdn[:5]
        assert ({msisdn: 1}, "RESERVED") == (await numbers.at_sigan(), await numbers.status(msisdn))
        [hold] = await holds(numbers)
        held = datetime.fromisoformat(hold["expiresAt"]) - before
        assert abs(held - timedelta(minutes=2)) < timedelta(seconds=10)
        assert [] == await numbers.world.fetch("SELECT FROM preview")

    async def test_refuses_what_is_in_some_use_here(self, numbers: Numbers) -> None:
        """500 for every status but RETURNED, and what was held is given back (G13, R24)."""
        msisdn = "5511999990000"
        said = {}
        for status in sorted(IN_SOME_USE):
            await put_number(numbers.world.database, msisdn, status)
            await numbers.sigan.person("operator", "offer", msisdn=msisdn, as_free=True)
            said[status] = verdict(await numbers.random())

            async def is_given_back() -> bool:
                return {hold["externalId"] for hold in await holds(numbers)} == await released(
                    numbers
                )

            await until(is_given_back)
        assert dict.fromkeys(IN_SOME_USE, (500, "NUMBER_INVENTORY_DIVERGENCE", False)) == said

        await put_number(numbers.world.database, msisdn, NumberStatus.RETURNED)
        await numbers.sigan.person("operator", "offer", msisdn=msisdn, as_free=True)
        assert msisdn == (await numbers.random()).body["msisdn"]
        row = await find_row(numbers.world.database, msisdn)
        assert row is not None
        assert (2, None, "RESERVED") == (row["epoch"], row["assigned_sim_id"], row["status"])

    async def test_tells_what_sigan_said_of_the_hold(self, numbers: Numbers) -> None:
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
            await numbers.sigan.fail(kind, operation="pre_reserve")
            heard[kind] = verdict(await numbers.random())

        assert told == heard
        assert [] == await numbers.world.fetch("SELECT FROM phone_number")

    async def test_tells_what_sigan_said_of_the_reservation(self, numbers: Numbers) -> None:
        """As from a preview; what was not reserved is not known afterwards (R17)."""
        told = {
            "number_taken": (502, "PROVIDER_REJECTED", False),
            "429": UNAVAILABLE,
            "hold_expired": (410, "PREVIEW_EXPIRED", False),
        }
        heard = {}
        for kind in told:
            await numbers.sigan.fail(kind, operation="reserve")
            heard[kind] = verdict(await numbers.random())
        assert told == heard
        assert [] == await numbers.world.fetch("SELECT FROM phone_number")

        for kind in ("reset_after_effect", "http_500"):
            await numbers.sigan.fail(kind, operation="reserve")
            assert UNKNOWN == verdict(await numbers.random())
        done, undone = await numbers.world.fetch("SELECT msisdn FROM phone_number ORDER BY id")
        await numbers.until_status(done["msisdn"], "RESERVED")
        assert "RESERVING" == await numbers.status(undone["msisdn"])
        # Until the hold has ended, what was sent may still be on its way.
        await numbers.world.advance(timedelta(minutes=4))
        await numbers.until_status(undone["msisdn"], None)
