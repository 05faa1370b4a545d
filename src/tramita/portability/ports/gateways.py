"""What portability calls a lender for: what every lender has, and what some have beside it.

A provider names in its manifest which of these it implements. What it does not name is never
asked of it, and nothing is prepared that would.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Outcome
from tramita.kit.outside import NotUnderstood
from tramita.portability.ports.answers import Answered, FoundProposal, ProposalRef
from tramita.portability.ports.asked import Proposal
from tramita.portability.ports.news import News, NotForUs
from tramita.portability.ports.policy import Policy


@dataclass(frozen=True, slots=True)
class Picture:
    """An identity picture to hand to the provider."""

    kind: str
    content: bytes


class ProposalGateway(Protocol):
    """A provider that takes portability proposals: what every lender has."""

    @property
    def policy(self) -> Policy:
        """The lender's limits, by which proposals and answers are judged here."""
        ...

    async def insert_proposal(self, proposal: Proposal, attempt: Attempt) -> Outcome[Answered]:
        """Create the proposal at the provider, at most once per attempt.

        ``Done`` carries whatever the provider said it created, not yet judged by
        ``rules.validate_proposal``. ``Refused`` is a documented error answer. ``Pending``:
        taken, and decided later; ``reference`` is the proposal's key then, ``within`` the
        time the lender gives itself.
        """
        ...

    async def find_proposals(
        self, contract_number: str, attempt: Attempt
    ) -> Outcome[tuple[FoundProposal, ...]]:
        """Every proposal the provider has of our contract number; changes nothing there.

        ``Refused`` when the provider does not answer such questions.
        """
        ...

    async def read_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[Answered]:
        """A proposal as the provider shows it now, in the shape of the first answer.

        ``Refused`` when there is no such proposal, ``Pending`` while it is being decided.
        """
        ...

    async def read_news(self, ref: ProposalRef, attempt: Attempt) -> Outcome[News]:
        """Where a proposal stands now; the second source beside webhooks."""
        ...

    def read_message(self, body: bytes) -> News | NotForUs | NotUnderstood:
        """A verified webhook in our words; total, because whatever came is kept and shown."""
        ...

    async def cancel_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """End a proposal. ``Refused`` when it cannot be cancelled (any more)."""
        ...


class Submission(ProposalGateway, Protocol):
    """A lender that keeps signed proposals until we have them submitted.

    One without it submits by itself what its client has signed.
    """

    async def submit_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """Send a signed proposal that is held to the clearing house."""
        ...


class BalanceAcceptance(ProposalGateway, Protocol):
    """A lender that waits for our word on the true balance, and then pays the origin bank.

    One without it settles by itself; a balance that is higher than what the client agreed to
    ends the contract all the same.
    """

    async def accept_balance(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """Agree to the true balance, so that the origin bank is paid."""
        ...


class Recalculation(ProposalGateway, Protocol):
    """A lender whose instalment is lowered to a lower true balance before that is accepted.

    One that does so by itself when it hears of our acceptance has nothing to do here, and is
    done. One without it that waits for our acceptance cannot go on with a lower balance: the
    contract ends.
    """

    async def recalculate(
        self,
        ref: ProposalRef,
        credit_operation_key: str,
        installment_amount: Decimal,
        attempt: Attempt,
    ) -> Outcome[None]:
        """Lower the instalment (BRL), so that the loan fits a lower true balance."""
        ...


class Pictures(Protocol):
    """A lender that takes identity pictures; ``policy.pictures`` says which."""

    async def upload_picture(self, picture: Picture, attempt: Attempt) -> Outcome[str]:
        """Store a picture at the provider; answers the provider's key of it."""
        ...


class SignatureGroups(Protocol):
    """A lender that has several proposals signed by one link.

    One without it gives each proposal a link of its own.
    """

    async def open_signature_group(self, attempt: Attempt) -> Outcome[str]:
        """Open a group whose proposals are signed by one link. An unused one does no harm."""
        ...

    async def send_group_to_signature(self, group_key: str, attempt: Attempt) -> Outcome[str]:
        """Close the group; answers the address of its one link. Again gives the same."""
        ...


CAPABILITIES: Final = frozenset(
    {Submission, BalanceAcceptance, Recalculation, Pictures, SignatureGroups}
)
