"""``numbering.ask_hold``: find out what is held for a caller who has gone.

Whoever asked for the numbers was told that nobody knows, and will ask for others. So what
the provider holds is given back; where it cannot be asked, the hold lapses by itself, and
that is the end of it. Nobody but the clock is needed.

Where it refused, what was to be replaced is asked for too: a provider that stumbled half
way may have given the old hold up and made no new one.
"""

from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID

from tramita.kit.jobs import Job
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.pause import pause_after
from tramita.kit.operations.taken import Doubt
from tramita.kit.outcome import Done, NotSent, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.ports import FoundRequest, HoldStatus, NumberInventory
from tramita.numbering.previews.journey.pre_reserve import (
    WISH,
    Asking,
    Nothing,
    Unusable,
    WishResult,
    WishTask,
)
from tramita.numbering.settings import NumberingSettings

JOB: Final = "numbering.ask_hold"


async def ask_hold(runtime: Runtime, operation_id: UUID) -> None:
    """Ask once what is held, and record what was learnt."""
    desk = runtime.desk(WISH)
    task = await desk.take_to_ask(operation_id)
    if task is None or task.operation.doubt is None:
        return  # Known meanwhile, or somebody else is asking.
    await desk.hand_in(await _ask(runtime, task, task.operation.doubt))


async def _ask(runtime: Runtime, task: WishTask, doubt: Doubt) -> WishResult:
    settings = runtime.configured(NumberingSettings)
    gateway = runtime.gateway(NumberInventory, task.operation.provider)
    outcome = await gateway.find_request(task.operation.key, task.attempt)
    match outcome:
        case Done(None):
            return _ask_again(task, doubt, "The provider has not seen the request.", settings)
        case Done(FoundRequest(external_id=str(external_id))):
            return Result(
                task,
                Unusable(external_id),
                OperationTrigger.WITHDRAW,
                reason="It was held for a caller who had gone; it is given back.",
                reference=external_id,
            )
        case Done(FoundRequest(is_refused=True)):
            return await _ask_for_previous(gateway, task, doubt, settings)
        case Done():
            why = "The provider does not say what it did with the request."
            return _ask_again(task, doubt, why, settings)
        case Refused(code, reason):
            why = f"The provider does not answer the question ({code}: {reason})."
            return _ask_again(task, doubt, why, settings)
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            return _ask_again(task, doubt, f"The provider could not be asked: {reason}", settings)
        case _:
            assert_never(outcome)


async def _ask_for_previous(
    gateway: NumberInventory, task: WishTask, doubt: Doubt, settings: NumberingSettings
) -> WishResult:
    """Nothing is held. Whether what was to be replaced still is, is the other question."""
    why = "The provider refused the request."
    previous = task.request.wanted.previous_external_id
    if previous is None:
        return Result(task, Nothing(), OperationTrigger.REFUSED, reason=why)
    match await gateway.find_hold(previous, task.attempt):
        case Done(found):
            is_gone = found is None or found.status is not HoldStatus.HELD
            return Result(task, Nothing(is_gone), OperationTrigger.REFUSED, reason=why)
        case Refused(reason=reason) | NotSent(reason) | Unknown(reason) | Pending(reason):
            why = f"{why} What it was to replace could not be asked for: {reason}"
            return _ask_again(task, doubt, why, settings)


def _ask_again(task: WishTask, doubt: Doubt, why: str, settings: NumberingSettings) -> WishResult:
    """Later, as long as anything can be held."""
    past_hold = task.operation.taken_at - task.request.hold_until
    if past_hold > timedelta(seconds=settings.hold_grace):
        lapsed = f"{why} Whatever was held has lapsed by itself."
        # What it was to replace has lapsed as well, so it need not be let live.
        return Result(task, Nothing(is_previous_gone=True), OperationTrigger.WITHDRAW, lapsed)
    pause = pause_after(doubt.asked, timedelta(seconds=settings.ask_after))
    return Result(task, Asking(), OperationTrigger.UNKNOWN, reason=why, retry_in=pause)


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, ask_hold)]
