"""What a proposal's job may decide about its contract."""

from dataclasses import dataclass
from typing import TypeAlias

from tramita.portability.ports import Proposal, ProposalAnswer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contract on its way to the provider: what to send, and what stands against it.

    ``has_rival``: another live contract of ours moves the same origin contract.
    """

    proposal: Proposal
    has_rival: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a contract was refused or parked; ``code`` is stable, the sentence is English."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider holds a proposal that passed every rule."""

    answer: ProposalAnswer


@dataclass(frozen=True, slots=True)
class Rejected:
    """Refused by the provider or by our rules; ``answer`` when the provider holds one."""

    reasons: tuple[Reason, ...]
    answer: ProposalAnswer | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """Nobody knows yet; a person or the provider has to say."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing happened; the proposal is sent again."""


Decision: TypeAlias = Accepted | Rejected | Parked | Later
