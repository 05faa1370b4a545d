"""``people.erase``: what is held of a person goes, table by table, in batches.

Every batch is a transaction of its own and looks for what still has to change, so it may end
anywhere and begin again: the end is the same. What finds the rest goes last. Then messages of
outside systems are looked through for the person's (``messages``). Afterwards whatever comes in
late is found by looking again, for a month: after five minutes at first, at last each hour.

An operator sees an erasure that is stuck as ``erasing``, and its job among those held.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec

from tramita.kit.database.engine import Database
from tramita.kit.database.rows import update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job, Schedule
from tramita.kit.people.erasures import (
    ERASURES,
    JOB,
    Erasure,
    enqueue_due,
    enqueue_watched,
    get_erasure,
)
from tramita.kit.people.groups import Groups, find_groups, find_kept
from tramita.kit.people.inventory import People, Table
from tramita.kit.people.lifecycle import ErasureState, ErasureTrigger
from tramita.kit.people.messages import erase_messages

ACTOR: Final = "erasing"
# Rows of one table in one transaction.
BATCH: Final = 500
# Erasures looked at again in one go.
_AT_ONCE: Final = 50


class Host(Protocol):
    """What a job of erasing needs of its process."""

    @property
    def database(self) -> Database: ...
    @property
    def people(self) -> People: ...


async def erase(host: Host, erasure_id: UUID) -> None:
    """Go on with an erasure to its end."""
    await erase_person(host.database, host.people, erasure_id)


async def erase_person(database: Database, people: People, erasure_id: UUID) -> Erasure:
    """The same, for whoever has no runtime; answers the erasure as it stands then."""
    async with database.unit_of_work(actor=ACTOR) as work:
        erasure = await get_erasure(work, erasure_id)
        groups = await find_groups(work, people, erasure.roots)
        await find_kept(work, people, groups)
    await _erase_tables(database, [one for one in people.tables if not one.is_last], groups)
    await erase_messages(database, people, erasure)
    await _erase_tables(database, [one for one in people.tables if one.is_last], groups)
    async with database.unit_of_work(actor=ACTOR) as work:
        await _end(work, people, erasure)
        return await get_erasure(work, erasure_id)


async def _erase_tables(database: Database, tables: Sequence[Table], groups: Groups) -> None:
    for table in tables:
        changed = BATCH
        while table.erased and changed == BATCH:
            async with database.unit_of_work(actor=ACTOR) as work:
                changed = await _erase_rows(work, table, groups)
        if table.reduced:
            async with database.unit_of_work(actor=ACTOR) as work:
                await _reduce_rows(work, table, groups)


async def _erase_rows(work: UnitOfWork, table: Table, groups: Groups) -> int:
    """Erase a batch of what is still to be read in a table; answers how many rows."""
    new = {column: _becomes(table, column) for column in table.erased}
    differs = " OR ".join(f"{column} IS DISTINCT FROM ({value})" for column, value in new.items())
    rows = await groups.fetch(
        work,
        f"""
        WITH found AS (
            SELECT {table.key} FROM {table.name}
            WHERE ({table.rows}) AND ({differs}) ORDER BY {table.key} LIMIT {BATCH} FOR UPDATE
        )
        UPDATE {table.name} SET {", ".join(f"{column} = {value}" for column, value in new.items())}
        WHERE ({table.key}) IN (SELECT {table.key} FROM found) RETURNING 1
        """,  # noqa: S608 - texts of our own
    )
    return len(rows)


async def _reduce_rows(work: UnitOfWork, table: Table, groups: Groups) -> None:
    """Leave of what is kept by law and encrypted no more than the law wants."""
    columns = ", ".join(table.reduced)
    rows = await groups.fetch(
        work,
        f"SELECT id, {columns} FROM {table.name} "  # noqa: S608 - texts of our own
        f"WHERE ({table.rows}) AND {table.is_kept} ORDER BY id FOR UPDATE",
    )
    told = {row["id"]: table.decrypted(work.keys, row) for row in rows}
    await update_rows(
        work,
        table.name,
        {
            id_: {column: reduce(row[column]) for column, reduce in table.reduced.items()}
            for id_, row in told.items()
            if any(row[column] != reduce(row[column]) for column, reduce in table.reduced.items())
        },
        are_locked=True,
    )


def _becomes(table: Table, column: str) -> str:
    value = table.erased[column]
    if column not in table.by_law:
        return value
    return f"CASE WHEN {table.is_kept} THEN {table.by_law[column]} ELSE {value} END"


async def _end(work: UnitOfWork, people: People, erasure: Erasure) -> None:
    """Write down what is still kept, and until when, if this ends the erasure."""
    groups = await find_groups(work, people, erasure.roots)
    kept = await find_kept(work, people, groups)
    trigger = ErasureTrigger.KEEP if kept else ErasureTrigger.FINISH
    ended = await work.fetch(
        "UPDATE erasures SET ended_at = tramita_now(), kept = $2::text::jsonb, "
        "keeps_until = $3::date WHERE id = $1 AND state = $4 RETURNING id",
        erasure.id,
        msgspec.json.encode(kept).decode(),
        min((one.until for one in kept), default=None),
        ErasureState.ERASING.value,
    )
    await ERASURES.move(work, [row["id"] for row in ended], trigger)


async def look_again(host: Host) -> None:
    """Have erased what came in since, where it is time to look, and go on with what is due.

    Each by a job of its own: one that fails stands before a person and keeps nobody else.
    """
    async with host.database.unit_of_work(actor=ACTOR) as work:
        await enqueue_due(work)
        await enqueue_watched(work, limit=_AT_ONCE)


JOBS: Final[Sequence[Job[Any]]] = [Job(JOB, erase)]
SCHEDULES: Final[Sequence[Schedule[Any]]] = [
    Schedule("people.look_again", "*/5 * * * *", look_again)
]
