"""``numbering.ask_line``: find out how an activation stands.

Two kinds of operation come here. One that was accepted, about which no callback has come
for a while: the operator is asked again and again until it is live or has failed; it
cannot be lost, only late. And one whose answer was lost. Of that the operator is asked what
it did with our request, then what is on the SIM:

- the number is on the SIM, or the request has an end: that is the answer;
- neither: that is believed after a while, because what was sent may still be on its way.
  Then the same request is sent once more; a SIM carries one number at most, so that the
  first one, should it come after all, finds the SIM taken;
- it cannot be asked: again later, and after a long outage a person decides.
"""

from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.jobs import Job
from tramita.kit.operations import ledger
from tramita.kit.operations.kind import Result
from tramita.kit.operations.ledger import Doubt
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.pause import pause_after
from tramita.kit.operations.pending import ask_again, take_pending
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.contracts.journey.activate_line import (
    ACTIVATION,
    ASK_JOB,
    LineResult,
    LineTask,
    decide,
)
from tramita.numbering.contracts.journey.settle_line import settle_activation
from tramita.numbering.contracts.lines import Line, load_lines
from tramita.numbering.ports import LineActivation, LineNews
from tramita.numbering.provider import LINES
from tramita.numbering.settings import NumberingSettings

_AFTER_NO_ANSWER: Final = timedelta(seconds=10)
# Longer than a question takes; whoever asks has the operation for so long.
_QUESTION: Final = timedelta(minutes=2)


async def ask_line(runtime: Runtime, operation_id: UUID) -> None:
    """Ask once how a line stands, and record what was learnt."""
    desk = runtime.desk(ACTIVATION)
    task = await desk.take_unknown(operation_id)
    if task is None or task.operation.doubt is None:
        await _ask_pending(runtime, operation_id)
        return
    outcome = await _ask(runtime, task.operation.key, task.request, task.attempt)
    settings = runtime.configured(NumberingSettings)
    await desk.hand_in(_judge(task, task.operation.doubt, outcome, settings))


async def _ask(
    runtime: Runtime, request_id: str, line: Line, attempt: Attempt
) -> Outcome[LineNews | None]:
    """By our request; where that leads to nothing, by the SIM."""
    gateway = runtime.gateway(LineActivation, LINES)
    outcome = await gateway.find_assignment(request_id, attempt)
    match outcome:
        case Done(None) | Refused():
            if line.sim is None or line.msisdn is None:
                return Done(None)
            return await gateway.find_line(line.sim, line.msisdn, attempt)
        case _:
            return outcome


def _judge(
    task: LineTask,
    doubt: Doubt,
    outcome: Outcome[LineNews | None],
    settings: NumberingSettings,
) -> LineResult:
    match outcome:
        case Done(news):
            if news is None:
                return _found_nothing(task, doubt, settings)
            return decide(task, Done(news), settings)
        case Pending():
            return decide(task, outcome, settings)
        case Refused(code, reason):
            # It does not answer such questions; so all that is left is to send once more.
            return _found_nothing(task, doubt, settings, f"{code}: {reason}")
        case NotSent(reason) | Unknown(reason):
            return _ask_again(task, doubt, f"The operator could not be asked: {reason}", settings)
        case _:
            assert_never(outcome)


def _found_nothing(
    task: LineTask,
    doubt: Doubt,
    settings: NumberingSettings,
    why: str = "The operator knows nothing of it.",
) -> LineResult:
    believed_after = timedelta(seconds=settings.line_grace)
    if doubt.nothing_for is None or doubt.nothing_for < believed_after:
        pause = pause_after(doubt.asked, timedelta(seconds=settings.ask_after))
        return Result(
            task,
            None,
            OperationTrigger.UNKNOWN,
            reason=why,
            retry_in=min(pause, believed_after),
            found_nothing=True,
        )
    again = f"{why} It is sent once more."
    return Result(task, None, OperationTrigger.NOT_SENT, reason=again)


def _ask_again(task: LineTask, doubt: Doubt, why: str, settings: NumberingSettings) -> LineResult:
    if doubt.lasts > timedelta(seconds=settings.outage_wait):
        return Result(task, None, OperationTrigger.PARK, reason=why)
    pause = pause_after(doubt.asked, timedelta(seconds=settings.ask_after))
    return Result(task, None, OperationTrigger.UNKNOWN, reason=why, retry_in=pause)


async def _ask_pending(runtime: Runtime, operation_id: UUID) -> None:
    """The second source: accepted, and no callback so far."""
    async with runtime.database.unit_of_work(actor=ASK_JOB) as work:
        taken = await take_pending(work, operation_id, lease=_QUESTION)
        if taken is None:
            return  # Known meanwhile, or somebody else is asking.
        contract_id, attempt = taken
        line = (await load_lines(work, [contract_id]))[contract_id]
    outcome = await _ask(runtime, attempt.key, line, attempt)
    async with runtime.database.unit_of_work(actor=ASK_JOB) as work:
        pause = _AFTER_NO_ANSWER
        match outcome:
            case Done(LineNews() as news):
                await settle_activation(work, contract_id, news)
            case Pending(_, ask_again_in):
                pause = ask_again_in
            case _:
                pass
        await ask_again(work, operation_id, pause)
        await ledger.journal(work, [(attempt, type(outcome).__name__.lower())])


JOBS: Final[list[Job[Runtime]]] = [Job(ASK_JOB, ask_line)]
