"""``numbering.tend_contract``: look at a mobile contract and its number, and do what is next.

It is enqueued whenever something about either has changed, and decides by nothing but how
they stand now (``rules.next_step``); so it may come twice, late, or once for several changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID

import asyncpg

from tramita.contracts.model import Contract
from tramita.contracts.service import get_contract, set_activated, write_backend_records
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.jobs import Job
from tramita.kit.operations import doubts, ledger, standing
from tramita.kit.operations.kind import ActName
from tramita.kit.operations.pause import pause_after
from tramita.kit.operations.standing import Standing
from tramita.kit.runtime import Runtime
from tramita.numbering.acts import ACTIVATE_LINE, END_LINE
from tramita.numbering.contracts.lifecycle import LINE, LineState, LineTrigger
from tramita.numbering.contracts.lines import MOBILE_LINES, lock_line, show_lines
from tramita.numbering.contracts.rules import Case, Need, next_step
from tramita.numbering.errors import SIMInUse, SIMNotFound
from tramita.numbering.lifecycle import NumberStatus, NumberTrigger
from tramita.numbering.numbers.rows import TEND_JOB, give_back, lock_numbers, unassign_numbers
from tramita.numbering.numbers.service import assign_number, move_line
from tramita.numbering.provider import LINES
from tramita.numbering.settings import NumberingSettings

S = NumberStatus
ACTOR: Final = "vivo"
GET_JOB: Final = "numbering.get_number"
_CANCELLED: Final = "The contract was cancelled."
_NO_MORE: Final = {
    Need.NOTE_RETURNED: "The number was given back.",
    Need.NOTE_ENDED: "The line has ended.",
}
_GONE: Final = {
    Need.NOTE_RETURNED: LineTrigger.GIVE_BACK,
    Need.NOTE_CANCELLED: LineTrigger.CANCEL,
}


@dataclass(frozen=True)
class _Matter:
    """A contract, its line and number, and the operations under way about them, all locked."""

    contract: Contract
    line: LineState
    numbers: Sequence[asyncpg.Record]
    operations: Mapping[str, Standing]

    @property
    def id(self) -> UUID:
        return self.contract.id

    @property
    def msisdn(self) -> str:
        [number] = self.numbers
        return str(number["msisdn"])

    @property
    def activation(self) -> Standing | None:
        return self.operations.get(ACTIVATE_LINE.name)

    @property
    def case(self) -> Case:
        activation = self.activation
        return Case(
            is_active=self.contract.active,
            is_live=self.contract.activated,
            number=next((NumberStatus(number["status"]) for number in self.numbers), None),
            line=self.line,
            has_sim=self.contract.backend_record.get("wanted_sim") is not None,
            activation=activation.state if activation else None,
            was_sent=bool(activation and activation.attempts),
            is_ending=END_LINE.name in self.operations,
        )


async def tend_contract(runtime: Runtime, contract_id: UUID, tries: int = 0) -> None:
    """Do the next thing; come again where only time can help, with growing pauses."""
    first = timedelta(seconds=runtime.configured(NumberingSettings).ask_after)
    try:
        async with runtime.database.unit_of_work(actor=ACTOR) as work:
            matter = await _look(work, contract_id)
            need = next_step(matter.case)
            await show_lines(work, [contract_id])
            match need:
                case Need.NOTHING:
                    pass
                case Need.WAIT:
                    tend_later(work, contract_id, tries, first)
                case Need.GET_NUMBER:
                    work.enqueue(GET_JOB, contract_id=contract_id, tries=tries)
                case Need.USE_SIM:
                    await _use_sim(work, matter)
                case Need.ACTIVATE:
                    await _begin(work, ACTIVATE_LINE, matter)
                case Need.NOTE_RETURNED | Need.NOTE_ENDED | Need.NOTE_CANCELLED:
                    await _note(work, matter, need)
                case Need.GIVE_BACK | Need.TAKE_OFF:
                    await _give_back(work, matter, is_on_sim=need is Need.TAKE_OFF)
                case Need.CALL_OFF | Need.END:
                    await _end(work, matter, is_called_off=need is Need.CALL_OFF)
                case _:
                    assert_never(need)
    except (SIMInUse, SIMNotFound) as error:
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


async def _look(work: UnitOfWork, contract_id: UUID) -> _Matter:
    # One at a time, from before the first look: who waited at an operation's row would not see
    # the operation that was begun there meanwhile, and take the number for free.
    await work.fetch("SELECT pg_advisory_xact_lock(hashtext($1))", f"numbering.tend {contract_id}")
    live = await standing.live(work, [contract_id], [ACTIVATE_LINE, END_LINE], lock=True)
    contract = await get_contract(work, contract_id, lock=True)
    work.cause = contract.behalf
    numbers = await lock_numbers(work, [contract_id])
    line = await lock_line(work, contract)
    return _Matter(contract, line, numbers, {one.kind: one for one in live})


async def _use_sim(work: UnitOfWork, matter: _Matter) -> None:
    """Put the number on the SIM that the contract came with, and have the line go live."""
    sim = matter.contract.backend_record["wanted_sim"]
    await assign_number(work, matter.msisdn, sim, caller=matter.contract.bounds)
    await show_lines(work, [matter.id], wanted_sim=None)
    await _begin(work, ACTIVATE_LINE, matter)


async def _begin(work: UnitOfWork, act: ActName, matter: _Matter) -> None:
    await ledger.prepare(work, act, {matter.id: f"{act.name}:{new_id()}"}, provider=LINES)


async def _give_back(work: UnitOfWork, matter: _Matter, *, is_on_sim: bool) -> None:
    """Have the number given back, off a SIM of which the operator knows nothing."""
    ids = [number["id"] for number in matter.numbers]
    if is_on_sim:
        await _call_off(work, matter)
        await unassign_numbers(work, ids)
    await give_back(work, ids, NumberTrigger.RELEASE)


async def _end(work: UnitOfWork, matter: _Matter, *, is_called_off: bool) -> None:
    """Have the operator take the number off its SIM."""
    if is_called_off:
        await _call_off(work, matter)
    await _begin(work, END_LINE, matter)


async def _call_off(work: UnitOfWork, matter: _Matter) -> None:
    """What was accepted is not waited for any more; what was not begun is not done."""
    if matter.activation is not None:
        await doubts.withdraw(work, [matter.activation.id], cause=_CANCELLED)


async def _note(work: UnitOfWork, matter: _Matter, what: Need) -> None:
    """Write down what is no more."""
    if what in _NO_MORE and matter.case.is_active:
        await set_activated(work, matter.id, False, _NO_MORE[what])
        await work.session.flush()
    if what in _GONE:
        await MOBILE_LINES.move_one(work, matter.id, _GONE[what])
        status = LINE.next(matter.line, _GONE[what])
        await write_backend_records(work, {matter.id: {"status": status, "sim": None}})


async def _drop_sim(work: UnitOfWork, contract_id: UUID, why: str) -> None:
    """The SIM that the contract came with cannot be had; it waits for another."""
    matter = await _look(work, contract_id)
    if matter.case.is_active and matter.case.has_sim:
        await set_activated(work, contract_id, False, why)
        await work.session.flush()
        await show_lines(work, [contract_id], wanted_sim=None, reason=why)


async def follow_suspension(runtime: Runtime, contract_id: UUID) -> None:
    """Let the line rest while its contract is suspended, and go on after that."""
    async with runtime.database.unit_of_work(actor=ACTOR) as work:
        matter = await _look(work, contract_id)
        is_resting = matter.contract.suspended_at is not None
        trigger = NumberTrigger.SUSPEND if is_resting else NumberTrigger.RESUME
        if matter.case.is_active and matter.case.number is (
            S.IN_USE if is_resting else S.SUSPENDED
        ):
            bounds = matter.contract.bounds
            await move_line(work, matter.msisdn, trigger, caller=bounds)
            await show_lines(work, [contract_id])


FOLLOW_SUSPENSION: Final = "numbering.follow_suspension"
JOBS: Final[list[Job[Runtime]]] = [
    Job(TEND_JOB, tend_contract),
    Job(FOLLOW_SUSPENSION, follow_suspension),
]
