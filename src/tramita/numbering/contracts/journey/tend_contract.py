"""``numbering.tend_contract``: look at a mobile contract and its number, and do what is next.

It is enqueued whenever something about either has changed, and decides by nothing but how
they stand now; so it may come twice, late, or once for several changes. A contract that is
active gets its number (one that it names, or one at random), the number its SIM, and the
line is activated. A cancelled one gives back what it has:

- a number that is being reserved is waited for;
- a reserved one is given back;
- one on a SIM, whose activation the operator has not heard of, comes off it and is given
  back; one it has heard of is taken off the SIM there first (``end_line``); where nobody
  knows, that is found out before (``ask_line``);
- one in use has its line ended, rests, and is given back by the sweep.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from tramita.contracts.model import Contract
from tramita.contracts.service import get_contract, set_activated, write_backend_records
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.jobs import Job
from tramita.kit.operations import doubts, ledger
from tramita.kit.operations.lifecycle import LIVE, OperationState
from tramita.kit.operations.pause import pause_after
from tramita.kit.runtime import Runtime
from tramita.numbering.contracts.journey.activate_line import ACTIVATION
from tramita.numbering.contracts.journey.end_line import ENDING
from tramita.numbering.contracts.lines import ACTIVATE, END, show_lines
from tramita.numbering.errors import SIMInUse
from tramita.numbering.lifecycle import NumberStatus, NumberTrigger
from tramita.numbering.numbers.journey.release_number import give_back
from tramita.numbering.numbers.rows import TEND_JOB, lock_numbers, unassign_numbers
from tramita.numbering.numbers.service import assign_number, move_line
from tramita.numbering.provider import LINES
from tramita.numbering.settings import NumberingSettings

S = NumberStatus
O = OperationState  # noqa: E741 - as short as the other one
ACTOR: Final = "vivo"
GET_JOB: Final = "numbering.get_number"
_CANCELLED: Final = "The contract was cancelled."
# Certainly nothing has happened at the operator.
_NOT_BEGUN: Final = frozenset({O.PREPARED, O.NOT_SENT})


@dataclass(frozen=True)
class _Case:
    """A contract, its number, and what is under way about them, all locked."""

    contract: Contract
    number: asyncpg.Record | None
    operations: Mapping[str, asyncpg.Record]

    @property
    def id(self) -> UUID:
        return self.contract.id

    @property
    def record(self) -> Mapping[str, Any]:
        return self.contract.backend_record

    @property
    def lacks_number(self) -> bool:
        """Whether it waits for its first number; one that was given back is not replaced."""
        is_over = "number_id" in self.record or "is_failed" in self.record
        return self.contract.active and self.number is None and not is_over


async def tend_contract(runtime: Runtime, contract_id: UUID, tries: int = 0) -> None:
    """Do the next thing; come again where only time can help, with growing pauses."""
    settings = runtime.configured(NumberingSettings)
    try:
        async with runtime.database.unit_of_work(actor=ACTOR) as work:
            case = await _look(work, contract_id)
            is_waiting = await (_go_on if case.contract.active else _wind_up)(work, case)
            if case.lacks_number:
                work.enqueue(GET_JOB, contract_id=contract_id, tries=tries)
            elif is_waiting:
                tend_later(work, contract_id, tries, timedelta(seconds=settings.ask_after))
    except SIMInUse as error:
        async with runtime.database.unit_of_work(actor=ACTOR) as work:
            await _drop_sim(work, contract_id, str(error))


def tend_later(work: UnitOfWork, contract_id: UUID, tries: int, first: timedelta) -> None:
    """Have a contract looked at again, after a pause that grows to a minute."""
    work.enqueue(
        TEND_JOB,
        delay=pause_after(tries + 1, first),
        key=f"tend:{contract_id}:{tries + 1}",
        contract_id=contract_id,
        tries=tries + 1,
    )


async def _look(work: UnitOfWork, contract_id: UUID) -> _Case:
    # One at a time, from before the first look: who waited at an operation's row would not see
    # the operation that was begun there meanwhile, and take the number for free.
    await work.fetch("SELECT pg_advisory_xact_lock(hashtext($1))", f"numbering.tend {contract_id}")
    rows = await work.fetch(
        """
        SELECT id, kind, state, attempts FROM operations
        WHERE subject_id = $1 AND kind = ANY($2::text[]) AND state = ANY($3::text[])
        ORDER BY id FOR UPDATE
        """,
        contract_id,
        [ACTIVATE, END],
        [state.value for state in LIVE],
    )
    contract = await get_contract(work, contract_id, lock=True)
    work.cause = contract.behalf
    numbers = await lock_numbers(work, [contract_id])
    return _Case(contract, numbers[0] if numbers else None, {row["kind"]: row for row in rows})


async def _go_on(work: UnitOfWork, case: _Case) -> bool:
    """What an active contract needs; true: to be looked at again in a while."""
    number = case.number
    if number is None:
        if "number_id" in case.record:
            await set_activated(work, case.id, False, "The number was given back.")
            await work.session.flush()
            await _note(work, case, status=S.RETURNED.value, sim=None)
        return False
    status = number["status"]
    sim = case.record.get("wanted_sim")
    if status == S.RESERVED and sim is not None:
        await assign_number(work, number["msisdn"], sim, caller=case.contract.bounds)
        await show_lines(work, [case.id], wanted_sim=None)
        await _activate(work, case)
        return False
    if status == S.ASSIGNED and ACTIVATE not in case.operations:
        await _activate(work, case)
    elif status in (S.QUARANTINE, S.PORTED_OUT) and case.contract.activated:
        await set_activated(work, case.id, False, "The line has ended.")
        await work.session.flush()
    await show_lines(work, [case.id])
    return status in (S.RESERVING, S.UNAVAILABLE)


async def _activate(work: UnitOfWork, case: _Case) -> None:
    await ledger.prepare(work, ACTIVATION, {case.id: f"{ACTIVATE}:{new_id()}"}, provider=LINES)


async def _wind_up(work: UnitOfWork, case: _Case) -> bool:
    """What a cancelled contract has to give back; true: to be looked at again in a while."""
    number = case.number
    if number is None:
        status = S.RETURNED.value if "number_id" in case.record else "CANCELLED"
        await _note(work, case, status=status, sim=None)
        return False
    await show_lines(work, [case.id])
    match number["status"]:
        case S.RESERVED:
            await give_back(work, [number["id"]], NumberTrigger.RELEASE)
        case S.ASSIGNED:
            await _take_off(work, case, number["id"])
        case S.IN_USE | S.SUSPENDED:
            await _end(work, case)
        case _:
            pass
    return number["status"] in (S.RESERVING, S.UNAVAILABLE)


async def _take_off(work: UnitOfWork, case: _Case, number_id: UUID) -> None:
    """The number is on a SIM, and was to go live."""
    if END in case.operations:
        return
    activation = case.operations.get(ACTIVATE)
    if activation is None or (activation["state"] in _NOT_BEGUN and not activation["attempts"]):
        if activation is not None:
            await doubts.withdraw(work, [activation["id"]], cause=_CANCELLED)
        await unassign_numbers(work, [number_id])
        await give_back(work, [number_id], NumberTrigger.RELEASE)
    elif activation["state"] in _NOT_BEGUN or activation["state"] == O.PENDING:
        await doubts.withdraw(work, [activation["id"]], cause=_CANCELLED)
        await _end(work, case)
    # Else the answer is on its way, or asked for; whoever records it has us look again.


async def _end(work: UnitOfWork, case: _Case) -> None:
    if END not in case.operations:
        await ledger.prepare(work, ENDING, {case.id: f"{END}:{new_id()}"}, provider=LINES)


async def _note(work: UnitOfWork, case: _Case, **noted: object) -> None:
    await write_backend_records(work, {case.id: noted})


async def _drop_sim(work: UnitOfWork, contract_id: UUID, why: str) -> None:
    """The SIM that the contract came with cannot be had; it waits for another."""
    case = await _look(work, contract_id)
    if case.contract.active and case.record.get("wanted_sim") is not None:
        await set_activated(work, contract_id, False, why)
        await work.session.flush()
        await show_lines(work, [contract_id], wanted_sim=None, reason=why)


async def follow_suspension(runtime: Runtime, contract_id: UUID) -> None:
    """Let the line rest while its contract is suspended, and go on after that."""
    async with runtime.database.unit_of_work(actor=ACTOR) as work:
        case = await _look(work, contract_id)
        if case.number is None or not case.contract.active:
            return
        is_resting = case.contract.suspended_at is not None
        trigger = NumberTrigger.SUSPEND if is_resting else NumberTrigger.RESUME
        if case.number["status"] == (S.IN_USE if is_resting else S.SUSPENDED):
            bounds = case.contract.bounds
            await move_line(work, case.number["msisdn"], trigger, caller=bounds)
            await show_lines(work, [contract_id])


FOLLOW_SUSPENSION: Final = "numbering.follow_suspension"
JOBS: Final[list[Job[Runtime]]] = [
    Job(TEND_JOB, tend_contract),
    Job(FOLLOW_SUSPENSION, follow_suspension),
]
