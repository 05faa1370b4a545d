"""The list of devices as it is kept, and how the last reading of it went."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tramita.kit.database.work import UnitOfWork
from tramita.numbering.devices.ports import Brand, Model
from tramita.numbering.devices.reading import Known, Listing, Reading
from tramita.numbering.devices.settings import DeviceSettings

_LONGEST_SORT_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Course:
    """A reading that begins: what is known so far, and whether it reads all there is.

    ``began_at`` is in platform time, ``as_of`` that of the list it may replace.
    ``is_full``: no tag is believed.
    """

    began_at: datetime
    as_of: datetime | None
    known: Known
    is_full: bool


async def take_due(work: UnitOfWork, settings: DeviceSettings) -> bool:
    """Whether the list is to be read now; whoever is told so first is the only one.

    The next time is set at once, to when a reading that fails or dies is tried again.
    """
    rows = await work.fetch(
        """
        UPDATE device_catalog SET due_at = tramita_now()
            + CASE WHEN as_of IS NULL THEN $1::interval / 10 ELSE $1::interval END
        WHERE due_at <= tramita_now() RETURNING is_only
        """,
        timedelta(seconds=settings.sync_retry),
    )
    return bool(rows)


async def begin_reading(work: UnitOfWork, settings: DeviceSettings) -> Course:
    """What a reading that begins now may leave unread."""
    (row,) = await work.fetch(
        """
        SELECT tramita_now() AS now, as_of, etag,
               full_at IS NULL OR full_at + $1::interval <= tramita_now() AS is_full
        FROM device_catalog
        """,
        timedelta(hours=settings.full_sync_hours),
    )
    if row["is_full"]:
        return Course(row["now"], row["as_of"], Known(), is_full=True)
    brands = await work.fetch("SELECT id, etag FROM device_brand ORDER BY id")
    known = Known(row["etag"], {one["id"]: one["etag"] for one in brands})
    return Course(row["now"], row["as_of"], known, is_full=False)


async def take_over(
    work: UnitOfWork, course: Course, reading: Reading, settings: DeviceSettings
) -> bool:
    """Replace what changed; not where another reading was taken over meanwhile.

    What this one left unread, it left because of what was known when it began.
    """
    rows = await work.fetch(
        """
        UPDATE device_catalog SET
            as_of = $1, full_at = CASE WHEN $2 THEN $1 ELSE full_at END, failure = NULL,
            etag = CASE WHEN $3 THEN $4 ELSE etag END,
            list_version = CASE WHEN $3 THEN $5 ELSE list_version END,
            due_at = tramita_now() + $6::interval
        WHERE as_of IS NOT DISTINCT FROM $7 RETURNING is_only
        """,
        course.began_at,
        course.is_full,
        reading.brands is not None,
        reading.brands.etag if reading.brands else None,
        reading.brands.version if reading.brands else None,
        timedelta(minutes=settings.sync_minutes),
        course.as_of,
    )
    if not rows:
        return False
    if reading.brands is not None:
        await _replace_brands(work, reading.brands.items)
    if reading.models:
        await _replace_models(work, list(reading.models.items()))
    return True


def fold(text: str) -> str:
    """Without capitals and accents: ``ipe`` finds ``Ipê``."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))


def _sort_name(name: str) -> str:
    """What fits into an index beside two ids, however long a name somebody lists."""
    return fold(name)[:_LONGEST_SORT_NAME]


async def note_failure(work: UnitOfWork, course: Course, why: str) -> None:
    """Keep why the list could not be read, unless another reading was taken over meanwhile.

    The list itself stays.
    """
    await work.fetch(
        "UPDATE device_catalog SET failure = $1 WHERE as_of IS NOT DISTINCT FROM $2",
        why,
        course.as_of,
    )


async def _replace_brands(work: UnitOfWork, brands: Sequence[Brand]) -> None:
    ids = [one.id for one in brands]
    await work.fetch("DELETE FROM device_brand WHERE id <> ALL($1::text[])", ids)
    await work.fetch(
        """
        INSERT INTO device_brand (id, name, sort_name)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
        ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, sort_name = EXCLUDED.sort_name
        """,
        ids,
        [one.name for one in brands],
        [_sort_name(one.name) for one in brands],
    )


async def _replace_models(work: UnitOfWork, listings: Sequence[tuple[str, Listing[Model]]]) -> None:
    models = [(brand, one) for brand, listing in listings for one in listing.items]
    tacs = [(tac, brand, one.id) for brand, one in models for tac in one.tacs]
    await work.fetch(
        """
        UPDATE device_brand AS b SET etag = n.etag
        FROM unnest($1::text[], $2::text[]) AS n(id, etag) WHERE b.id = n.id
        """,
        [brand for brand, _ in listings],
        [listing.etag for _, listing in listings],
    )
    await work.fetch(
        "DELETE FROM device_model WHERE brand_id = ANY($1::text[])",
        [brand for brand, _ in listings],
    )
    await work.fetch(
        """
        INSERT INTO device_model (brand_id, id, name, sort_name, code, region, esim)
        SELECT * FROM unnest(
            $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]
        )
        """,
        [brand for brand, _ in models],
        [one.id for _, one in models],
        [one.name for _, one in models],
        [_sort_name(one.name) for _, one in models],
        [one.code for _, one in models],
        [one.region for _, one in models],
        [one.esim.value for _, one in models],
    )
    await work.fetch(
        """
        INSERT INTO device_model_tac (tac, brand_id, model_id)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
        """,
        [tac for tac, _, _ in tacs],
        [brand for _, brand, _ in tacs],
        [model for _, _, model in tacs],
    )
