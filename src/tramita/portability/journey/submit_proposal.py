"""``portability.submit_proposal``: send a signed proposal that is held to the clearing house.

The client has signed, and QI Tech waits for our word (its manual mode). Twice is once:
from the second attempt on, the proposal is read first. Where the provider refuses for
good, the operation needs attention and the contract goes on waiting.
"""

from typing import Final

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, Outcome
from tramita.portability.acts import SUBMIT
from tramita.portability.journey.open_proposals import OpenProposal, act_on_open
from tramita.portability.later_life.course import Standing
from tramita.portability.lifecycle import PortabilityStatus
from tramita.portability.ports import News, Stage, Submission


def is_to_be_submitted(standing: Standing) -> bool:
    """Whether the provider waits for our word."""
    return standing.stage is Stage.HELD and standing.status is PortabilityStatus.AGUARDANDO_SALDO


async def _submit(gateway: Submission, one: OpenProposal, attempt: Attempt) -> Outcome[None]:
    if not is_to_be_submitted(one.standing):
        return Done(None)  # It has gone on, or ended, since this was wanted.
    return await gateway.submit_proposal(one.ref, attempt)


def _has_gone_on(_: OpenProposal, news: News) -> bool:
    return news.stage not in (None, Stage.OFFERED, Stage.HELD)


SUBMISSION: Final = act_on_open(SUBMIT, _submit, is_done=_has_gone_on)
JOBS: Final = SUBMISSION.jobs
