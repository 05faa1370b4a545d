"""``numbering.activate_line``: put a contract's number on its SIM, and have the line go live.

The operator accepts that at once (the operation is ``PENDING``) and tells later what came
of it: by a callback (``take_callback``), or when it is asked because none came
(``numbering.ask_line``). Live: the number is ``IN_USE`` and the contract activated. Refused or
rejected: the number comes off the SIM and stays reserved for the contract, whose timeline
says why; another SIM may be assigned, or the contract cancelled.

An attempt whose answer was lost is never simply repeated. The operator is asked what it did
with our request, then what is on the SIM:

- the number is on the SIM, or the request has an end: that is the answer;
- neither: that is believed after a while, because what was sent may still be on its way.
  Then the same request is sent once more; a SIM carries one number at most, so that the
  first one, should it come after all, finds the SIM taken;
- it cannot be asked: again later, and after a long outage a person decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from tramita.contracts.service import set_activated
from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act, Caution
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
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


Decision: TypeAlias = Live | Failed


async def record_activations(
    work: UnitOfWork, results: Sequence[Result[Line, LineNews | None]]
) -> None:
    """Write what came of activations; what is still open has no decision."""
    decided: dict[UUID, Decision] = {}
    for one in results:
        contract_id = one.task.operation.subject_id
        match one.trigger:
            case OperationTrigger.DONE:
                decided[contract_id] = Live()
            case OperationTrigger.REFUSED | OperationTrigger.WITHDRAW:
                decided[contract_id] = Failed(one.reason or "")
            case OperationTrigger.PENDING | OperationTrigger.NOT_SENT:
                # Perhaps cancelled meanwhile: whoever tends the contract sees to that.
                work.enqueue(TEND_JOB, contract_id=contract_id)
            case _:
                pass
    await apply_activations(work, decided)


async def apply_activations(work: UnitOfWork, decided: Mapping[UUID, Decision]) -> None:
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


def decision_of(news: LineNews) -> Decision:
    """What the end of an activation means for contract and number."""
    if news.status is LineStatus.ACTIVE:
        return Live()
    because = f" ({news.reason})" if news.reason else ""
    return Failed(f"The operator has {news.status} the line{because}.")


def _why_not(news: LineNews) -> str | None:
    decision = decision_of(news)
    return decision.reason if isinstance(decision, Failed) else None


def _unwanted(line: Line) -> str | None:
    return None if line.is_wanted else "The contract was cancelled before its line went live."


async def _assign(operator: LineActivation, line: Line, attempt: Attempt) -> Outcome[LineNews]:
    if line.msisdn is None or line.sim is None:
        return Refused("no_line", "The contract has no number on a SIM any more.")
    return await operator.assign_sim(line.sim, line.msisdn, attempt)


async def _ask(operator: LineActivation, line: Line, attempt: Attempt) -> Outcome[LineNews] | None:
    """By our request; where that led to nothing, by the SIM. ``None``: it is to be put there."""
    asked = _read(await operator.find_assignment(attempt.key, attempt))
    was_refused = isinstance(asked, Done) and asked.value.status is LineStatus.REFUSED
    if asked is not None and not was_refused:
        return asked
    if line.sim is None or line.msisdn is None:
        return asked
    # It may be on the SIM all the same: put there by us before, or by somebody there.
    return _read(await operator.find_line(line.sim, line.msisdn, attempt)) or asked


def _read(outcome: Outcome[LineNews | None]) -> Outcome[LineNews] | None:
    match outcome:
        case Done(news):
            return None if news is None else Done(news)
        case Refused():
            return None  # It does not answer such questions.
        case Pending() | NotSent() | Unknown():
            return outcome
        case _:
            assert_never(outcome)


def _caution(runtime: Runtime) -> Caution:
    settings = runtime.configured(NumberingSettings)
    grace, outage = timedelta(seconds=settings.line_grace), timedelta(seconds=settings.outage_wait)
    return Caution(settings.first_pause, grace, outage)


ACTIVATION: Final[Act[Line, LineNews]] = Act(
    name=ACTIVATE_LINE,
    load=load_lines,
    call=_assign,
    ask=_ask,
    unwanted=_unwanted,
    failure=_why_not,
    record=record_activations,
    refuse=refuse_activations,
    reference=lambda news: news.assignment_id,
    caution=_caution,
    ask_calls=2,
)
