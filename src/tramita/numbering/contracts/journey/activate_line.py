"""``numbering.activate_line``: put a contract's number on its SIM, and have the line go live.

The operator accepts that at once (the operation is ``PENDING``) and tells later what came
of it: by a callback (``take_callback``), or when it is asked because none came
(``ask_line``). Live: the number is ``IN_USE`` and the contract activated. Refused or
rejected: the number comes off the SIM and stays reserved for the contract, whose timeline
says why; another SIM may be assigned, or the contract cancelled.

An attempt whose answer was lost is never simply repeated: ``ask_line`` asks first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from tramita.kit.operations.pause import pause_after
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.acts import ACTIVATE_LINE
from tramita.numbering.contracts.lines import (
    Line,
    ids_in,
    load_lines,
    lock_contracts,
    show_lines,
)
from tramita.numbering.lifecycle import NumberStatus, NumberTrigger
from tramita.numbering.numbers.rows import NUMBERS, TEND_JOB, lock_numbers, unassign_numbers
from tramita.numbering.ports import LineActivation, LineNews, LineStatus
from tramita.numbering.settings import NumberingSettings

_WITH_LINE: Final = frozenset({NumberStatus.ASSIGNED, NumberStatus.IN_USE, NumberStatus.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Live:
    """The line is live."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It will not be live, and the SIM does not carry the number."""

    reason: str


Decision: TypeAlias = Live | Failed | None
LineTask: TypeAlias = Task[Line]
LineResult: TypeAlias = Result[Line, Decision]


async def record_activations(work: UnitOfWork, results: Sequence[LineResult]) -> None:
    """Write what came of activations; what is still open has no decision."""
    decided: dict[UUID, Live | Failed] = {}
    for one in results:
        if one.decision is not None:
            decided[one.task.operation.subject_id] = one.decision
    await apply_activations(work, decided)
    for one in results:
        # Accepted, and perhaps cancelled meanwhile: whoever tends the contract sees to that.
        if one.trigger in (OperationTrigger.PENDING, OperationTrigger.NOT_SENT):
            work.enqueue(TEND_JOB, contract_id=one.task.operation.subject_id)


async def apply_activations(work: UnitOfWork, decided: Mapping[UUID, Live | Failed]) -> None:
    """Let contracts and their numbers follow what was learnt of their lines."""
    if not decided:
        return
    contracts = await lock_contracts(work, list(decided))
    numbers = await lock_numbers(work, list(decided))
    live = [row for row in numbers if isinstance(decided[row["contract_id"]], Live)]
    failed = [row for row in numbers if isinstance(decided[row["contract_id"]], Failed)]
    await NUMBERS.move(work, ids_in(live, NumberStatus.ASSIGNED), NumberTrigger.ACTIVATE)
    await unassign_numbers(work, ids_in(failed, NumberStatus.ASSIGNED))
    # Under the lock: its number may have been given back since the word came.
    has_line = {row["contract_id"] for row in live if row["status"] in _WITH_LINE}
    for contract in contracts:
        match decided[contract.id]:
            case Live() if contract.id not in has_line:
                pass
            case Live():
                await set_activated(work, contract.id, True, "The line is live.")
                contract.backend_record.pop("reason", None)
            case Failed(reason):
                await set_activated(work, contract.id, False, reason)
                contract.backend_record["reason"] = reason
        if not contract.active:
            work.enqueue(TEND_JOB, contract_id=contract.id)
    await work.session.flush()
    await show_lines(work, list(decided))


async def refuse_activations(work: UnitOfWork, ids: Sequence[UUID], words: str) -> None:
    """A person says that the SIM does not carry the number."""
    await apply_activations(work, dict.fromkeys(ids, Failed(words)))


