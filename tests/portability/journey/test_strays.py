"""Whose a stray proposal is: the table of claims."""

from typing import Final
from uuid import uuid4

import pytest

from tramita.kit.operations.lifecycle import OperationState
from tramita.portability.journey.strays import Claim, Owner, claim_of
from tramita.portability.lifecycle import PortabilityStatus

KEY: Final = "0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a01"
P, O = PortabilityStatus, OperationState  # noqa: E741 - an operation's state


class TestClaimOf:
    @pytest.mark.parametrize(
        ("owned", "status", "state", "expected"),
        [
            (None, P.DIGITACAO, O.PREPARED, Claim.EXPECTED),
            (None, P.DIGITACAO, O.SENT, Claim.EXPECTED),
            (None, P.DIGITACAO, O.UNKNOWN, Claim.LOST),
            (None, P.DIGITACAO, O.NEEDS_ATTENTION, Claim.LOST),
            (None, P.REPROVADO, O.REFUSED, Claim.SURPLUS),
            (None, P.CANCELADO, O.UNKNOWN, Claim.SURPLUS),
            (None, P.DIGITACAO, None, Claim.EXPECTED),
            (KEY, P.FORMALIZACAO_CLIENTE, O.SUCCEEDED, Claim.EXPECTED),
            ("another", P.FORMALIZACAO_CLIENTE, O.SUCCEEDED, Claim.SURPLUS),
        ],
    )
    def test_follows_from_the_contract_with_its_number(
        self,
        owned: str | None,
        status: PortabilityStatus,
        state: OperationState | None,
        expected: Claim,
    ) -> None:
        """Only what nobody can be waiting for is surplus; whatever may be ours is waited for."""
        owner = Owner(uuid4(), owned, status, uuid4(), state)

        assert expected == claim_of(owner, KEY)

    def test_is_none_without_such_a_contract(self) -> None:
        """A number that is not ours makes no proposal ours."""
        assert Claim.NOT_OURS == claim_of(None, KEY)
