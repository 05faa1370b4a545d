"""Use cases of a number's line: assigned to a SIM, live, suspended, ended.

Each is one move along the life cycle; what a state forbids is refused with a sentence
naming the state, and nothing changes.
"""

from datetime import timedelta
from uuid import UUID

import asyncpg

from tramita.kit.bounds import Bounds
from tramita.kit.database.rows import update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.masking_shapes import mask_phone
from tramita.numbering.errors import NumberNotFound, NumberStateForbids, SIMInUse, SIMNotFound
from tramita.numbering.lifecycle import NumberStatus, NumberTrigger
from tramita.numbering.numbers.rows import NUMBERS, TEND_JOB, find_number, terminate_numbers


async def assign_number(work: UnitOfWork, msisdn: str, sim_id: str, *, caller: Bounds) -> None:
    """Bind a reserved number to a SIM, before it counts as abandoned."""
    row = await _get(work, msisdn, caller)
    if row["status"] == NumberStatus.RESERVED and _is_abandoned(row):
        raise NumberStateForbids(
            number=mask_phone(msisdn), status="abandoned", trigger=NumberTrigger.ASSIGN.value
        )
    await _check_free(work, sim_id, row["id"], caller)
    await _move(work, row, NumberTrigger.ASSIGN)
    bound = {"assigned_sim_id": sim_id, "reserved_until": None}
    await update_rows(work, "phone_number", {row["id"]: bound})


async def _check_free(work: UnitOfWork, sim_id: str, number_id: UUID, caller: Bounds) -> None:
    """Refuse a SIM that has another number; somebody else's SIM is none to this caller."""
    # One at a time for each SIM, so that nobody gets it after we have looked.
    await work.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 22))", sim_id)
    holders = await work.fetch(
        "SELECT carrier FROM phone_number WHERE assigned_sim_id = $1 AND id <> $2",
        sim_id,
        number_id,
    )
    for holder in holders:
        raise SIMInUse if caller.may_see(holder["carrier"]) else SIMNotFound


def _is_abandoned(row: asyncpg.Record) -> bool:
    """Whether nobody came for a reserved number in time; one of a contract waits with it."""
    until = row["reserved_until"]
    return row["contract_id"] is None and until is not None and until <= row["now"]


async def move_line(
    work: UnitOfWork, msisdn: str, trigger: NumberTrigger, *, caller: Bounds
) -> None:
    """Activate, suspend or resume a line."""
    row = await _get(work, msisdn, caller)
    await _move(work, row, trigger)


async def terminate_line(work: UnitOfWork, msisdn: str, *, caller: Bounds, rest: timedelta) -> None:
    """End a line; the number rests for ``rest`` and is then given back."""
    row = await _get(work, msisdn, caller)
    ended = await terminate_numbers(work, [row["id"]], rest=rest)
    _follow(work, row, NumberTrigger.TERMINATE, is_moved=row["id"] in ended)


async def _get(work: UnitOfWork, msisdn: str, caller: Bounds) -> asyncpg.Record:
    row = await find_number(work, msisdn, lock=True)
    if row is None or not caller.may_see(row["carrier"]):
        raise NumberNotFound
    return row


async def _move(work: UnitOfWork, row: asyncpg.Record, trigger: NumberTrigger) -> None:
    moved = await NUMBERS.move(work, [row["id"]], trigger)
    _follow(work, row, trigger, is_moved=row["id"] in moved)


def _follow(
    work: UnitOfWork, row: asyncpg.Record, trigger: NumberTrigger, *, is_moved: bool
) -> None:
    """Have the number's contract looked after; raise when its state forbids the move."""
    if not is_moved:
        raise NumberStateForbids(
            number=mask_phone(row["msisdn"]), status=row["status"], trigger=trigger.value
        )
    if row["contract_id"] is not None:
        work.enqueue(TEND_JOB, contract_id=row["contract_id"])