ACTIVATION: Final[OperationKind[Line, Decision]] = OperationKind(
    name=ACTIVATE_LINE.name,
    port=ACTIVATE_LINE.port,
    job=ACTIVATE_LINE.job,
    ask_job=ACTIVATE_LINE.ask_job,
    load=load_lines,
    record=record_activations,
    refuse=refuse_activations,
    calls=3,  # ask, act, and ask again when it was refused
    ask_calls=2,  # by request, and by SIM
)


async def activate_line(runtime: Runtime, operation_id: UUID) -> None:
    """Carry one activation out, or have it asked about when nobody knows how it went."""
    desk = runtime.desk(ACTIVATION)
    task = await desk.take(operation_id)
    if task is None:
        return  # Finished already, withdrawn, or in other hands.
    settings = runtime.configured(NumberingSettings)
    if task.is_lost:
        why = "It was sent, and the process ended before the answer."
        await desk.hand_in(ask_later(task, why, settings))
        return
    outcome = await _activate(runtime, task)
    await desk.hand_in(decide(task, outcome, settings))


async def _activate(runtime: Runtime, task: LineTask) -> Outcome[LineNews]:
    line = task.request
    if line.msisdn is None or line.sim is None:
        return Refused("no_line", "The contract has no number on a SIM any more.")
    if not line.is_wanted:
        return Refused("cancelled", "The contract was cancelled before its line went live.")
    gateway = runtime.gateway(LineActivation, task.operation.provider)
    return await ask_or_act(
        task,
        ask=partial(_ask, gateway, line.sim, line.msisdn, task),
        act=partial(gateway.assign_sim, line.sim, line.msisdn, task.attempt),
    )


async def _ask(
    gateway: LineActivation, sim: str, msisdn: str, task: LineTask
) -> Outcome[LineNews] | None:
    """How the number stands on the SIM already; ``None``: it has to be put there."""
    outcome = await gateway.find_line(sim, msisdn, task.attempt)
    match outcome:
        case Done(news):
            return None if news is None else Done(news)
        case Refused():
            return None
        case Pending() | NotSent() | Unknown():
            return outcome
        case _:
            assert_never(outcome)


def decide(task: LineTask, outcome: Outcome[LineNews], settings: NumberingSettings) -> LineResult:
    """What the operator's answer means for the line."""
    match outcome:
        case Done(news):
            return settled(task, news)
        case Pending(reference, ask_again_in):
            return Result(
                task, None, OperationTrigger.PENDING, reference=reference, retry_in=ask_again_in
            )
        case Refused(code, reason):
            why = f"{code}: {reason}"
            return Result(task, Failed(why), OperationTrigger.REFUSED, reason=why)
        case NotSent(reason, retry_in):
            pause = pause_after(task.operation.attempt, retry_in)
            return Result(task, None, OperationTrigger.NOT_SENT, reason=reason, retry_in=pause)
        case Unknown(reason):
            return ask_later(task, reason, settings)
        case _:
            assert_never(outcome)


def settled(task: LineTask, news: LineNews) -> LineResult:
    """The operator has said how it ended."""
    decision = decision_of(news)
    if isinstance(decision, Live):
        return Result(task, decision, OperationTrigger.DONE, reference=news.assignment_id)
    return Result(
        task,
        decision,
        OperationTrigger.REFUSED,
        reason=decision.reason,
        reference=news.assignment_id,
    )


def decision_of(news: LineNews) -> Live | Failed:
    """What the end of an activation means for contract and number."""
    if news.status is LineStatus.ACTIVE:
        return Live()
    because = f" ({news.reason})" if news.reason else ""
    return Failed(f"The operator has {news.status} the line{because}.")


def ask_later(task: LineTask, why: str, settings: NumberingSettings) -> LineResult:
    """The operator is asked in a moment."""
    pause = timedelta(seconds=settings.ask_after)
    return Result(task, None, OperationTrigger.UNKNOWN, reason=why, retry_in=pause)


JOBS: Final[list[Job[Runtime]]] = [Job(ACTIVATE_LINE.job, activate_line)]
