"""What happens to a proposal at QI Tech after its answer, and who hears of it.

Every change is made here: the table is asked, the ledger written and exactly
one notice given. The clock's part is in ``course``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from tramita.providers.qitech.simulator import origin_bank
from tramita.providers.qitech.simulator.conditions import Conditions
from tramita.providers.qitech.simulator.groups import Groups
from tramita.providers.qitech.simulator.lifecycle import CANCELED, Impossible, next_status
from tramita.providers.qitech.simulator.notices import Notices
from tramita.providers.qitech.simulator.proposals import Authorization, Operation, Proposal
from tramita.simulation.world import World

CONSENT_LIFE = timedelta(days=5)  # Public: calendar days.
# Public names of debts' cancel reasons; that portabilities use them is assumed.
_CONSENT_LOST = {
    "denied": "social_security_confirmation_denied_by_beneficiary",
    "expired": "social_security_confirmation_expired",
}
# Assumed: that a client can refuse, and what the proposal is told to have ended for then.
REFUSED_BY_SIGNER = "refused_by_signer"
_CANCEL_REASONS = {
    "cancel": "canceled_by_requester",
    "lapse": "origin_bank_did_not_answer",
    "close_day": "requester_did_not_answer",
    "discard": "document_out_of_limits",
    "decline": REFUSED_BY_SIGNER,
}


class Course(Protocol):
    """Who plans what comes next."""

    def follow(self, proposal: Proposal, *, at: datetime) -> None:
        """A proposal has a new status since ``at``."""
        ...

    def sign(self, proposal: Proposal, event: str, *, at: datetime) -> bool:
        """A client has signed; whether the status will follow by the clock."""
        ...

    def await_consent(self, proposal: Proposal, *, at: datetime) -> None:
        """A beneficiary was asked at ``at``."""
        ...

    def forget_consent(self, proposal: Proposal) -> None:
        """A beneficiary has answered."""
        ...

    def forget_refinancing(self, proposal: Proposal) -> None:
        """A refinancing has come to its end."""
        ...

    def register(self, proposal: Proposal, operation: Operation, *, at: datetime) -> None:
        """Dataprev has spoken of a margin at ``at``."""
        ...


@dataclass(slots=True)
class Life:
    """The only place where proposals change."""

    world: World
    conditions: Conditions
    groups: Groups
    notices: Notices
    course: Course = field(init=False)

    def begin(self, proposal: Proposal, *, request_id: str) -> None:
        """A proposal has been created; that this is announced is assumed."""
        self.record("proposal_created", proposal, at=proposal.created_at, request_id=request_id)
        self.notices.proposal(proposal)

    def happen(
        self,
        proposal: Proposal,
        event: str,
        *,
        at: datetime,
        request_id: str = "",
        data: Mapping[str, object] | None = None,
    ) -> None:
        """Move a proposal by the table, or raise ``Impossible``."""
        status = next_status(proposal.status, event)
        if status is None:
            raise Impossible(proposal.status, event)
        if data is None and event in _CANCEL_REASONS:
            data = {"cancel_reason": _CANCEL_REASONS[event]}
        proposal.move_to(status, at=at)
        proposal.facts.update(data or {})
        self.record(f"proposal_{status}", proposal, at=at, request_id=request_id)
        self.notices.proposal(proposal, data=data)
        concluded = self.groups.follow(proposal)
        if concluded is not None:
            self.world.ledger.record(
                "group_concluded", subject=concluded.key, request_id=request_id, at=at, data={}
            )
        self.course.follow(proposal, at=at)

    def sign(self, proposal: Proposal, *, at: datetime, request_id: str = "") -> None:
        """The client signs; QI Tech takes the proposal up at once or in a few seconds."""
        if not proposal.is_signable:
            raise Impossible(proposal.status, "sign")
        proposal.signed_at = at
        for operation in proposal.operations:
            operation.status = "signed"
        self.record("proposal_signed", proposal, at=at, request_id=request_id)
        is_manual = self.conditions.submission == "manual"
        event = "sign_for_submission" if is_manual else "sign"
        if not self.course.sign(proposal, event, at=at):
            self.happen(proposal, event, at=at, request_id=request_id)

    def decline(self, proposal: Proposal, *, at: datetime) -> None:
        """The client refuses to sign, and the proposal ends."""
        if not proposal.is_signable:
            raise Impossible(proposal.status, "decline")
        self.happen(proposal, "decline", at=at)

    def progress(self, proposal: Proposal, kind: str, *, at: datetime) -> None:
        """Something was done on the signing page that is not yet a signature."""
        if not proposal.is_signable:
            raise Impossible(proposal.status, kind)
        proposal.is_link_opened = True
        self.record(kind, proposal, at=at)
        self.notices.signer(proposal, kind)

    def accept_at_ctc(self, proposal: Proposal, *, at: datetime) -> None:
        """The clearing house gives a number; with INSS, the beneficiary is asked."""
        if next_status(proposal.status, "ctc_accept") is None:
            raise Impossible(proposal.status, "ctc_accept")
        number = origin_bank.portability_number(proposal, at=at)
        proposal.portability_number = number
        self.happen(proposal, "ctc_accept", at=at, data={"portability_number": number})
        if not self.conditions.consent or proposal.request.proposal_type != "inss":
            return
        proposal.authorization = Authorization(number, at, at + CONSENT_LIFE)
        self.record("authorization_awaiting_confirmation", proposal, at=at)
        self.notices.authorization(proposal, proposal.authorization)
        self.course.await_consent(proposal, at=at)

    def settle_consent(self, proposal: Proposal, status: str, *, at: datetime) -> None:
        """The beneficiary confirms or denies, or time runs out; without consent it is over."""
        asked = proposal.authorization
        if asked is None or asked.status != "awaiting_confirmation":
            raise Impossible(proposal.status, f"authorization_{status}")
        asked.status, asked.settled_at = status, at
        self.record(f"authorization_{status}", proposal, at=at)
        self.notices.authorization(proposal, asked)
        self.course.forget_consent(proposal)
        reason = _CONSENT_LOST.get(status)
        if reason and next_status(proposal.status, "lose_consent"):
            self.happen(proposal, "lose_consent", at=at, data={"cancel_reason": reason})

    def register(
        self,
        proposal: Proposal,
        operation: Operation,
        *,
        at: datetime,
        errors: Sequence[str] = (),
    ) -> None:
        """Dataprev registers a margin, or refuses with enumerators as ``errors``."""
        if not may_register(proposal, operation):
            raise Impossible(proposal.status, "register")
        operation.collateral_is_constituted = not errors
        operation.collateral_errors = tuple(errors)
        operation.collateral_at = at
        effect = "collateral_refused" if errors else "collateral_constituted"
        self.record(effect, proposal, at=at, more={"credit_operation_key": operation.key})
        self.notices.collateral(proposal, operation, errors=errors)
        self.course.register(proposal, operation, at=at)

    def finish_refinancing(self, proposal: Proposal, status: str, *, at: datetime) -> None:
        """The change is paid to the client (``disbursed``), or the refinancing ``canceled``."""
        operation = proposal.refinancing
        if operation is None or not may_finish_refinancing(proposal, status):
            raise Impossible(proposal.status, f"refinancing_{status}")
        operation.status = status
        self.course.forget_refinancing(proposal)
        self.record(f"refinancing_{status}", proposal, at=at)
        self.notices.credit_operation(proposal, operation)

    def reserve(self, proposal: Proposal, status: str, *, at: datetime) -> None:
        """The consent to a refinancing's margin moves at the beneficiary."""
        operation = proposal.refinancing
        if operation is None or operation.status != "signed":
            raise Impossible(proposal.status, "reservation")
        operation.reservation_status = status
        self.record(f"reservation_{status}", proposal, at=at)
        self.notices.reservation(proposal, operation, status)

    def record(
        self,
        effect: str,
        proposal: Proposal,
        *,
        at: datetime,
        request_id: str = "",
        more: Mapping[str, object] | None = None,
    ) -> None:
        """Write an effect on a proposal into the ledger."""
        origin = proposal.request.origin_contract
        self.world.ledger.record(
            effect,
            subject=proposal.contract_number,
            request_id=request_id,
            at=at,
            data={
                "proposal_key": proposal.key,
                "proposal_status": proposal.status,
                "cpf": proposal.cpf,
                "ispb": origin.ispb,
                "origin_contract_number": origin.contract_number,
                **(more or {}),
            },
        )


def may_finish_refinancing(proposal: Proposal, status: str) -> bool:
    """A refinancing is paid after its portability; it can be canceled until then."""
    operation = proposal.refinancing
    if operation is None or operation.status != "signed":
        return False
    return proposal.status == "paid" or status == "canceled"


def may_register(proposal: Proposal, operation: Operation) -> bool:
    """A margin is registered once, after the payment."""
    is_over = operation.status in CANCELED
    return proposal.status == "paid" and not is_over and not operation.collateral_is_constituted
