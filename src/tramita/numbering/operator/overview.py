"""Read models of the operator's page about all numbers; each is one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.masking_shapes import mask_phone
from tramita.numbering.lifecycle import NumberStatus
from tramita.numbering.numbers.queries import NumberItem, to_item

MOST_COUNTED: Final = 200


@dataclass(frozen=True, slots=True)
class Stock:
    """How many numbers of one area code stand where, by status."""

    ddd: str
    state: str
    city: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LivePreview:
    """A preview that can be chosen from, masked; ``left`` is in seconds."""

    id: UUID
    ddd: str
    carrier: str | None
    numbers: tuple[str, ...]
    is_reserving: bool
    expires_at: datetime
    left: float


async def count_stock(work: UnitOfWork) -> list[Stock]:
    """Numbers by area code and status; area codes without any are left out.

    Of one area code and status no more than ``MOST_COUNTED`` and one are counted, so that this
    costs the same however many there are.
    """
    rows = await work.fetch(
        """
        SELECT l.ddd, l.state, l.city, array_agg(s.status) AS places, array_agg(c.n) AS counts
        FROM location_ddd AS l CROSS JOIN unnest($1::text[]) AS s(status) CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM (
                SELECT FROM phone_number AS t
                WHERE t.status = s.status AND t.ddd = l.ddd LIMIT $2) AS counted
        ) AS c WHERE c.n > 0
        GROUP BY l.ddd, l.state, l.city ORDER BY l.ddd
        """,
        list(NumberStatus),
        MOST_COUNTED + 1,
    )
    return [
        Stock(
            row["ddd"],
            row["state"],
            row["city"],
            dict(zip(row["places"], row["counts"], strict=True)),
        )
        for row in rows
    ]


async def find_live_previews(work: UnitOfWork, *, limit: int) -> tuple[list[LivePreview], int]:
    """Previews that can be chosen from, those that end first, and how many there are."""
    rows = await work.fetch(
        """
        WITH live AS (
            SELECT * FROM preview
            WHERE expires_at > tramita_now() AND reserved_msisdn IS NULL
              AND superseded_by IS NULL AND released_at IS NULL
        ), page AS (SELECT * FROM live ORDER BY expires_at, id LIMIT $1)
        SELECT p.id, p.ddd, p.carrier, p.reserving_number_id, p.expires_at,
               extract(epoch FROM p.expires_at - tramita_now()) AS left,
               array_agg(n.msisdn ORDER BY n.idx) AS msisdns,
               (SELECT count(*) FROM live) AS total
        FROM page AS p JOIN preview_number AS n ON n.preview_id = p.id
        GROUP BY p.id, p.ddd, p.carrier, p.reserving_number_id, p.expires_at
        ORDER BY p.expires_at, p.id
        """,
        limit,
    )
    found = [
        LivePreview(
            row["id"],
            row["ddd"],
            row["carrier"],
            tuple(mask_phone(msisdn) for msisdn in row["msisdns"]),
            row["reserving_number_id"] is not None,
            row["expires_at"],
            float(row["left"]),
        )
        for row in rows
    ]
    return found, rows[0]["total"] if rows else 0


async def find_failed_releases(work: UnitOfWork, *, limit: int) -> Sequence[NumberItem]:
    """Numbers that are returned here and that the provider would not take back, newest first."""
    rows = await work.fetch(
        "SELECT * FROM phone_number WHERE provider_release = 'FAILED' AND status = 'RETURNED' "
        "ORDER BY id DESC LIMIT $1",
        limit,
    )
    return [to_item(row) for row in rows]
