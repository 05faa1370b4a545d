"""What a rule looks at: the proposal, its readable answer, the policy and the day."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date

from tramita.portability.ports import (
    CreditOperation,
    OfferedTerms,
    Policy,
    Proposal,
    ProposalAnswer,
    Terms,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the loans of a proposal: what we asked for and what was made of it."""

    name: str
    asked: Terms
    operation: CreditOperation
    is_refinancing: bool

    @property
    def offered(self) -> OfferedTerms:
        """The terms the provider calculated."""
        return self.operation.terms


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to be judged, of a proposal that was sent on ``today``.

    ``may_have_gone_on``: it was read a while after, so the client may have signed it.
    """

    proposal: Proposal
    answer: ProposalAnswer
    policy: Policy
    today: date
    known_keys: Container[str]
    may_have_gone_on: bool = False

    def parts(self) -> Iterator[Part]:
        """The portability, and the refinancing when it was asked for and answered."""
        yield Part("portability", self.proposal.terms, self.answer.portability, False)
        if self.proposal.refinancing is not None and self.answer.refinancing is not None:
            yield Part("refinancing", self.proposal.refinancing, self.answer.refinancing, True)
