"""``portability.cancel_proposal``: end a proposal at the provider that must not live.

It was refused here after the provider had accepted it, it is one too many, or its
contract or envelope was cancelled. Tried for as long as it takes; where the provider
refuses for good (the money is on its way), a person is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations.kind import OperationKind
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Outcome
from tramita.kit.runtime import Runtime
from tramita.portability.journey.follow_up import CALLS, FollowUp, carry_out
from tramita.portability.ports import News, ProposalGateway, ProposalRef, Stage

JOB: Final = "portability.cancel_proposal"
OVER: Final = frozenset({Stage.RETAINED, Stage.REJECTED, Stage.CANCELED})
PAYING: Final = frozenset({Stage.SETTLING, Stage.CONFIRMING, Stage.PAID})


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A proposal that must not live."""

    ref: ProposalRef


async def load_unwanted(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Unwanted]:
    """The subject of a cancellation is the unwanted proposal."""
    rows = await work.fetch(
        "SELECT u.id, u.provider, u.proposal_key, c.number_at_provider AS number FROM unwanted_proposals AS u "
        "JOIN envelope_contracts AS c ON c.id = u.contract_id WHERE u.id = ANY($1::uuid[])",
        list(ids),
    )
    return {
        row["id"]: Unwanted(ProposalRef(row["provider"], row["proposal_key"], row["number"]))
        for row in rows
    }


async def _cancel(gateway: ProposalGateway, one: Unwanted, attempt: Attempt) -> Outcome[None]:
    return await gateway.cancel_proposal(one.ref, attempt)


def _is_over(_: Unwanted, news: News) -> bool:
    return news.stage in OVER


def _is_being_paid(_: Unwanted, news: News) -> bool:
    return news.stage in PAYING


CANCELLATION: Final[FollowUp[Unwanted]] = FollowUp(
    OperationKind(
        name=JOB,
        port=ProposalGateway,
        job=JOB,
        load=load_unwanted,
        calls=CALLS,
    ),
    act=_cancel,
    is_done=_is_over,
    is_hopeless=_is_being_paid,
    refused=OperationTrigger.PARK,
)


async def cancel_proposal(runtime: Runtime, operation_id: UUID) -> None:
    """Cancel one unwanted proposal."""
    await carry_out(runtime, operation_id, step=CANCELLATION)


JOBS: list[Job[Runtime]] = [Job(JOB, cancel_proposal)]
