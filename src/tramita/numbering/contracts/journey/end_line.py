"""``numbering.end_line``: take the number of a contract off its SIM, which ends the line.

Taking it off twice is once, so it is repeated for as long as it takes; a further attempt
asks first, so that nothing is taken off a SIM that has found another number meanwhile. Then
a number that was in use rests before it is given back, and one that never was goes at once.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from tramita.contracts.service import set_activated
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations.follow_up import ask_or_act
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.repeatable import settled
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.acts import END_LINE
from tramita.numbering.contracts.lines import (
    Line,
    ids_in,
    load_lines,
    lock_contracts,
    show_lines,
)
from tramita.numbering.lifecycle import NumberStatus, NumberTrigger
from tramita.numbering.numbers.journey.release_number import give_back
from tramita.numbering.numbers.rows import lock_numbers, terminate_numbers, unassign_numbers
from tramita.numbering.ports import LineActivation
from tramita.numbering.settings import NumberingSettings

EndResult: TypeAlias = Result[Line, timedelta | None]


async def record_ends(work: UnitOfWork, results: Sequence[EndResult]) -> None:
    """Write that lines have ended; what the operator will not end is left to a person."""
    ended = {
        one.task.operation.subject_id: one.decision for one in results if one.decision is not None
    }
    if ended:
        await apply_ends(work, list(ended), "The line has ended.", rest=max(ended.values()))


async def apply_ends(
    work: UnitOfWork, contract_ids: Sequence[UUID], why: str, *, rest: timedelta
) -> None:
    """The operator has ended these contracts' lines; numbers that were in use rest so long."""
    contracts = await lock_contracts(work, contract_ids)
    numbers = await lock_numbers(work, contract_ids)
    used = ids_in(numbers, NumberStatus.IN_USE, NumberStatus.SUSPENDED)
    unused = ids_in(numbers, NumberStatus.ASSIGNED)
    await terminate_numbers(work, used, rest=rest, cause=why)
    for contract in contracts:
        await set_activated(work, contract.id, False, why)
    await work.session.flush()
    await unassign_numbers(work, unused)
    await show_lines(work, contract_ids)
    await give_back(work, unused, NumberTrigger.RELEASE)


ENDING: Final[OperationKind[Line, timedelta | None]] = OperationKind(
    name=END_LINE.name,
    port=END_LINE.port,
    job=END_LINE.job,
    load=load_lines,
    record=record_ends,
    calls=3,  # ask, act, and ask again when it was refused
)


async def end_line(runtime: Runtime, operation_id: UUID) -> None:
    """End one line."""
    desk = runtime.desk(ENDING)
    task = await desk.take(operation_id)
    if task is None:
        return  # Finished already, or in other hands.
    outcome = await _end(runtime, task)
    await desk.hand_in(_result(task, outcome, runtime.configured(NumberingSettings)))


def _result(task: Task[Line], outcome: Outcome[None], settings: NumberingSettings) -> EndResult:
    """Done: the number rests, if it was in use."""
    plain = settled(task, outcome, refused=OperationTrigger.PARK)
    rest = timedelta(days=settings.quarantine_days) if isinstance(outcome, Done) else None
    return Result(task, rest, plain.trigger, plain.reason, retry_in=plain.retry_in)


async def _end(runtime: Runtime, task: Task[Line]) -> Outcome[None]:
    line = task.request
    if line.msisdn is None or line.sim is None:
        return Done(None)
    gateway = runtime.gateway(LineActivation, task.operation.provider)
    return await ask_or_act(
        task,
        ask=partial(_ask, gateway, line.sim, line.msisdn, task),
        act=partial(gateway.release_sim, line.sim, task.attempt),
    )


async def _ask(
    gateway: LineActivation, sim: str, msisdn: str, task: Task[Line]
) -> Outcome[None] | None:
    """Done when the number is on the SIM no more; ``None``: it is to be taken off."""
    outcome = await gateway.find_line(sim, msisdn, task.attempt)
    match outcome:
        case Done(None):
            return Done(None)
        case Done() | Pending() | Refused():
            return None
        case NotSent() | Unknown():
            return outcome
        case _:
            assert_never(outcome)


JOBS: Final[list[Job[Runtime]]] = [Job(END_LINE.job, end_line)]
