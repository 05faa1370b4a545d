"""What portability calls a lender for."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Outcome
from tramita.kit.outside import NotUnderstood
from tramita.portability.ports.answers import Answered, FoundProposal, ProposalRef
from tramita.portability.ports.asked import Proposal
from tramita.portability.ports.news import News, NotForUs


@dataclass(frozen=True, slots=True)
class Picture:
    """An identity picture to hand to the provider."""

    kind: str
    content: bytes


class ProposalGateway(Protocol):
    """A provider that takes portability proposals."""

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

    async def submit_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """Send a signed proposal that is held to the clearing house."""
        ...

    async def accept_balance(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """Agree to the true balance, so that the origin bank is paid."""
        ...

    async def recalculate(
        self,
        ref: ProposalRef,
        credit_operation_key: str,
        installment_amount: Decimal,
        attempt: Attempt,
    ) -> Outcome[None]:
        """Lower the instalment (BRL), so that the loan fits a lower true balance."""
        ...

    async def upload_picture(self, picture: Picture, attempt: Attempt) -> Outcome[str]:
        """Store a picture at the provider; answers the provider's key of it."""
        ...

    async def open_signature_group(self, attempt: Attempt) -> Outcome[str]:
        """Open a group whose proposals are signed by one link. An unused one does no harm."""
        ...

    async def send_group_to_signature(self, group_key: str, attempt: Attempt) -> Outcome[str]:
        """Close the group; answers the address of its one link. Again gives the same."""
        ...
