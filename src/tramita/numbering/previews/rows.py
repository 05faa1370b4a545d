"""The rows of previews.

A preview's state is read off its columns; that it has expired is a matter of the clock and
needs nobody to note it. Whoever changes a preview locks its row first, so that replacing it
and reserving from it exclude each other.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from tramita.kit.bounds import Bounds
from tramita.kit.database.rows import update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.numbering.errors import PreviewConsumed, PreviewNotFound, ReservationInProgress
from tramita.numbering.lifecycle import PreviewState
from tramita.numbering.ports import Hold
from tramita.numbering.previews.rules import MARGIN, state_of


async def supersede(work: UnitOfWork, previous_id: UUID, *, by: UUID, seen_by: Bounds) -> None:
    """Let a preview that is still held give way to a new one; an ended one stays as it is.

    Raises ``PreviewNotFound``, ``PreviewConsumed`` or ``ReservationInProgress``: what is
    reserved, or is just being, must not be given up at the provider.
    """
    rows = await work.fetch(
        "SELECT *, tramita_now() AS now FROM preview WHERE id = $1 FOR UPDATE", previous_id
    )
    if not rows or not seen_by.may_see(rows[0]["carrier"]):
        raise PreviewNotFound
    match state_of(rows[0], rows[0]["now"]):
        case PreviewState.CONSUMED:
            raise PreviewConsumed
        case PreviewState.RESERVING:
            raise ReservationInProgress
        case PreviewState.HELD:
            await update_rows(work, "preview", {previous_id: {"superseded_by": by}})
        case PreviewState.EXPIRED | PreviewState.SUPERSEDED | PreviewState.RELEASED:
            pass  # Nothing is held any more, so there is nothing to give up.


async def let_previous_live(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Nothing came of these wishes: what they were to replace is still there."""
    await work.fetch(
        """
        WITH locked AS (
            SELECT id FROM preview WHERE superseded_by = ANY($1::uuid[]) ORDER BY id FOR UPDATE
        )
        UPDATE preview AS p SET superseded_by = NULL FROM locked WHERE p.id = locked.id
        """,
        list(ids),
    )


async def save_previews(work: UnitOfWork, held: Mapping[UUID, Hold]) -> set[UUID]:
    """Make previews of holds, all in one statement; answers those it could not be made of.

    One number in two live previews, or in use here, would only be refused when it is
    chosen; so such a hold makes no preview. Whoever makes previews of an area code waits
    for the others, or two would not see each other.
    """
    offered = [
        (id_, index, msisdn)
        for id_, hold in held.items()
        for index, msisdn in enumerate(hold.msisdns)
    ]
    await work.fetch(
        "SELECT pg_advisory_xact_lock(hashtext('numbering.previews ' || ddd)) "
        "FROM unnest($1::text[]) AS ddd",
        sorted({msisdn[2:4] for _, _, msisdn in offered}),
    )
    rows = await work.fetch(
        _SAVE,
        *(list(column) for column in zip(*offered, strict=True)),
        list(held),
        [hold.expires_at for hold in held.values()],
        MARGIN,
    )
    return {row["id"] for row in rows}


_SAVE: Final = """
    WITH offered AS (
        SELECT o.* FROM unnest($1::uuid[], $2::integer[], $3::text[]) AS o(id, idx, msisdn)
        JOIN pre_reservation AS w USING (id) WHERE w.purpose = 'preview'
    ), clash AS (
        SELECT DISTINCT o.id FROM offered AS o
        WHERE EXISTS (SELECT FROM phone_number AS t
                      WHERE t.msisdn = o.msisdn AND t.status <> 'RETURNED')
           OR EXISTS (SELECT FROM offered AS twin WHERE twin.msisdn = o.msisdn AND twin.id < o.id)
           OR EXISTS (SELECT FROM preview_number AS n JOIN preview AS p ON p.id = n.preview_id
                      WHERE n.msisdn = o.msisdn AND p.expires_at > tramita_now()
                        AND p.reserved_msisdn IS NULL AND p.superseded_by IS NULL
                        AND p.released_at IS NULL)
    ), made AS (
        INSERT INTO preview (id, external_id, carrier, ddd, brand_id, created_at, expires_at)
        SELECT w.id, w.external_id, w.carrier, w.ddd, w.brand_id, w.created_at,
               least(w.expires_at, h.expires_at - $6::interval)
        FROM pre_reservation AS w
        JOIN unnest($4::uuid[], $5::timestamptz[]) AS h(id, expires_at) USING (id)
        WHERE w.purpose = 'preview' AND w.id NOT IN (SELECT id FROM clash)
        RETURNING id
    ), numbered AS (
        INSERT INTO preview_number (preview_id, idx, msisdn)
        SELECT o.id, o.idx, o.msisdn FROM offered AS o JOIN made USING (id)
    )
    SELECT id FROM clash
"""


async def consume_previews(work: UnitOfWork, numbers: Sequence[UUID]) -> None:
    """These numbers are reserved: the previews that claimed them are used up."""
    await work.fetch(
        """
        WITH locked AS (
            SELECT p.id, t.msisdn FROM preview AS p
            JOIN phone_number AS t ON t.id = p.reserving_number_id AND t.pre_reservation_id = p.id
            WHERE t.id = ANY($1::uuid[]) ORDER BY p.id FOR UPDATE OF p
        )
        UPDATE preview AS p SET reserved_msisdn = locked.msisdn, reserving_number_id = NULL
        FROM locked WHERE p.id = locked.id
        """,
        list(numbers),
    )


async def free_previews(work: UnitOfWork, numbers: Mapping[UUID, bool]) -> None:
    """These numbers were not reserved: their previews may be chosen from again.

    Where the provider's hold is gone (true), the preview has ended too.
    """
    await work.fetch(
        """
        WITH freed AS (
            SELECT p.id, f.is_gone FROM preview AS p
            JOIN unnest($1::uuid[], $2::boolean[]) AS f(number, is_gone)
              ON f.number = p.reserving_number_id
            ORDER BY p.id FOR UPDATE OF p
        )
        UPDATE preview AS p SET
            reserving_number_id = NULL,
            released_at = CASE WHEN freed.is_gone THEN tramita_now() ELSE p.released_at END
        FROM freed WHERE p.id = freed.id
        """,
        list(numbers),
        list(numbers.values()),
    )
