"""Mobile contracts that are cancelled, wherever they stand."""

import asyncio
from functools import partial
from uuid import UUID

import pytest

from tests.locks import until_waiting
from tests.numbering.contracts.test_vivo import WENT_LIVE
from tests.numbering.contracts.vivo import Vivo
from tests.numbering.crowd import at_once
from tests.world import until
from tramita.kit.operations import standing
from tramita.numbering.acts import ACTIVATE_LINE
from tramita.numbering.contracts.journey.tend_contract import tend_contract

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestCancelling:
    """At every stage; nothing stays reserved, on a SIM or alive."""

    async def test_while_the_number_is_being_reserved(self, vivo: Vivo) -> None:
        """The outcome is waited for; then it is given back."""
        await vivo.corner.fail("answer_held", "reserve", count=1, arguments={"seconds": 1})
        contract = await vivo.create(sim=vivo.sim())
        await vivo.corner.until_effect("number_reserved")

        await vivo.cancel(contract)
        await vivo.until(contract, "RETURNED")

        await vivo.corner.until_effect("number_released")
        assert not (await vivo.read(contract))["activated"]

    async def test_while_sigan_is_asked_for_a_number_that_it_refuses(self, vivo: Vivo) -> None:
        """Cancelled, and not failed: whoever hears the refusal looks at the contract once more."""
        held = await vivo.corner.hold("pre_reserve")
        contract = await vivo.create(ddd=vivo.corner.ddd, brand_id=" ")
        await vivo.corner.until_called("pre_reserve")
        await vivo.cancel(contract)
        before = await vivo.until(contract, "CANCELLED")

        await vivo.corner.let_go(held)
        await until(partial(_is_looked_for_no_more, vivo, contract))

        assert before == await vivo.read(contract)
        assert [] == await vivo.timeline(contract, "activation_failed")

    async def test_before_there_is_a_sim(self, vivo: Vivo) -> None:
        """The reserved number is given back."""
        contract = await vivo.create()
        await vivo.until(contract, "RESERVED")

        await vivo.cancel(contract)
        await vivo.until(contract, "RETURNED")

        await vivo.corner.until_effect("number_released")

    async def test_before_gsim_has_heard_of_the_line(self, vivo: Vivo) -> None:
        """Out of reach: nothing happened there, so nothing is to be ended."""
        sim = vivo.sim()
        await vivo.fail("429", "assign_sim", sim, count=None, arguments={"retry_after": 60})
        contract = await vivo.create(sim=sim)
        await vivo.until_operation(contract, "NOT_SENT")

        await vivo.cancel(contract)
        await vivo.until(contract, "RETURNED")

        assert [] == await vivo.effects(sim)
        assert "REFUSED" == await vivo.operation(contract)

    async def test_before_the_line_goes_live(self, vivo: Vivo) -> None:
        """Accepted there: taken off the SIM, and given back without a rest."""
        await vivo.gsim.act(activations="hold")
        sim = vivo.sim()
        contract = await vivo.create(sim=sim)
        await vivo.until_operation(contract, "PENDING")

        await vivo.cancel(contract)
        await vivo.until(contract, "RETURNED")

        assert ["sim_assigned", "sim_released"] == await vivo.effects(sim)
        [ended] = await vivo.world.fetch(
            "SELECT trigger FROM history AS h JOIN operations AS o ON o.id = h.subject_id "
            "WHERE o.subject_id = $1 AND o.kind = 'numbering.activate_line' "
            "AND h.to_state = 'REFUSED'",
            UUID(contract),
        )
        assert "withdraw" == ended["trigger"]

    async def test_is_looked_after_by_one_at_a_time(self, vivo: Vivo) -> None:
        """Who waited for the other finds what it began: the line is ended before its number goes.

        A statement that waits for a lock does not see what came meanwhile elsewhere.
        """
        await vivo.gsim.act(activations="hold")
        sim = vivo.sim()
        contract = await vivo.create(sim=sim)
        await vivo.until_operation(contract, "PENDING")
        msisdn = await vivo.number(contract)

        async with vivo.world.database.unit_of_work(actor="test") as work:
            await standing.last(work, UUID(contract), ACTIVATE_LINE, lock=True)
            await vivo.cancel(contract)
            tends = [
                asyncio.create_task(tend_contract(vivo.world.runtime, UUID(contract)))
                for _ in range(2)
            ]
            await until_waiting(vivo.world.database, 2)
        await asyncio.gather(*tends)
        await vivo.until(contract, "RETURNED")

        taken_off = await vivo.world.fetch(
            "SELECT h.actor FROM history AS h JOIN phone_number AS t ON t.id = h.subject_id "
            "WHERE t.msisdn = $1 AND h.trigger = 'unassign' ORDER BY h.id DESC LIMIT 1",
            msisdn,
        )
        assert ["numbering.end_line"] == [row["actor"] for row in taken_off]
        assert ["sim_assigned", "sim_released"] == await vivo.effects(sim)

    async def test_while_nobody_knows_whether_gsim_acted(self, vivo: Vivo) -> None:
        """Found out first, then ended: the activation is not left behind."""
        sim = vivo.sim()
        await vivo.fail("http_503", "read_request", sim, count=None)
        await vivo.gsim.fail("http_503", operation="read_request", count=None)
        await vivo.fail("reset_after_effect", "assign_sim", sim)
        await vivo.astray("webhook_lost", sim)
        contract = await vivo.create(sim=sim)
        await vivo.until_operation(contract, "UNKNOWN")

        await vivo.cancel(contract)
        await vivo.world.until_attempts(await _operation_id(vivo, contract), 1)
        await vivo.gsim.mend()
        await vivo.until(contract, "QUARANTINE")

        assert [*WENT_LIVE, "sim_released"] == await vivo.effects(sim)

    async def test_after_the_network_rejected_it(self, vivo: Vivo) -> None:
        """The number is reserved only, and goes back."""
        await vivo.gsim.act(activations="fail")
        contract = await vivo.create(sim=vivo.sim())
        await vivo.until_operation(contract, "REFUSED")
        await vivo.until(contract, "RESERVED")

        await vivo.cancel(contract)

        await vivo.until(contract, "RETURNED")

    async def test_twice_at_once(self, vivo: Vivo) -> None:
        """The line ends once."""
        contract, sim = await vivo.live()
        runtime, id_ = vivo.world.runtime, UUID(contract)

        said = await at_once(*[lambda: vivo.cancel(contract)] * 2)
        await asyncio.gather(*(tend_contract(runtime, id_) for _ in range(3)))
        await vivo.until(contract, "QUARANTINE")

        assert [200, 200] == [one.status for one in said]
        assert [*WENT_LIVE, "sim_released"] == await vivo.effects(sim)


async def _is_looked_for_no_more(vivo: Vivo, contract: str) -> bool:
    rows = await vivo.world.fetch(
        "SELECT FROM pgqueuer WHERE entrypoint = 'numbering.get_number' "
        "AND convert_from(payload, 'UTF8')::jsonb ->> 'contract_id' = $1",
        contract,
    )
    return not rows


async def _operation_id(vivo: Vivo, contract: str) -> UUID:
    [row] = await vivo.world.fetch(
        "SELECT id FROM operations WHERE subject_id = $1::text::uuid", contract
    )
    id_: UUID = row["id"]
    return id_
