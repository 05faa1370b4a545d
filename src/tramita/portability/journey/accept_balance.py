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
from tramita.kit.outcome import Done, Outcome
from tramita.kit.runtime import Runtime
from tramita.portability.journey.follow_up import carry_out
from tramita.portability.journey.open_proposals import OpenProposal, act_on_open
from tramita.portability.later_life.balance import Accept, next_course
from tramita.portability.later_life.stages import is_earlier
from tramita.portability.ports import News, ProposalGateway, Stage

JOB: Final = "portability.accept_balance"


def key_of(number: str, balance: Decimal) -> str:
    """One agreement for each balance: another one was never agreed to by accepting the first."""
    return f"accept_balance:{number}:{balance}"


async def _accept(gateway: ProposalGateway, one: OpenProposal, attempt: Attempt) -> Outcome[None]:
    if not isinstance(next_course(one.standing, one.loan), Accept):
        return Done(None)  # It has gone on, or ended, since this was wanted.
    return await gateway.accept_balance(one.ref, attempt)


def _has_gone_on(news: News) -> bool:
    return news.stage is not None and is_earlier(Stage.BALANCE_RETURNED, news.stage)


ACCEPTANCE: Final = act_on_open(JOB, _accept, has_gone_on=_has_gone_on)


async def accept_balance(runtime: Runtime, operation_id: UUID) -> None:
    """Accept one balance."""
    await carry_out(runtime, operation_id, step=ACCEPTANCE)


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, accept_balance)]
