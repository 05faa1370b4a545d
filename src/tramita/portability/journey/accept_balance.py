"""``portability.accept_balance``: agree to the true balance, so that the origin bank is paid.

Only while ``balance`` says so: whether the balance still is what the client agreed to is
looked at once more before it is sent. Twice is once: from the second attempt on, the
proposal is read first. Where the provider refuses for good, the operation needs attention.
"""

from decimal import Decimal
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
from tramita.portability.later_life.balance import Accept, next_course
from tramita.portability.later_life.stages import is_earlier
from tramita.portability.ports import News, ProposalGateway, Stage
from tramita.portability.provider import PROVIDER

JOB: Final = "portability.accept_balance"


def key_of(number: str, balance: Decimal) -> str:
    """One agreement for each balance: another one was never agreed to by accepting the first."""
    return f"accept_balance:{number}:{balance}"


async def _accept(gateway: ProposalGateway, one: OpenProposal, attempt: Attempt) -> Outcome[None]:
    if not isinstance(next_course(one.standing, one.loan), Accept):
        return Done(None)  # It has gone on, or ended, since this was wanted.
    return await gateway.accept_balance(one.proposal_key, attempt)


def _has_gone_on(_: OpenProposal, news: News) -> bool:
    return news.stage is not None and is_earlier(Stage.BALANCE_RETURNED, news.stage)


def _never(_: OpenProposal, __: News) -> bool:
    return False


ACCEPTANCE: Final[FollowUp[OpenProposal]] = FollowUp(
    OperationKind(
        name=JOB,
        provider=PROVIDER,
        job=JOB,
        load=load_proposals,
        record=record_acts,
        calls=CALLS,
    ),
    act=_accept,
    is_done=_has_gone_on,
    is_hopeless=_never,
    refused=OperationTrigger.UNKNOWN,
)


async def accept_balance(runtime: Runtime, operation_id: UUID) -> None:
    """Accept one balance."""
    await carry_out(runtime, operation_id, step=ACCEPTANCE)


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, accept_balance)]
