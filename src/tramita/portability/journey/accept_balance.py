"""``portability.accept_balance``: agree to the true balance, so that the origin bank is paid.

Only while ``balance`` says so: whether the balance still is what the client agreed to is
looked at once more before it is sent. Twice is once: from the second attempt on, the
proposal is read first. Where the provider refuses for good, the operation needs attention.
"""

from decimal import Decimal
from typing import Final

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, Outcome
from tramita.portability.acts import ACCEPT
from tramita.portability.journey.open_proposals import OpenProposal, act_on_open
from tramita.portability.later_life.balance import Accept, next_course
from tramita.portability.later_life.stages import is_earlier
from tramita.portability.ports import BalanceAcceptance, News, Stage


def key_of(number: str, balance: Decimal) -> str:
    """One agreement for each balance: another one was never agreed to by accepting the first."""
    return f"accept_balance:{number}:{balance}"


async def _accept(gateway: BalanceAcceptance, one: OpenProposal, attempt: Attempt) -> Outcome[None]:
    if not isinstance(next_course(one.standing, one.loan, gateway.policy), Accept):
        return Done(None)  # It has gone on, or ended, since this was wanted.
    return await gateway.accept_balance(one.ref, attempt)


def _has_gone_on(_: OpenProposal, news: News) -> bool:
    return news.stage is not None and is_earlier(Stage.BALANCE_RETURNED, news.stage)


ACCEPTANCE: Final = act_on_open(ACCEPT, _accept, is_done=_has_gone_on)
JOBS: Final = ACCEPTANCE.jobs
