"""``numbering.end_line``: take the number of a contract off its SIM, which ends the line.

Taking it off twice is once, so it is repeated for as long as it takes; a further attempt
asks first, so that nothing is taken off a SIM that has found another number meanwhile. Then
a number that was in use rests before it is given back, and one that never was goes at once.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID

from tramita.contracts.service import set_activated
from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
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
from tramita.numbering.numbers.rows import (
    give_back,
    lock_numbers,
    terminate_numbers,
    unassign_numbers,
)
from tramita.numbering.ports import LineActivation
from tramita.numbering.settings import NumberingSettings


async def record_ends(work: UnitOfWork, results: Sequence[Result[Line, timedelta | None]]) -> None:
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


def _rest(runtime: Runtime, _: object) -> timedelta:
    return timedelta(days=runtime.configured(NumberingSettings).quarantine_days)


async def _end(operator: LineActivation, line: Line, attempt: Attempt) -> Outcome[timedelta | None]:
    if line.msisdn is None or line.sim is None:
        return Done(None)
    ended = await operator.release_sim(line.sim, attempt)
    return Done(None) if isinstance(ended, Done) else ended


async def _ask(
    operator: LineActivation, line: Line, attempt: Attempt
) -> Outcome[timedelta | None] | None:
    """Done when the number is on the SIM no more; ``None``: it is to be taken off."""
    if line.msisdn is None or line.sim is None:
        return Done(None)
    outcome = await operator.find_line(line.sim, line.msisdn, attempt)
    match outcome:
        case Done(None):
            return Done(None)
        case Done() | Pending() | Refused():
            return None
        case NotSent() | Unknown():
            return outcome
        case _:
            assert_never(outcome)


ENDING: Final[Act[Line, timedelta | None]] = Act(
    name=END_LINE,
    load=load_lines,
    call=_end,
    ask=_ask,
    on_refused=OperationTrigger.PARK,
    record=record_ends,
    reference=lambda _: None,
    meaning=_rest,
)
