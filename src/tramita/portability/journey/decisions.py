"""What a proposal's jobs may decide about its contract."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from tramita.kit.operations.kind import Result, Task
from tramita.portability.ports import Proposal, ProposalAnswer, Stage
from tramita.portability.reasons import Reason


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contract on its way to the provider: what to send, and what stands against it.

    ``has_rival``: another live contract of ours moves the same origin contract.
    ``is_cancelled``: it was cancelled here since. ``unwanted`` are proposals of it
    that were given up before; they are not what a question is looking for.
    ``decides_by`` is until when its lender decides, if it does.
    ``waits_for`` is what has to be at the provider before it; ``refused_pictures`` are
    sentences about pictures that the provider did not take.
    """

    proposal: Proposal
    has_rival: bool
    is_cancelled: bool = False
    unwanted: frozenset[str] = frozenset()
    waits_for: str | None = None
    refused_pictures: tuple[str, ...] = ()
    decides_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider holds a proposal that passed every rule; ``surplus`` are its doubles.

    ``has_gone_on``: it was signed before we knew of it, and is followed from where it stands.
    """

    answer: ProposalAnswer
    surplus: tuple[str, ...] = ()
    has_gone_on: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """Refused by the provider or by our rules; ``answer`` when the provider holds one.

    ``ended_as`` is how the provider ended one that it had taken.
    """

    reasons: tuple[Reason, ...]
    answer: ProposalAnswer | None = None
    surplus: tuple[str, ...] = ()
    ended_as: Stage | None = None


@dataclass(frozen=True, slots=True)
class Deciding:
    """The lender has taken it, and decides until ``by``; it is asked again after ``pause``."""

    key: str
    by: datetime
    pause: timedelta


@dataclass(frozen=True, slots=True)
class Asking:
    """Nobody knows yet; the provider is asked, or speaks first."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Parked:
    """Nobody could tell; a person has to."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing happened; the proposal is sent, or sent again, later."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Nothing happened, and the contract was cancelled here: there is nothing left to do."""


Decision: TypeAlias = Accepted | Rejected | Deciding | Asking | Parked | Later | Withdrawn

InsertionTask: TypeAlias = Task[Candidate]
InsertionResult: TypeAlias = Result[Candidate, Decision]
