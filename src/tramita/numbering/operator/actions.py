"""What a person may do about one number, with a reason that its history keeps.

*Release* gives a reserved number back. *Block* takes one out of circulation, *unblock* has
the next sweep give it back. *Port out* and *come back* note what other operators did;
*reinstate* that a customer took up an ended line again before its number had gone.
Retrying what failed at the provider is an action of its operation (``kit.operations``).
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import asyncpg

from tramita.kit.database.rows import update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.masking import mask_text
from tramita.kit.operations.standing import has_operation
from tramita.kit.runtime import Runtime
from tramita.numbering.errors import NumberNotFound
from tramita.numbering.lifecycle import NUMBER, NumberStatus, NumberTrigger
from tramita.numbering.numbers.journey.reserve import JOB as RESERVE_JOB
from tramita.numbering.numbers.rows import NUMBERS, give_back, tell_contracts
from tramita.numbering.settings import NumberingSettings


class NumberAction(StrEnum):
    """What a person may do; the values are those of the triggers."""

    RELEASE = NumberTrigger.RELEASE.value
    BLOCK = NumberTrigger.BLOCK.value
    UNBLOCK = NumberTrigger.UNBLOCK.value
    PORT_OUT = NumberTrigger.PORT_OUT.value
    COME_BACK = NumberTrigger.COME_BACK.value
    REINSTATE = NumberTrigger.REINSTATE.value


class NumberActionNotAllowed(ConflictError):
    """This cannot be done now: {why}."""


_IN_DOUBT: Final = (
    "the provider's answer about its reservation is still missing; "
    "settle that operation first, and the number follows"
)
_WAITED_FOR: Final = "a contract waits for it; cancel the contract instead"
_WITHOUT_SIM: Final = "no SIM has it, so there is no line to go on with"
_CANCELLED: Final = "its line was ended with its contract; a new contract needs a new number"
_OTHER_STATE: Final = "where it stands now does not allow it"


async def allowed_actions(work: UnitOfWork, number_id: UUID) -> Mapping[NumberAction, str | None]:
    """Actions that fit the number's state: ``None`` when allowed, or the sentence why not.

    Raises ``NumberNotFound``.
    """
    row = await _find(work, number_id)
    arrows = NUMBER.table.get(NumberStatus(row["status"]), {})
    return {
        action: _objection(row, action)
        for action in NumberAction
        if NumberTrigger(action.value) in arrows
    }


async def act_on_number(
    runtime: Runtime, number_id: UUID, action: NumberAction, *, note: str, actor: str
) -> None:
    """Do it, as ``actor`` for the reason ``note``; many read that, so it is masked.

    Raises ``NumberNotFound`` and ``NumberActionNotAllowed``; then nothing has changed.
    """
    note = mask_text(note)
    async with runtime.database.unit_of_work(actor=actor, note=note) as work:
        row = await _find(work, number_id, lock=True)
        why_not = _objection(row, action)
        if why_not is not None:
            raise NumberActionNotAllowed(why=why_not)
        if action is NumberAction.RELEASE:
            await give_back(work, [number_id], NumberTrigger.RELEASE)
            return
        await NUMBERS.move_one(work, number_id, NumberTrigger(action.value))
        await tell_contracts(work, [number_id])
        match action:
            case NumberAction.UNBLOCK:
                await _rest(work, number_id, timedelta(0))
            case NumberAction.COME_BACK:
                days = runtime.configured(NumberingSettings).quarantine_days
                await _rest(work, number_id, timedelta(days=days))
            case NumberAction.REINSTATE:
                await update_rows(work, "phone_number", {number_id: {"quarantine_until": None}})
            case NumberAction.BLOCK | NumberAction.PORT_OUT:
                pass  # It stays where it is until a person says otherwise.


async def _rest(work: UnitOfWork, number_id: UUID, span: timedelta) -> None:
    # A new epoch, because the number may have been given back in this one before: the next
    # release needs a key of its own.
    await work.fetch(
        "UPDATE phone_number SET quarantine_until = tramita_now() + $2::interval, "
        "epoch = epoch + 1 WHERE id = $1",
        number_id,
        span,
    )


async def _find(work: UnitOfWork, number_id: UUID, *, lock: bool = False) -> asyncpg.Record:
    query = f"""
        SELECT t.status, t.assigned_sim_id, t.contract_id,
               {has_operation("t.id", "= $2")} AS is_in_doubt,
               EXISTS (SELECT FROM contracts AS c
                       WHERE c.id = t.contract_id AND c.active) AS is_waited_for
        FROM phone_number AS t WHERE t.id = $1
    """  # noqa: S608 - constants
    rows = await work.fetch(
        f"{query} FOR NO KEY UPDATE OF t" if lock else query, number_id, RESERVE_JOB
    )
    if not rows:
        raise NumberNotFound
    return rows[0]


def _objection(row: asyncpg.Record, action: NumberAction) -> str | None:
    status = NumberStatus(row["status"])
    if NumberTrigger(action.value) not in NUMBER.table.get(status, {}):
        return _OTHER_STATE
    if row["is_in_doubt"] and action is NumberAction.UNBLOCK:
        return _IN_DOUBT
    if row["is_waited_for"] and action in (NumberAction.RELEASE, NumberAction.BLOCK):
        return _WAITED_FOR
    if action is NumberAction.REINSTATE:
        return _objection_to_reinstating(row)
    return None


def _objection_to_reinstating(row: asyncpg.Record) -> str | None:
    if row["contract_id"] is not None:
        return _CANCELLED
    return _WITHOUT_SIM if row["assigned_sim_id"] is None else None
