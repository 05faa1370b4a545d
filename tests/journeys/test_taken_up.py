"""A proposal that went on at the bank before Tramita knew of it is taken up where it stands."""

import asyncio
from typing import Final

from tests.journeys.doors import cell, made, through_the_core, unknown
from tests.journeys.later import Followed
from tests.world import World

Acts = tuple[tuple[str, str], ...]
_TO_THE_ORIGIN: Final[Acts] = (("client", "sign"), ("ctc", "accept"), ("beneficiary", "confirm"))
# What happened at the bank while nobody here knew of the proposal, and where that leads.
MEANWHILE: Final[dict[str, Acts]] = {
    "AGUARDANDO_SALDO": (("client", "sign"),),
    "AGUARDANDO_PAGAMENTO": (*_TO_THE_ORIGIN, ("origin_bank", "send_balance")),
    "RETIDO": (*_TO_THE_ORIGIN, ("origin_bank", "retain")),
    "REPROVADO": (("client", "sign"), ("ctc", "refuse")),
}


class TestAProposal:
    async def test_that_was_signed_unseen_is_taken_up(self, world: World) -> None:
        """Its answer was lost and its messages too; no person is asked, nothing is made twice."""
        contracts = {
            status: (await cell(world, made, through_the_core)).contract for status in MEANWHILE
        }
        await asyncio.gather(*(_go_on_unseen(contracts[one], MEANWHILE[one]) for one in MEANWHILE))

        await world.qitech.mend()
        await world.hasten()
        seen = [await one.until(status=status) for status, one in contracts.items()]

        assert [False] * len(seen) == [one["needs_attention"] for one in seen]
        assert {1} == set((await world.qitech.created()).values())

    async def test_that_was_signed_unseen_is_cancelled_with_its_contract(
        self, world: World
    ) -> None:
        """Whatever it has come to since, it must not live."""
        contract = (await cell(world, made, through_the_core)).contract
        await _go_on_unseen(contract, _TO_THE_ORIGIN)

        assert 200 == await through_the_core(contract)
        await world.qitech.mend()
        await world.until_at_rest()

        assert {} == await world.alive()
        assert "cancelled" == await contract.core_state()


async def _go_on_unseen(contract: Followed, acts: Acts) -> None:
    await unknown(contract)
    for actor, action in acts:
        await contract.act(actor, action)
