"""Proposals that live on at the provider: what a later act on one needs to know."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import ActName, Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Outcome
from tramita.portability.journey.follow_up import by_news
from tramita.portability.later_life.balance import Loan
from tramita.portability.later_life.course import Standing
from tramita.portability.later_life.expected_times import SOON
from tramita.portability.later_life.lives import ask_within, loan_of, standing_of
from tramita.portability.ports import News, ProposalRef


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A contract's proposal as it stood when the operation was taken."""

    ref: ProposalRef
    credit_operation_key: str
    standing: Standing
    loan: Loan | None


async def load_proposals(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, OpenProposal]:
    """Proposals by the id of their contract.

    A contract that is being cancelled just now is waited for: whoever cancels it may have seen
    nothing of this act yet, and would not hear of it.
    """
    rows = await work.fetch(
        "SELECT * FROM envelope_contracts WHERE id = ANY($1::uuid[]) ORDER BY id FOR SHARE",
        list(ids),
    )
    return {
        row["id"]: OpenProposal(
            ProposalRef(row["provider"], row["proposal_key"], row["number_at_provider"]),
            row["credit_operation_key"],
            standing_of(row),
            loan_of(row["financial"]),
        )
        for row in rows
    }


async def record_acts(work: UnitOfWork, results: Sequence[Result[OpenProposal, Any]]) -> None:
    """What the provider refused is left to a person; of the rest its own word is awaited.

    The provider's word moves the contract, never our own wish; so nothing else is
    written here.
    """
    settled = [one.task.operation.subject_id for one in results if not one.comes_back]
    if settled:
        await ask_within(work, settled, SOON)


def act_on_open(
    name: ActName,
    call: Callable[[Any, OpenProposal, Attempt], Awaitable[Outcome[None]]],
    *,
    is_done: Callable[[OpenProposal, News], bool],
) -> Act[OpenProposal, None]:
    """A later act on a contract's own proposal; what is refused for good a person looks at."""
    return Act(
        name=name,
        load=load_proposals,
        call=call,
        ask=by_news(is_done, lambda _, __: False),
        on_refused=OperationTrigger.PARK,
        record=record_acts,
    )
