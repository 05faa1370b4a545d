"""``numbering.ask_hold``: find out what is held for a caller who has gone.

Whoever asked for the numbers was told that nobody knows, and will ask for others. So what
the provider holds is given back; where it cannot be asked, the hold lapses by itself, and
that is the end of it. Nobody but the clock is needed.

Where it refused, what was to be replaced is asked for too: a provider that stumbled half
way may have given the old hold up and made no new one.
"""

from datetime import timedelta
from typing import Final, TypeAlias, assert_never

from tramita.kit.operations.asking import NoWord, Question, Said, There
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.taken import Doubt
from tramita.kit.outcome import Done, NotSent, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.ports import FoundRequest, HoldStatus, NumberInventory
from tramita.numbering.previews.journey.pre_reserve import (
    WISH,
    Decision,
    InDoubt,
    NotHeld,
    Unusable,
    Wish,
    WishTask,
)
from tramita.numbering.settings import NumberingSettings, first_pause

_Said: TypeAlias = Said[Wish, Decision]


async def find_hold(runtime: Runtime, task: WishTask, _: Doubt) -> _Said:
    """Ask by our request what is held."""
    grace = timedelta(seconds=runtime.configured(NumberingSettings).hold_grace)
    left = task.request.hold_until + grace - task.operation.taken_at
    gateway = runtime.gateway(NumberInventory, task.operation.provider)
    outcome = await gateway.find_request(task.operation.key, task.attempt)
    match outcome:
        case Done(None):
            return _no_word("The provider has not seen the request.", left)
        case Done(FoundRequest(external_id=str(external_id))):
            why = "It was held for a caller who had gone; it is given back."
            withdraw, held = OperationTrigger.WITHDRAW, Unusable(external_id)
            return There(Result(task, held, withdraw, reason=why, reference=external_id))
        case Done(FoundRequest(is_refused=True)):
            return await _find_previous(gateway, task, left)
        case Done():
            return _no_word("The provider does not say what it did with the request.", left)
        case Refused(code, reason):
            why = f"The provider does not answer the question ({code}: {reason})."
            return _no_word(why, left)
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            return _no_word(f"The provider could not be asked: {reason}", left)
        case _:
            assert_never(outcome)


async def _find_previous(gateway: NumberInventory, task: WishTask, left: timedelta) -> _Said:
    """Nothing is held. Whether what was to be replaced still is, is the other question."""
    why = "The provider refused the request."
    previous, refused = task.request.wanted.previous_external_id, OperationTrigger.REFUSED
    if previous is None:
        return There(Result(task, NotHeld(), refused, reason=why))
    match await gateway.find_hold(previous, task.attempt):
        case Done(found):
            is_gone = found is None or found.status is not HoldStatus.HELD
            return There(Result(task, NotHeld(is_gone), refused, reason=why))
        case Refused(reason=reason) | NotSent(reason) | Unknown(reason) | Pending(reason):
            why = f"{why} What it was to replace could not be asked for: {reason}"
            return _no_word(why, left)


def _no_word(why: str, left: timedelta) -> _Said:
    """Asked again as long as anything can be held; what it was to replace lapses as well."""
    is_over = left <= timedelta(0)
    return NoWord(
        why=f"{why} Whatever was held has lapsed by itself." if is_over else why,
        left=left,
        waiting=InDoubt(),
        then=NotHeld(is_previous_gone=True),
        trigger=OperationTrigger.WITHDRAW,
    )


QUESTION: Final = Question(WISH, find_hold, first_pause)
