"""News of a proposal that is no contract's: whose it is, and what is to be done about it.

A webhook may come before the synchronous answer, or be the only sign of a lost one; it may
speak of a double that is being cancelled, or of nothing of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final
from uuid import UUID

from tramita.kit.database.rows import lock_rows, update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import doubts
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.outside import NotUnderstood
from tramita.portability.announcements import tell_changes
from tramita.portability.journey.compensation import find_given_up, want_gone
from tramita.portability.later_life.course import Effect, add_conflict, unwanted_side
from tramita.portability.later_life.lives import Event, keep_events
from tramita.portability.later_life.stages import STATUS_OF_STAGE, is_end
from tramita.portability.lifecycle import DEAD, PAYING, PortabilityStatus
from tramita.portability.ports import News, Stage

# The provider has it, or may have it, and we do not know what it says of it.
_UNKNOWN: Final = frozenset(
    {OperationState.PENDING, OperationState.UNKNOWN, OperationState.NEEDS_ATTENTION}
)


@dataclass(frozen=True, slots=True)
class Owner:
    """The contract whose number a stray proposal bears, and its insertion."""

    id: UUID
    proposal_key: str | None
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
        if self.reference is None or self.operation_state is OperationState.PENDING:
            return True
        is_parked = self.operation_state is OperationState.NEEDS_ATTENTION
        return is_parked and self.parked_at is not None and self.parked_at < received_at


class Claim(Enum):
    """What a stray proposal is to us."""

    NOT_OURS = auto()  # no contract of ours has its number
    LOST = auto()  # the one that nobody knew whether it arrived
    EXPECTED = auto()  # its answer is on its way, or has just been recorded
    SURPLUS = auto()  # its contract has another one, or wants none any more


def claim_of(owner: Owner | None, proposal_key: str) -> Claim:
    """What the proposal is to the contract whose number it bears."""
    if owner is None:
        return Claim.NOT_OURS
    if owner.proposal_key == proposal_key:
        return Claim.EXPECTED
    if owner.proposal_key is not None or owner.status in DEAD:
        return Claim.SURPLUS
    return Claim.LOST if owner.operation_state in _UNKNOWN else Claim.EXPECTED


async def find_owner(work: UnitOfWork, provider: str, contract_number: str) -> Owner | None:
    """The provider's portability contract that it knows by this number."""
    rows = await work.fetch(
        """
        SELECT c.id, c.proposal_key, c.portability_status, o.id AS operation_id, o.state,
               o.reference, o.parked_at
        FROM envelope_contracts AS c LEFT JOIN operations AS o ON o.id = c.insertion_id
        WHERE c.number_at_provider = $1 AND c.provider = $2
        """,
        contract_number,
        provider,
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


async def find_foreign(
    work: UnitOfWork, others: Sequence[str], *, number: str | None, key: str | None
) -> NotUnderstood | None:
    """Whether our contract of this number, or the proposal of this key, is another provider's."""
    rows = await work.fetch(
        """
        SELECT provider, number FROM envelope_contracts
        WHERE provider = ANY($1::text[])
          AND (number_at_provider = $2 OR proposal_key = $3 OR credit_operation_key = $3
               OR refinancing_key = $3)
        LIMIT 1
        """,
        list(others),
        number,
        key,
    )
    if not rows:
        return None
    [(provider, number)] = rows
    return NotUnderstood(f"It speaks of contract {number}, which is {provider}'s.")


async def note_unwanted(
    work: UnitOfWork, provider: str, strays: Sequence[News], source: str
) -> dict[str, UUID]:
    """Keep news of proposals that are being cancelled; answers whose these are, by their keys."""
    given_up = await find_given_up(work, provider, [news.proposal_key for news in strays])
    for news in strays:
        if (proposal := given_up.get(news.proposal_key)) is not None:
            await _keep(work, provider, news, source, proposal.contract_id)
            if is_over(news):
                await doubts.look_again(work, [proposal.id], cause="the proposal has ended")
    return {key: proposal.contract_id for key, proposal in given_up.items()}


async def settle_stray(
    work: UnitOfWork,
    provider: str,
    news: News,
    source: str,
    *,
    owner: Owner | None,
    received_at: datetime,
) -> bool:
    """Do what its owner's claim asks for; true when nothing is left to be found out."""
    match claim_of(owner, news.proposal_key):
        case Claim.NOT_OURS:
            await keep_unmatched(work, provider, news, source)
            return True
        case Claim.SURPLUS if owner is not None:
            if not is_over(news):
                why = "The contract has another proposal, or wants none any more."
                await want_gone(work, [(news.proposal_key, owner.id, why)])
            await _keep(work, provider, news, source, owner.id)
            return True
        case Claim.LOST if owner is not None and owner.operation_id is not None:
            # Reconciliation reads the proposal and judges it like a first answer.
            if owner.is_news(received_at=received_at):
                # Another key that was learnt before stays: this one is its double then.
                key = owner.reference or news.proposal_key
                await doubts.ask_now(work, [owner.operation_id], references=[key])
            return False
        case _:
            return False


async def keep_unmatched(work: UnitOfWork, provider: str, news: News, source: str) -> None:
    """Keep news that fit nothing of ours."""
    await keep_events(work, provider, [Event(news, source, Effect.UNMATCHED)], contracts=[None])


def is_over(news: News) -> bool:
    """Whether the proposal ended without payment: there is nothing to cancel."""
    return news.stage is not None and is_end(news.stage) and news.stage is not Stage.PAID


async def _keep(
    work: UnitOfWork, provider: str, news: News, source: str, contract_id: UUID
) -> None:
    """Known, unless money moves for a proposal that must not live: a person has to see it."""
    if news.stage is None or STATUS_OF_STAGE[news.stage] not in PAYING:
        known = Event(news, source, Effect.KNOWN)
        await keep_events(work, provider, [known], contracts=[contract_id])
        return
    [row] = await lock_rows(work, "envelope_contracts", [contract_id], "conflict")
    conflict = add_conflict(row["conflict"], unwanted_side(news.stage))
    await update_rows(work, "envelope_contracts", {contract_id: {"conflict": conflict}})
    conflicting = Event(news, source, Effect.CONFLICT)
    await keep_events(work, provider, [conflicting], contracts=[contract_id])
    await tell_changes(work, [contract_id])
