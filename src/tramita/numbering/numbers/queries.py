"""Read models: numbers in lists, masked, and one number with its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from msgspec import Struct, convert

from tramita.kit.bounds import Bounds
from tramita.kit.database.conditions import only_given
from tramita.kit.database.work import UnitOfWork
from tramita.kit.insiders import hide_insiders
from tramita.kit.masking_shapes import mask_device, mask_phone
from tramita.kit.transitions import WHY, reason_of
from tramita.numbering.errors import NumberNotFound
from tramita.numbering.lifecycle import NumberStatus, ProviderRelease
from tramita.numbering.previews.queries import PreviewView, get_preview


class NumberItem(Struct):
    """A number in a list, masked."""

    id: UUID
    masked_number: str
    ddd: str
    status: NumberStatus
    carrier: str | None
    provider_release: str
    sim: str | None
    reserved_until: datetime | None
    quarantine_until: datetime | None
    updated_at: datetime


class NumberEventAnswer(Struct):
    """One transition."""

    from_status: str
    to_status: str
    trigger: str
    actor: str
    cause: str | None
    at: datetime


class NumberAnswer(Struct):
    """A number in full, with its history."""

    id: UUID
    msisdn: str
    ddd: str
    origin: str
    status: NumberStatus
    carrier: str | None
    provider_release: str
    sim: str | None
    reserved_until: datetime | None
    quarantine_until: datetime | None
    created_at: datetime
    updated_at: datetime
    history: list[NumberEventAnswer]


@dataclass(frozen=True, slots=True)
class NumberFilter:
    """Which numbers a list shows; an empty field lets all pass."""

    seen_by: Bounds
    status: str | None = None
    ddd: str | None = None


async def list_numbers(
    work: UnitOfWork, wanted: NumberFilter, *, after: UUID | None, limit: int
) -> list[NumberItem]:
    """Numbers in order of their id, those after ``after``; at most ``limit``."""
    carrier = None if wanted.seen_by.is_all_carriers else wanted.seen_by.carrier or "nobody's"
    written = {"status": wanted.status, "ddd": wanted.ddd, "carrier": carrier}
    where, values = only_given(written, {"id >": after}, first=2)
    rows = await work.fetch(
        f"SELECT * FROM phone_number WHERE {where} ORDER BY id LIMIT $1",  # noqa: S608 - names of ours
        limit,
        *values,
    )
    return [to_item(row) for row in rows]


# What came before the last reservation may be another carrier's.
_HISTORY: Final = f"""
    WITH events AS (
        SELECT * FROM history WHERE subject = 'phone_number' AND subject_id = $1
    ), reserved AS (
        SELECT max(id) AS id FROM events WHERE trigger = 'reserve'
        AND id < (SELECT max(id) FROM events WHERE trigger = 'confirm')
    )
    SELECT e.from_state AS from_status, e.to_state AS to_status, e.trigger, e.actor,
           {WHY} AS cause, e.at
    FROM events AS e, reserved
    WHERE $2 OR reserved.id IS NULL OR e.id >= reserved.id ORDER BY e.id
"""  # noqa: S608 - ours


async def get_number(work: UnitOfWork, msisdn: str, *, seen_by: Bounds) -> NumberAnswer:
    """One number with its history, in two statements; raises ``NumberNotFound``.

    A carrier sees the history from the last reservation on.
    """
    rows = await work.fetch("SELECT * FROM phone_number WHERE msisdn = $1", msisdn)
    if not rows or not seen_by.may_see(rows[0]["carrier"]):
        raise NumberNotFound
    [row] = rows
    history = await work.read(NumberEventAnswer, _HISTORY, row["id"], seen_by.is_all_carriers)
    for one in history:
        one.cause = reason_of(work.keys, one.cause)
        if not seen_by.is_all_tenants:
            hide_insiders(one)
    return convert({**_shown(row), "history": history}, NumberAnswer)


@dataclass(frozen=True, slots=True)
class Offer:
    """A preview and what became of the number reserved from it, at ``now``.

    Without ``status`` the number has gone on to somebody else since. ``reserving`` is the
    index of the number that is being reserved just now.
    """

    preview: PreviewView
    now: datetime
    status: NumberStatus | None
    provider_release: ProviderRelease | None
    reserved_until: datetime | None
    reserving: int | None


async def get_offer(work: UnitOfWork, preview_id: UUID, seen_by: Bounds) -> Offer:
    """A preview with its number, in two statements; raises ``PreviewNotFound``."""
    preview = await get_preview(work, preview_id, seen_by)
    [row] = await work.fetch(
        """
        SELECT tramita_now() AS now, t.status, t.provider_release, t.reserved_until, n.idx
        FROM preview AS p
        LEFT JOIN phone_number AS t
            ON t.msisdn = p.reserved_msisdn AND t.pre_reservation_id = p.id
        LEFT JOIN phone_number AS r ON r.id = p.reserving_number_id
        LEFT JOIN preview_number AS n ON n.preview_id = p.id AND n.msisdn = r.msisdn
        WHERE p.id = $1
        """,
        preview_id,
    )
    return Offer(
        preview,
        row["now"],
        NumberStatus(row["status"]) if row["status"] else None,
        ProviderRelease(row["provider_release"]) if row["provider_release"] else None,
        row["reserved_until"],
        row["idx"],
    )


def to_item(row: asyncpg.Record) -> NumberItem:
    """A row of ``phone_number``, masked."""
    return convert(_shown(row), NumberItem)


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    sim = row["assigned_sim_id"]
    return {
        **row,
        "masked_number": mask_phone(row["msisdn"]),
        "sim": mask_device(sim) if sim else None,
    }
