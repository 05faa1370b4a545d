"""Numbers on their way back: released by a caller, abandoned, or done resting.

That a preview has expired needs nobody; what is swept are numbers whose time is over. Each
sweep takes a bounded number in bounded transactions, passes over what somebody else has in
hand, and says how far behind it is.
"""

from typing import Final
from uuid import UUID

from prometheus_client import Gauge

from tramita.kit.bounds import Bounds
from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Schedule
from tramita.kit.masking_shapes import mask_phone
from tramita.kit.runtime import Runtime
from tramita.numbering.errors import NumberNotFound, NumberNotReleasable
from tramita.numbering.lifecycle import NumberStatus, NumberTrigger
from tramita.numbering.numbers.rows import find_number, give_back
from tramita.numbering.previews.queries import get_preview
from tramita.numbering.settings import NumberingSettings

OVERDUE: Final = Gauge(
    "tramita_numbering_overdue_seconds",
    "How long the longest overdue number has been waiting to be given back.",
    ["sweep"],
)


async def release_reservation(work: UnitOfWork, msisdn: str, *, caller: Bounds) -> None:
    """Give a reserved number back; one that is back already stays so.

    Raises ``NumberNotFound`` or ``NumberNotReleasable``.
    """
    row = await find_number(work, msisdn, lock=True)
    if row is None or not caller.may_see(row["carrier"]):
        raise NumberNotFound
    if row["status"] == NumberStatus.RETURNED:
        return
    if not await give_back(work, [row["id"]], NumberTrigger.RELEASE):
        raise NumberNotReleasable(number=mask_phone(msisdn), status=row["status"])


async def release_from_preview(work: UnitOfWork, preview_id: UUID, *, caller: Bounds) -> None:
    """Give back the number reserved from a preview; one that has gone on since stays.

    Raises ``PreviewNotFound`` or ``NumberNotReleasable``.
    """
    preview = await get_preview(work, preview_id, caller)
    if preview.reserved_msisdn is None:
        return
    row = await find_number(work, preview.reserved_msisdn, lock=True)
    if row is not None and row["pre_reservation_id"] == preview_id:
        await release_reservation(work, preview.reserved_msisdn, caller=caller)


# Which numbers are due, and by what they go. A number that a contract waits for is its own.
_SWEEPS: Final = {
    "abandoned": (NumberTrigger.ABANDON, NumberStatus.RESERVED, "reserved_until"),
    "quarantine": (NumberTrigger.END_QUARANTINE, NumberStatus.QUARANTINE, "quarantine_until"),
}


async def sweep_numbers(runtime: Runtime) -> None:
    """Give back what nobody came for, and what has rested long enough."""
    for name in _SWEEPS:
        await _sweep(runtime, name)


async def _sweep(runtime: Runtime, name: str) -> None:
    settings = runtime.configured(NumberingSettings)
    trigger, status, due = _SWEEPS[name]
    swept = settings.sweep_batch
    left = settings.sweep_rate
    while swept == settings.sweep_batch and left > 0:
        async with runtime.database.unit_of_work(actor="sweep") as work:
            rows = await work.fetch(
                f"SELECT t.id {_due(status, due)} ORDER BY t.{due} LIMIT $1 "
                "FOR NO KEY UPDATE OF t SKIP LOCKED",
                min(settings.sweep_batch, left),
            )
            swept = len(rows)
            left -= swept
            if rows:
                await give_back(work, [row["id"] for row in rows], trigger)
            await _note_lag(work, name)


async def _note_lag(work: UnitOfWork, name: str) -> None:
    _, status, due = _SWEEPS[name]
    rows = await work.fetch(
        f"SELECT extract(epoch FROM tramita_now() - t.{due}) AS seconds {_due(status, due)} "  # noqa: S608 - names of ours
        f"ORDER BY t.{due} LIMIT 1",
    )
    OVERDUE.labels(name).set(float(rows[0]["seconds"]) if rows else 0)


def _due(status: NumberStatus, column: str) -> str:
    """The numbers whose time is over; one whose contract is active is its contract's."""
    return f"""
        FROM phone_number AS t WHERE {one_of("t.status", [status])} AND t.{column} <= tramita_now()
        AND NOT EXISTS (SELECT FROM contracts AS c WHERE c.id = t.contract_id AND c.active)
    """


SCHEDULES: Final[list[Schedule[Runtime]]] = [
    Schedule("numbering.sweep_numbers", "* * * * * */10", sweep_numbers)
]
