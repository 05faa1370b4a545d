"""News of a proposal that is no contract's: whose it is, and what is to be done about it.

A webhook may come before the synchronous answer, or be the only sign of a lost one; it may
speak of a double that is being cancelled, or of nothing of ours.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import doubts
from tramita.kit.operations.lifecycle import OperationState
from tramita.portability.announcements import tell_changes
from tramita.portability.journey.compensation import want_gone
from tramita.portability.later_life.course import Effect, add_conflict, unwanted_side
from tramita.portability.later_life.lives import Event, keep_events
from tramita.portability.later_life.stages import STATUS_OF_STAGE, is_end
from tramita.portability.lifecycle import DEAD, PAYING, PortabilityStatus
from tramita.portability.ports import News, Stage

_UNKNOWN: Final = frozenset({OperationState.UNKNOWN, OperationState.NEEDS_ATTENTION})


@dataclass(frozen=True, slots=True)
class Owner:
    """The contract whose number a stray proposal bears, and its insertion."""

    id: UUID
    proposal_key: UUID | None
    status: PortabilityStatus
    operation_id: UUID | None
    operation_state: OperationState | None
    reference: str | None = None
    parked_at: datetime | None = None

    def is_news(self, *, received_at: datetime) -> bool:
        """Whether a message about the lost proposal is worth another question.

        It is when it names what nobody knew, or came after a person was asked. A message is
        tried again and again: each try must not put off the hour when a person is.
        """
        if self.reference is None:
            return True
        is_parked = self.operation_state is OperationState.NEEDS_ATTENTION
        return is_parked and self.parked_at is not None and self.parked_at < received_at


class Claim(Enum):
    """What a stray proposal is to us."""

    NOT_OURS = auto()  # no contract of ours has its number
    LOST = auto()  # the one that nobody knew whether it arrived
    EXPECTED = auto()  # its answer is on its way, or has just been recorded
    SURPLUS = auto()  # its contract has another one, or wants none any more


def claim_of(owner: Owner | None, proposal_key: UUID) -> Claim:
    """What the proposal is to the contract whose number it bears."""
    if owner is None:
        return Claim.NOT_OURS
    if owner.proposal_key == proposal_key:
        return Claim.EXPECTED
    if owner.proposal_key is not None or owner.status in DEAD:
        return Claim.SURPLUS
    return Claim.LOST if owner.operation_state in _UNKNOWN else Claim.EXPECTED


async def find_owner(work: UnitOfWork, contract_number: str) -> Owner | None:
    """The portability contract that the provider knows by this number."""
    rows = await work.fetch(
        """
        SELECT c.id, c.proposal_key, c.portability_status, o.id AS operation_id, o.state,
               o.reference, o.parked_at
        FROM envelope_contracts AS c LEFT JOIN operations AS o ON o.id = c.insertion_id
        WHERE c.number_at_provider = $1 AND c.portability_status IS NOT NULL
        """,
        contract_number,
    )
    if not rows:
        return None
    [row] = rows
    state = OperationState(row["state"]) if row["state"] else None
    status = PortabilityStatus(row["portability_status"])
    return Owner(
        row["id"],
        row["proposal_key"],
        status,
        row["operation_id"],
        state,
        row["reference"],
        row["parked_at"],
    )


async def note_unwanted(work: UnitOfWork, news: News, source: str) -> bool:
    """Keep news of a proposal that is being cancelled; false when it is not such a one."""
    rows = await work.fetch(
        "SELECT contract_id FROM unwanted_proposals WHERE proposal_key = $1", news.proposal_key
    )
    if not rows:
        return False
    await _keep(work, news, source, rows[0]["contract_id"])
    if is_over(news):
        await doubts.look_again(work, [news.proposal_key], cause="the proposal has ended")
    return True


async def settle_stray(
    work: UnitOfWork, news: News, source: str, *, owner: Owner | None, received_at: datetime
) -> bool:
    """Do what its owner's claim asks for; true when nothing is left to be found out."""
    match claim_of(owner, news.proposal_key):
        case Claim.NOT_OURS:
            await keep_unmatched(work, news, source)
            return True
        case Claim.SURPLUS if owner is not None:
            if not is_over(news):
                why = "The contract has another proposal, or wants none any more."
                await want_gone(work, [(news.proposal_key, owner.id, why)])
            await _keep(work, news, source, owner.id)
            return True
        case Claim.LOST if owner is not None and owner.operation_id is not None:
            # Reconciliation reads the proposal and judges it like a first answer.
            if owner.is_news(received_at=received_at):
                # Another key that was learnt before stays: this one is its double then.
                key = owner.reference or str(news.proposal_key)
                await doubts.ask_now(work, [owner.operation_id], references=[key])
            return False
        case _:
            return False


async def keep_unmatched(work: UnitOfWork, news: News, source: str) -> None:
    """Keep news that fit nothing of ours."""
    await keep_events(work, [Event(news, source, Effect.UNMATCHED)], contracts=[None])


def is_over(news: News) -> bool:
    """Whether the proposal ended without payment: there is nothing to cancel."""
    return news.stage is not None and is_end(news.stage) and news.stage is not Stage.PAID


async def _keep(work: UnitOfWork, news: News, source: str, contract_id: UUID) -> None:
    """Known, unless money moves for a proposal that must not live: a person has to see it."""
    if news.stage is None or STATUS_OF_STAGE[news.stage] not in PAYING:
        await keep_events(work, [Event(news, source, Effect.KNOWN)], contracts=[contract_id])
        return
    [row] = await work.fetch(
        "SELECT conflict FROM envelope_contracts WHERE id = $1 FOR NO KEY UPDATE", contract_id
    )
    await work.fetch(
        "UPDATE envelope_contracts SET conflict = $2 WHERE id = $1",
        contract_id,
        add_conflict(row["conflict"], unwanted_side(news.stage)),
    )
    await keep_events(work, [Event(news, source, Effect.CONFLICT)], contracts=[contract_id])
    await tell_changes(work, [contract_id])
