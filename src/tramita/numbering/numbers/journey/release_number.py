"""``numbering.release_number``: give a number back to the provider.

Here it is ``RETURNED`` already; the provider follows. It is named by the provider's own
reservation id, never by the number, which may have a new holder by then; twice is once, so
it is repeated for as long as it takes. A release that has not begun is dropped when the
number is reserved anew (``rows.claim_number``).
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome
from tramita.numbering.acts import RELEASE_NUMBER
from tramita.numbering.lifecycle import ProviderRelease
from tramita.numbering.numbers.rows import note_release
from tramita.numbering.ports import NumberInventory

# A sweep may return thousands; the provider gets them a few at a time.
AT_ONCE: Final = 10


async def load_returned(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, str | None]:
    """The provider's reservations, by number; without one there is nothing to take back."""
    rows = await work.fetch(
        "SELECT id, reservation_id FROM phone_number WHERE id = ANY($1::uuid[])", list(ids)
    )
    return {row["id"]: row["reservation_id"] for row in rows}


async def record_releases(work: UnitOfWork, results: Sequence[Result[str | None, None]]) -> None:
    """Note what was taken back; what the provider refuses is left to a person."""
    noted: dict[UUID, ProviderRelease] = {}
    for one in results:
        number = one.task.operation.subject_id
        if one.trigger is OperationTrigger.DONE:
            noted[number] = ProviderRelease.DONE
        elif one.trigger is OperationTrigger.PARK:
            noted[number] = ProviderRelease.FAILED
    if noted:
        await note_release(work, noted)


async def refuse_releases(work: UnitOfWork, ids: Sequence[UUID], _words: str) -> None:
    """A person says that the provider will not take them back."""
    await note_release(work, dict.fromkeys(ids, ProviderRelease.FAILED))


async def _release(
    inventory: NumberInventory, reservation_id: str | None, attempt: Attempt
) -> Outcome[None]:
    if reservation_id is None:
        return Done(None)
    return await inventory.release_reservation(reservation_id, attempt)


RELEASE: Final[Act[str | None, None]] = Act(
    name=RELEASE_NUMBER,
    load=load_returned,
    call=_release,
    on_refused=OperationTrigger.PARK,
    record=record_releases,
    refuse=refuse_releases,
    concurrency=AT_ONCE,
)
