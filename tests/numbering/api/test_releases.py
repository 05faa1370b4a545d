"""``DELETE /api/v1/numbering/reservations/{msisdn}``: a reserved number goes back."""

import pytest

from tests.numbering.api.test_previews import verdict
from tests.numbering.crowd import Corner
from tests.numbering.over_http import NUMBERS, Numbers
from tests.numbering.stock import find_row, put_number
from tramita.numbering.lifecycle import NumberStatus

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOT_RELEASABLE = (409, "NUMBER_NOT_RELEASABLE", False)


class TestRelease:
    async def test_gives_back_what_is_reserved_once(self, corner: Corner) -> None:
        """204 at once and again, from a preview and at random; Sigan follows (C9, G11, R28)."""
        for msisdn in (await corner.reserved(), (await corner.random()).body["msisdn"]):
            said = [await corner.numbers.release(msisdn) for _ in range(3)]

            assert [(204, "")] * 3 == [(one.status, one.body) for one in said]
            row = await find_row(corner.numbers.world.database, msisdn)
            assert row is not None
            assert ("RETURNED", None, None) == (
                row["status"],
                row["assigned_sim_id"],
                row["reserved_until"],
            )
            shown = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}")
            assert ["confirm", "release"] == [one["trigger"] for one in shown.body["history"]]
        await corner.numbers.world.until_at_rest()
        assert {} == await corner.at_sigan()
        assert 2 == len(await corner.effects("number_released"))

    async def test_does_not_wait_for_sigan(self, corner: Corner) -> None:
        """204 while Sigan is away; what it owes is on record until it has followed."""
        msisdn = await corner.reserved()
        await corner.fail("http_503", "release_reservation", count=None)

        assert 204 == (await corner.numbers.release(msisdn)).status

        shown = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}")
        assert ("RETURNED", "PENDING") == (shown.body["status"], shown.body["provider_release"])
        await corner.numbers.sigan.mend()
        await corner.numbers.world.until_at_rest()
        shown = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}")
        assert "DONE" == shown.body["provider_release"]

    @pytest.mark.asyncio(loop_scope="function")
    async def test_leaves_to_a_person_what_sigan_refuses(self, numbers: Numbers) -> None:
        """In use there: returned here, and under "needs attention" (F19)."""
        corner = Corner(numbers, "11")
        msisdn = await corner.reserved()
        await corner.order("activate", msisdn=msisdn)

        assert 204 == (await corner.numbers.release(msisdn)).status

        await corner.numbers.world.until_at_rest()
        shown = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}")
        assert ("RETURNED", "FAILED") == (shown.body["status"], shown.body["provider_release"])
        [parked] = await corner.numbers.world.operations("needs_attention")
        assert "numbering.release_number" == parked["kind"]

    async def test_refuses_every_other_status(self, corner: Corner) -> None:
        """404 for what is not known, 409 with the status, and nothing has changed (R26, R27)."""
        msisdn = f"55{corner.ddd}999990000"
        assert (404, "NUMBER_NOT_FOUND", False) == verdict(await corner.numbers.release(msisdn))

        others = set(NumberStatus) - {NumberStatus.RESERVED, NumberStatus.RETURNED}
        for status in others:
            await put_number(corner.numbers.world.database, msisdn, status)
            before = await find_row(corner.numbers.world.database, msisdn)
            said = await corner.numbers.release(msisdn)
            assert NOT_RELEASABLE == verdict(said)
            assert f"({corner.ddd}) 9••••-0000 is {status.value};" in said.body["detail"]
            assert before == await find_row(corner.numbers.world.database, msisdn)
        await put_number(corner.numbers.world.database, msisdn, NumberStatus.PORTED_OUT)
