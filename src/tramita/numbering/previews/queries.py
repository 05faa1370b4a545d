"""Read models: a preview as its client sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from tramita.kit.bounds import Bounds
from tramita.kit.database.work import UnitOfWork
from tramita.kit.masking_shapes import mask_phone
from tramita.numbering.errors import PreviewNotFound
from tramita.numbering.lifecycle import PreviewState
from tramita.numbering.previews.rules import state_of


class PreviewNumberAnswer(Struct):
    """One number to choose; `index` names it, its masked form need not be unique."""

    index: int
    masked_number: str


@dataclass(frozen=True, slots=True)
class PreviewView:
    """A preview as its client sees it; the number itself while it is reserved from here.

    Given back, it may be somebody else's.
    """

    id: UUID
    ddd: str
    brand_id: str
    state: PreviewState
    created_at: datetime
    expires_at: datetime
    numbers: tuple[PreviewNumberAnswer, ...]
    reserved_msisdn: str | None


async def find_preview(work: UnitOfWork, preview_id: UUID) -> tuple[PreviewView, str | None] | None:
    """A preview with its numbers, and whose it is; one statement."""
    rows = await work.fetch(
        """
        SELECT p.*, n.idx, n.msisdn, t.msisdn AS held_number, tramita_now() AS now
        FROM preview AS p JOIN preview_number AS n ON n.preview_id = p.id
        LEFT JOIN phone_number AS t
            ON t.msisdn = p.reserved_msisdn AND t.pre_reservation_id = p.id
            AND t.status <> 'RETURNED'
        WHERE p.id = $1 ORDER BY n.idx
        """,
        preview_id,
    )
    if not rows:
        return None
    first = rows[0]
    view = PreviewView(
        first["id"],
        first["ddd"],
        first["brand_id"],
        state_of(first, first["now"]),
        first["created_at"],
        first["expires_at"],
        tuple(PreviewNumberAnswer(row["idx"], mask_phone(row["msisdn"])) for row in rows),
        first["held_number"],
    )
    return view, first["carrier"]


async def get_preview(work: UnitOfWork, preview_id: UUID, seen_by: Bounds) -> PreviewView:
    """A preview that ``seen_by`` may see; raises ``PreviewNotFound``."""
    found = await find_preview(work, preview_id)
    if found is None or not seen_by.may_see(found[1]):
        raise PreviewNotFound
    return found[0]
