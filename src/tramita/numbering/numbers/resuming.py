"""What became of an operation whose caller was never answered, and who asks again.

The caller's ``Idempotency-Key`` names the operation. What is held or reserved is told as it
would have been told at first; where nothing came of it, it may be tried anew.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.idempotency import IdempotencyInProgress
from tramita.kit.operations import standing
from tramita.kit.operations.lifecycle import LIVE, OperationState
from tramita.kit.runtime import Runtime
from tramita.numbering.lifecycle import PreviewState
from tramita.numbering.numbers.at_once import CLAIMED
from tramita.numbering.numbers.reserving import ReservedNumber
from tramita.numbering.previews.queries import PreviewView, find_preview


async def resume_preview(runtime: Runtime, operation_key: str) -> PreviewView | None:
    """The preview as it was made; raises ``IdempotencyInProgress`` while nobody knows."""
    async with runtime.database.unit_of_work() as work:
        wish_id = await _find_done(work, operation_key)
        found = await find_preview(work, wish_id) if wish_id else None
    return replace(found[0], state=PreviewState.HELD, reserved_msisdn=None) if found else None


async def resume_reservation(runtime: Runtime, operation_key: str) -> ReservedNumber | None:
    """The number that was reserved; raises ``IdempotencyInProgress`` while nobody knows.

    One that has been given back since is nobody's. A hold alone, for a number at random, is of
    no use to anybody: it lapses within seconds.
    """
    kind, _, rest = operation_key.partition(":")
    async with runtime.database.unit_of_work() as work:
        number_id = await _find_done(work, operation_key)
        if number_id is None or kind != CLAIMED:
            return None
        rows = await work.fetch(_RESERVED, number_id, int(rest.rpartition(":")[2]))
    return ReservedNumber(**rows[0]) if rows else None


_RESERVED: Final = """
    SELECT t.msisdn, t.reserved_until,
           CASE WHEN w.purpose = 'preview' THEN w.id END AS preview_id
    FROM phone_number AS t JOIN pre_reservation AS w ON w.id = t.pre_reservation_id
    WHERE t.id = $1 AND t.epoch = $2 AND t.status = 'RESERVED'
"""


async def _find_done(work: UnitOfWork, operation_key: str) -> UUID | None:
    """What the operation was about, if it succeeded."""
    found = await standing.of_key(work, operation_key)
    if found is None:
        return None
    if found.state in LIVE:
        raise IdempotencyInProgress
    return found.subject_id if found.state is OperationState.SUCCEEDED else None
