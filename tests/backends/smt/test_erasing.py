"""A subscriber of SMT is erased: here nothing of them is left, and nothing runs on there."""

from tests.backends.smt.conftest import SMTWorld
from tests.contracts.test_erasing import a_customer, erase
from tests.forgetting import CPF, traces, until_nothing_waits
from tramita.contracts.service import NewContract, create_contract
from tramita.kit.people.lifecycle import ErasureState


class TestASubscriber:
    async def test_is_gone_with_the_journal_and_the_callbacks(self, smt_world: SMTWorld) -> None:
        """SMT knew the contract by the person's name; its word on how it ended stays."""
        await smt_world.set(activations="fail")
        customer = await a_customer(smt_world.database)
        async with smt_world.database.unit_of_work(actor="test") as work:
            new = NewContract("Line of Zulmira Quartzberg", "smt", customer=customer)
            contract = (await create_contract(work, new)).id
        await smt_world.until(contract, "failed")
        await smt_world.cancel(contract)
        await smt_world.until(contract, "removed")
        await until_nothing_waits(smt_world.database)
        assert [] != await traces(smt_world.database)

        erasure = await erase(smt_world.database, CPF)

        assert ErasureState.ERASED == erasure.state
        assert [] == await traces(smt_world.database)
        assert "removed" == (await smt_world.read(contract)).backend_record["status"]
        assert "subscriber_removed" in await smt_world.effects(contract)
