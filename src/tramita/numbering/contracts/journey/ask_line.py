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
from tramita.kit.operations.asking import Nothing, NoWord, Said, There, weigh
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.taken import Doubt
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.acts import ACTIVATE_LINE
from tramita.numbering.contracts.journey.activate_line import (
    ACTIVATION,
    Decision,
    LineTask,
    decide,
)
from tramita.numbering.contracts.journey.settle_line import settle_activation
from tramita.numbering.contracts.lines import Line
from tramita.numbering.ports import LineActivation, LineNews
from tramita.numbering.provider import LINES
from tramita.numbering.settings import NumberingSettings

_JOB: Final = str(ACTIVATE_LINE.ask_job)
_AFTER_NO_ANSWER: Final = timedelta(seconds=10)


async def ask_line(runtime: Runtime, operation_id: UUID) -> None:
    """Ask once how a line stands, and record what was learnt."""
    desk = runtime.desk(ACTIVATION)
    task = await desk.take_to_ask(operation_id)
    if task is None or task.operation.doubt is None:
        return  # Known meanwhile, or somebody else is asking.
    outcome = await _ask(runtime, task.operation.key, task.request, task.attempt)
    if task.operation.doubt.is_pending:
        await _follow(runtime, task, outcome)
        return
    settings = runtime.configured(NumberingSettings)
    said = _read(task, task.operation.doubt, outcome, settings)
    await desk.hand_in(weigh(task, task.operation.doubt, said, settings.first_pause))


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


def _read(
    task: LineTask,
    doubt: Doubt,
    outcome: Outcome[LineNews | None],
    settings: NumberingSettings,
) -> Said[Line, Decision]:
    left = doubt.left_to_believe(timedelta(seconds=settings.line_grace))
    match outcome:
        case Done(news):
            if news is None:
                why = "The operator knows nothing of it."
                return Nothing(why=why, left=left, waiting=None, then=None)
            return There(decide(task, Done(news), settings))
        case Pending():
            return There(decide(task, outcome, settings))
        case Refused(code, reason):
            # It does not answer such questions; so all that is left is to send once more.
            return Nothing(why=f"{code}: {reason}", left=left, waiting=None, then=None)
        case NotSent(reason) | Unknown(reason):
            why = f"The operator could not be asked: {reason}"
            left = doubt.left_of(timedelta(seconds=settings.outage_wait))
            return NoWord(why=why, left=left, waiting=None, then=None)
        case _:
            assert_never(outcome)


async def _follow(runtime: Runtime, task: LineTask, outcome: Outcome[LineNews | None]) -> None:
    """The second source: accepted, and no callback so far."""
    pause = _AFTER_NO_ANSWER
    match outcome:
        case Done(LineNews() as news):
            async with runtime.database.unit_of_work(actor=_JOB) as work:
                await settle_activation(work, task.operation.subject_id, news)
        case Pending(_, ask_again_in):
            pause = ask_again_in
        case _:
            pass
    # Where it has no end yet.
    still = Result[Line, Decision](task, None, OperationTrigger.PENDING, retry_in=pause)
    await runtime.desk(ACTIVATION).hand_in(still)


JOBS: Final[list[Job[Runtime]]] = [Job(_JOB, ask_line)]
