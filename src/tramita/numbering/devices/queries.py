"""Read models of the device list: a page, or what the list says of one device, in one statement.

One statement sees one list: a page never shows half of the old one and half of the new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

import asyncpg
from msgspec import Struct, convert

from tramita.kit.database.work import UnitOfWork, to_dicts
from tramita.numbering.devices.errors import BrandNotFound, ProviderUnavailable
from tramita.numbering.devices.ports import ESIM
from tramita.numbering.devices.stored import fold
from tramita.numbering.devices.verdicts import Listed

R = TypeVar("R")


class SortKey(NamedTuple):
    """Where a row stands in its list; names may repeat."""

    sort_name: str
    id: str


class BrandRow(Struct):
    """A brand in the list."""

    id: str
    name: str
    sort_name: str

    @property
    def key(self) -> SortKey:
        """Where it stands there."""
        return SortKey(self.sort_name, self.id)


class ModelRow(BrandRow):
    """A model in its brand's list."""

    code: str
    region: str | None
    esim: ESIM


@dataclass(frozen=True, slots=True)
class Excerpt(Generic[R]):
    """Rows of the list as the provider had it at ``as_of``."""

    rows: Sequence[R]
    as_of: datetime


async def list_brands(work: UnitOfWork, *, after: SortKey | None, limit: int) -> Excerpt[BrandRow]:
    """Brands by name, one more than ``limit`` if there are more. Raises ``ProviderUnavailable``."""
    rows = await work.fetch(
        """
        SELECT c.as_of, b.* FROM device_catalog AS c LEFT JOIN LATERAL (
            SELECT id, name, sort_name FROM device_brand
            WHERE $1::text IS NULL OR (sort_name, id) > ($1, $2)
            ORDER BY sort_name, id LIMIT $3
        ) AS b ON true
        ORDER BY b.sort_name, b.id
        """,
        *(after or (None, None)),
        limit + 1,
    )
    return Excerpt([convert(row, BrandRow) for row in to_dicts(rows) if row["id"]], _as_of(rows))


async def list_models(
    work: UnitOfWork, brand_id: str, *, q: str | None, after: SortKey | None, limit: int
) -> Excerpt[ModelRow]:
    """A brand's models by name, as of ``list_brands``; ``q`` is a part of name or code.

    Raises ``BrandNotFound`` and ``ProviderUnavailable``.
    """
    rows = await work.fetch(
        """
        SELECT c.as_of, b.id IS NOT NULL AS is_brand, m.* FROM device_catalog AS c
        LEFT JOIN device_brand AS b ON b.id = $1
        LEFT JOIN LATERAL (
            SELECT id, name, sort_name, code, region, esim FROM device_model
            WHERE brand_id = b.id AND ($2::text IS NULL OR (sort_name, id) > ($2, $3))
              AND ($5::text IS NULL OR strpos(sort_name, $5) > 0 OR strpos(lower(code), $5) > 0)
            ORDER BY sort_name, id LIMIT $4
        ) AS m ON true
        ORDER BY m.sort_name, m.id
        """,
        brand_id,
        *(after or (None, None)),
        limit + 1,
        q and fold(q),
    )
    as_of = _as_of(rows)
    if not rows[0]["is_brand"]:
        raise BrandNotFound
    return Excerpt([convert(row, ModelRow) for row in to_dicts(rows) if row["id"]], as_of)


async def find_listed(work: UnitOfWork, *, tac: str | None, model_id: str | None) -> Listed:
    """What the list says of models with this TAC, and of the model with this id."""
    rows = await work.fetch(
        """
        SELECT tramita_now() AS now, c.as_of, m.is_by_tac, m.esim
        FROM device_catalog AS c LEFT JOIN (
            SELECT true AS is_by_tac, m.esim FROM device_model AS m JOIN device_model_tac AS t
            ON t.brand_id = m.brand_id AND t.model_id = m.id WHERE t.tac = $1
            UNION SELECT false, esim FROM device_model WHERE id = $2
        ) AS m ON true
        """,
        tac,
        model_id,
    )
    said = [(row["is_by_tac"], ESIM(row["esim"])) for row in rows if row["esim"]]
    return Listed(
        by_tac=frozenset(esim for is_by_tac, esim in said if is_by_tac),
        by_model=frozenset(esim for is_by_tac, esim in said if not is_by_tac),
        as_of=rows[0]["as_of"],
        now=rows[0]["now"],
    )


def _as_of(rows: Sequence[asyncpg.Record]) -> datetime:
    as_of: datetime | None = rows[0]["as_of"]
    if as_of is None:
        raise ProviderUnavailable
    return as_of
