"""The line of a mobile contract: its number here, and what the contract shows of it.

A number belongs to a contract by ``phone_number.contract_id``, from its claim until it is
given back. What the contract itself keeps (its backend's record) is what was asked for,
under ``wanted…``, and what is shown.

Lock order: the right to tend the contract, operations, the contract, its number, its line. Contracts
are locked ``FOR NO KEY UPDATE``: PostgreSQL looks at the contract whenever a number is
written twice in one transaction, and would wait for a stronger lock with the number in hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import select

from tramita.contracts.model import Contract
from tramita.contracts.service import write_backend_records
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.masking_shapes import mask_device, mask_phone
from tramita.kit.transitions import Stateful
from tramita.numbering.contracts.lifecycle import LINE, LineState, LineTrigger, way_to
from tramita.numbering.contracts.rules import NOT_CERTAIN
from tramita.numbering.lifecycle import NumberStatus

MOBILE_LINES: Final = Stateful(LINE, "mobile_lines")


@dataclass(frozen=True, slots=True)
class Line:
    """A contract's number on its SIM, as far as there is either.

    ``is_wanted``: the contract is not cancelled.
    """

    contract_id: UUID
    msisdn: str | None
    sim: str | None
    is_wanted: bool


async def load_lines(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Line]:
    """Lines by contract; a contract without a number has an empty one."""
    rows = await work.fetch(
        """
        SELECT c.id, t.msisdn, t.assigned_sim_id, c.active FROM contracts AS c
        LEFT JOIN phone_number AS t ON t.contract_id = c.id WHERE c.id = ANY($1::uuid[])
        """,
        list(ids),
    )
    return {row["id"]: Line(*row.values()) for row in rows}


async def lock_contracts(work: UnitOfWork, ids: Sequence[UUID]) -> Sequence[Contract]:
    """Contracts as they are now, locked, in order of id."""
    rows = await work.session.scalars(
        select(Contract)
        .where(Contract.id.in_(ids))
        .order_by(Contract.id)
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )
    return rows.all()


async def show_lines(work: UnitOfWork, contract_ids: Sequence[UUID], **more: object) -> None:
    """Let locked contracts, and their lines, follow their numbers; they show ``more`` as well."""
    rows = await work.fetch(
        """
        SELECT t.contract_id, t.id, t.msisdn, t.status, t.assigned_sim_id, l.state
        FROM phone_number AS t LEFT JOIN mobile_lines AS l ON l.id = t.contract_id
        WHERE t.contract_id = ANY($1::uuid[])
        """,
        list(contract_ids),
    )
    await _follow(work, rows)
    await write_backend_records(work, {row["contract_id"]: _shown(row) | more for row in rows})


async def _follow(work: UnitOfWork, rows: Sequence[asyncpg.Record]) -> None:
    behind: dict[LineTrigger, list[UUID]] = {}
    for row in rows:
        if row["state"] is not None:
            for trigger in way_to(LineState(row["state"]), NumberStatus(row["status"])):
                behind.setdefault(trigger, []).append(row["contract_id"])
    for trigger in LineTrigger:  # In the order in which a line takes them.
        if trigger in behind:
            await MOBILE_LINES.move(work, behind[trigger], trigger)


async def lock_line(work: UnitOfWork, contract: Contract) -> LineState:
    """Where the line of a locked contract stands; it begins with the first look at it."""
    rows = await lock_rows(work, "mobile_lines", [contract.id], "state")
    if not rows:
        rows = await work.fetch(
            "INSERT INTO mobile_lines (id, state) VALUES ($1, $2) RETURNING state",
            contract.id,
            _first_state(contract.backend_record).value,
        )
    return LineState(rows[0]["state"])


def _first_state(record: Mapping[str, Any]) -> LineState:
    """Where a line stands that had no row: the release before may have looked after it."""
    status = record.get("status")
    if status in (LineState.RETURNED, LineState.FAILED, LineState.CANCELLED):
        return LineState(status)
    return LineState.NUMBERED if "number_id" in record else LINE.initial


def _shown(row: asyncpg.Record) -> dict[str, object]:
    if row["status"] in NOT_CERTAIN:
        return {"status": row["status"]}
    sim = row["assigned_sim_id"]
    return {
        "number_id": row["id"],  # The release before this one goes by it.
        "number": mask_phone(row["msisdn"]),
        "status": row["status"],
        "sim": mask_device(sim) if sim else None,
    }


def ids_in(rows: Sequence[asyncpg.Record], *statuses: NumberStatus) -> list[UUID]:
    """Ids of the numbers that stand in one of these."""
    return [row["id"] for row in rows if row["status"] in statuses]
