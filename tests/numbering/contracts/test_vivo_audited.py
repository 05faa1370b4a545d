"""Mobile contracts whose line and number went apart: noticed by the audit, and looked after."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.forgetting import until_nothing_waits
from tests.numbering.contracts.vivo import Vivo
from tramita.numbering.contracts.journey.tend_contract import tend_contract
from tramita.numbering.operator.actions import NumberAction, act_on_number

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestALine:
    async def test_is_missed_by_the_audit(self, vivo: Vivo) -> None:
        """A cancelled contract that nobody looked after stands out until somebody does."""
        contract = await vivo.create()
        await vivo.until(contract, "RESERVED")
        await until_nothing_waits(vivo.world.database)
        await vivo.world.fetch(
            "UPDATE contracts SET state = 'cancelled', cancelled_at = tramita_now() WHERE id = $1",
            UUID(contract),
        )
        await vivo.world.advance(timedelta(minutes=11))

        broken = await vivo.corner.numbers.broken()
        await tend_contract(vivo.world.runtime, UUID(contract))

        assert [f"I10 {contract}: cancelled, its number is RESERVED"] == broken
        assert "RETURNED" == (await vivo.until(contract, "RETURNED"))["backend"]["status"]

    @pytest.mark.parametrize(
        ("line", "is_cancelled", "found"),
        [
            ("NUMBERED", False, "its line is NUMBERED, its number IN_USE"),
            ("REQUESTED", True, "its line is REQUESTED, its number gone"),
        ],
    )
    async def test_shows_in_the_audit_where_its_line_stays_behind(
        self, vivo: Vivo, line: str, is_cancelled: bool, found: str
    ) -> None:
        """What the contract shows of its line is what is true of its number."""
        contract = await vivo.create(sim=None if is_cancelled else vivo.sim())
        await vivo.until(contract, "RESERVED" if is_cancelled else "IN_USE")
        if is_cancelled:
            await vivo.cancel(contract)
            await vivo.until(contract, "RETURNED")
        # A look at the contract that is still to come would mend its line.
        await until_nothing_waits(vivo.world.database)
        before = await vivo.world.fetch(
            "UPDATE mobile_lines AS l SET state = $2 FROM mobile_lines AS old "
            "WHERE l.id = $1 AND old.id = l.id RETURNING old.state",
            UUID(contract),
            line,
        )
        await vivo.world.advance(timedelta(minutes=11))

        broken = await vivo.corner.numbers.broken()
        await tend_contract(vivo.world.runtime, UUID(contract))

        assert [f"I10 {contract}: {found}"] == broken
        assert ["CANCELLED" if is_cancelled else before[0]["state"]] == [
            row["state"]
            for row in await vivo.world.fetch(
                "SELECT state FROM mobile_lines WHERE id = $1", UUID(contract)
            )
        ]

    async def test_ends_when_a_person_notes_that_its_number_has_left(self, vivo: Vivo) -> None:
        """Its contract is told: the service of a number ported out does not run on."""
        contract, _ = await vivo.live()
        [number] = await vivo.world.fetch(
            "SELECT id FROM phone_number WHERE contract_id = $1", UUID(contract)
        )

        runtime = vivo.world.runtime
        note = {"note": "The other operator says so", "actor": "user:ana@example.com"}
        await act_on_number(runtime, number["id"], NumberAction.PORT_OUT, **note)

        assert not (await vivo.until(contract, "PORTED_OUT"))["activated"]
        await act_on_number(runtime, number["id"], NumberAction.COME_BACK, **note)
        assert not (await vivo.until(contract, "QUARANTINE"))["activated"]
