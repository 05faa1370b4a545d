"""Whom QI Tech tells when something changes; the bodies and the post are not decided here.

Every change of a proposal, and of what belongs to it, calls exactly one of these
at the moment of the change. That ``created`` is announced too is assumed.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tramita.providers.qitech.simulator.inquiries import BalanceQuery
from tramita.providers.qitech.simulator.proposals import Authorization, Operation, Proposal


class Notices(Protocol):
    """The vendor's webhooks, one method for each type."""

    def proposal(self, proposal: Proposal, *, data: Mapping[str, object] | None = None) -> None:
        """``credit_transfer.proposal``: the proposal has a new status."""
        ...

    def collateral(
        self, proposal: Proposal, operation: Operation, *, errors: Sequence[str] = ()
    ) -> None:
        """``credit_transfer.proposal.collateral``: the margin is registered, or is not."""
        ...

    def credit_operation(self, proposal: Proposal, operation: Operation) -> None:
        """``credit_transfer.proposal.credit_operation``: a refinancing was paid or canceled."""
        ...

    def authorization(self, proposal: Proposal, authorization: Authorization) -> None:
        """``credit_transfer.portability_authorization``: the beneficiary's consent moved."""
        ...

    def reservation(self, proposal: Proposal, operation: Operation, status: str) -> None:
        """``laas.social_security.reservation.status_change``: of a refinancing's consent."""
        ...

    def signer(self, proposal: Proposal, kind: str) -> None:
        """``document.signer.status_change``; ``kind`` is the ``data.type`` of it."""
        ...

    def balance(self, query: BalanceQuery) -> None:
        """The result of ``/social_security/balance_request``."""
        ...
