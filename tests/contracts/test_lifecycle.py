"""The life cycle of a contract."""

import pytest

from tramita.contracts.lifecycle import LIFECYCLE, ContractState, ContractTrigger
from tramita.kit.lifecycle import TransitionNotAllowed

ARROWS = {
    (ContractState.CREATED, ContractTrigger.ACTIVATE): ContractState.ACTIVATED,
    (ContractState.CREATED, ContractTrigger.CANCEL): ContractState.CANCELLED,
    (ContractState.ACTIVATED, ContractTrigger.CANCEL): ContractState.CANCELLED,
}


class TestLifecycle:
    @pytest.mark.parametrize("state", ContractState)
    @pytest.mark.parametrize("trigger", ContractTrigger)
    def test_allows_exactly_the_arrows_of_the_design(
        self, state: ContractState, trigger: ContractTrigger
    ) -> None:
        """Every arrow leads where the design says, and there is no other."""
        expected = ARROWS.get((state, trigger))

        if expected is None:
            with pytest.raises(TransitionNotAllowed):
                LIFECYCLE.next(state, trigger)
        else:
            assert expected is LIFECYCLE.next(state, trigger)

    def test_reaches_every_state(self) -> None:
        """No state is unreachable."""
        reached = {LIFECYCLE.initial} | {target for _, _, target in LIFECYCLE.arrows()}

        assert set(ContractState) == reached
