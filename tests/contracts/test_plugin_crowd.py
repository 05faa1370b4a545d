"""A hundred plugins cost a contract no more than its own."""

from tests.contracts.plugin_crowd import crowd
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import Contract
from tramita.contracts.signals import on_contract_create


class TestCrowd:
    def test_leaves_a_contract_its_own_handlers_only(self) -> None:
        """Whoever listens for other backends is not even looked at."""
        contract = Contract(name="C-1", backend="crowd-7", state=ContractState.CREATED)

        with crowd(100):
            told = on_contract_create.tell(contract, work=None)

        assert ["crowd-7"] == told
