"""``portability.submit_proposal``: send a signed proposal that is held to the clearing house.

The client has signed, and QI Tech waits for our word (its manual mode). Twice is once:
from the second attempt on, the proposal is read first. Where the provider refuses for
good, the operation needs attention and the contract goes on waiting.
"""

from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.jobs import Job
from tramita.kit.operations.kind import OperationKind
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome
from tramita.kit.runtime import Runtime
from tramita.portability.journey.follow_up import CALLS, FollowUp, carry_out
from tramita.portability.journey.open_proposals import OpenProposal, load_proposals, record_acts
from tramita.portability.later_life.course import Standing
from tramita.portability.lifecycle import PortabilityStatus
from tramita.portability.ports import News, ProposalGateway, Stage
from tramita.portability.provider import PROVIDER

JOB: Final = "portability.submit_proposal"


def is_to_be_submitted(standing: Standing) -> bool:
    """Whether the provider waits for our word."""
    return standing.stage is Stage.HELD and standing.status is PortabilityStatus.AGUARDANDO_SALDO


async def _submit(gateway: ProposalGateway, one: OpenProposal, attempt: Attempt) -> Outcome[None]:
    if not is_to_be_submitted(one.standing):
        return Done(None)  # It has gone on, or ended, since this was wanted.
    return await gateway.submit_proposal(one.proposal_key, attempt)


def _has_gone_on(_: OpenProposal, news: News) -> bool:
    return news.stage not in (None, Stage.OFFERED, Stage.HELD)


def _never(_: OpenProposal, __: News) -> bool:
    return False


SUBMISSION: Final[FollowUp[OpenProposal]] = FollowUp(
    OperationKind(
        name=JOB,
        provider=PROVIDER,
        job=JOB,
        load=load_proposals,
        record=record_acts,
        calls=CALLS,
    ),
    act=_submit,
    is_done=_has_gone_on,
    is_hopeless=_never,
    refused=OperationTrigger.UNKNOWN,
)


async def submit_proposal(runtime: Runtime, operation_id: UUID) -> None:
    """Submit one held proposal."""
    await carry_out(runtime, operation_id, step=SUBMISSION)


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, submit_proposal)]
