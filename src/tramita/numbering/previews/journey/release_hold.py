"""``numbering.release_hold``: give a hold back that nobody wants.

Twice is once, so it is repeated for as long as it takes; at the latest the hold lapses by
itself, and the provider then says that there is nothing to give back.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import ledger
from tramita.kit.operations.act import Act
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.numbering.acts import RELEASE_HOLD
from tramita.numbering.provider import PROVIDER


async def load_holds(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Holds, by the provider's own id, of pre-reservations by id."""
    rows = await work.fetch(
        "SELECT id, external_id FROM pre_reservation WHERE id = ANY($1::uuid[])", list(ids)
    )
    return {row["id"]: row["external_id"] for row in rows}


async def give_back_holds(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Have the holds of these pre-reservations given back."""
    keys = {id_: f"release_hold:{id_}" for id_ in ids}
    await ledger.prepare(work, RELEASE_HOLD, keys, provider=PROVIDER)


RELEASE: Final[Act[str, None]] = Act(
    name=RELEASE_HOLD,
    load=load_holds,
    call=lambda inventory, external_id, attempt: inventory.release_hold(external_id, attempt),
    on_refused=OperationTrigger.PARK,
    concurrency=10,
)
