"""Telling of something: ``emit`` inside the unit of work that makes it so.

What is emitted in a transaction that rolls back was never said. The body is written once,
here: every attempt, every endpoint and every replay gets the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.webhooks.channel import BODY, CHANNEL
from tramita.kit.webhooks.types import EventType

# SQL: whether there is anybody to tell; where not, what events say need not be put together.
IS_ANYBODY_LISTENING: Final = "EXISTS (SELECT FROM webhook_endpoints WHERE state = 'enabled')"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened to ``subject_id``; ``data`` is what JSON can hold.

    It is told to those only whose ``subject_id`` is, or to ``tenant`` alone: another one that has a
    part in it.
    """

    type: EventType
    subject_id: UUID
    data: Mapping[str, Any]
    tenant: str | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose an event is, and the endpoints that hear of it."""

    tenant: str
    carrier: str | None
    endpoints: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Written:
    """An event as it was stored, and its deliveries by endpoint."""

    id: str
    deliveries: Mapping[UUID, UUID]


async def emit(
    work: UnitOfWork, kind: EventType, subject_id: UUID, data: Mapping[str, Any]
) -> None:
    """Tell every endpoint that may and wants to hear of it; see ``emit_many``."""
    await emit_many(work, [NewEvent(kind, subject_id, data)])


async def emit_many(work: UnitOfWork, events: Sequence[NewEvent]) -> None:
    """Write the events that somebody wants to hear of, and enqueue their deliveries.

    An endpoint hears of what is its own tenant's (and carrier's, if it has one), and nothing
    else. One statement when nobody listens, two for any number of events otherwise; an
    event that nobody listens to is not stored.
    """
    listening = await work.fetch(
        # Locked against deletion: an area's change must not fail because an endpoint goes.
        """
        WITH told AS MATERIALIZED (
            SELECT s.id AS subject_id, s.other, coalesce(s.other, o.tenant, 'house') AS tenant,
                   CASE WHEN s.other IS NULL THEN o.carrier END AS carrier
            FROM (SELECT DISTINCT id, other FROM unnest($2::uuid[], $3::text[]) AS u(id, other)) AS s
            LEFT JOIN LATERAL tramita_owner(s.id) AS o ON s.other IS NULL
        )
        SELECT e.id, e.event_types, told.*, (SELECT tramita_now()) AS now
        FROM webhook_endpoints AS e
        -- Who hears of all tenants has heard of it as its owner's.
        JOIN told ON (e.tenant = told.tenant AND (told.other IS NULL OR NOT e.all_tenants)
                      OR e.all_tenants AND told.other IS NULL)
                 AND (e.carrier IS NULL OR e.carrier = told.carrier)
        WHERE e.state = 'enabled' AND (e.event_types IS NULL OR e.event_types && $1::text[])
        ORDER BY e.id FOR KEY SHARE OF e
        """,
        [event.type.name for event in events],
        [event.subject_id for event in events],
        [event.tenant for event in events],
    )
    about: dict[tuple[UUID, str | None], list[asyncpg.Record]] = {}
    for row in listening:
        about.setdefault((row["subject_id"], row["other"]), []).append(row)
    heard = []
    for event in events:
        rows = about.get((event.subject_id, event.tenant), [])
        endpoints = [row["id"] for row in rows if _wants(row["event_types"], event)]
        if endpoints:
            heard.append((event, Audience(rows[0]["tenant"], rows[0]["carrier"], endpoints)))
    if heard:
        await write_events(work, heard, at=listening[0]["now"])


def _wants(event_types: list[str] | None, event: NewEvent) -> bool:
    return event_types is None or event.type.name in event_types


async def write_events(
    work: UnitOfWork, events: Sequence[tuple[NewEvent, Audience]], *, at: datetime
) -> list[Written]:
    """Write each event with a delivery to each of its endpoints, in the order given."""
    written = [
        Written(f"evt_{new_id().hex}", {endpoint: new_id() for endpoint in heard.endpoints})
        for _, heard in events
    ]
    deliveries = list(_deliveries(written))
    await work.fetch(
        """
        WITH event AS (
            INSERT INTO webhook_events (id, type, occurred_at, body, subject_id, tenant, carrier)
            SELECT id, type, $1, body, subject_id, tenant, carrier
            FROM unnest($2::text[], $3::text[], $4::text[], $5::uuid[], $10::text[], $11::text[])
                AS e(id, type, body, subject_id, tenant, carrier)
        )
        INSERT INTO webhook_deliveries
            (id, event_id, endpoint_id, state, attempts, tries, is_held, next_attempt_at, wake_at)
        SELECT id, event_id, endpoint_id, 'waiting', 0, 0, false, now(), now() + $6::interval
        FROM unnest($7::uuid[], $8::text[], $9::uuid[]) AS d(id, event_id, endpoint_id)
        """,
        at,
        [one.id for one in written],
        [event.type.name for event, _ in events],
        [
            work.keys.encrypt(_body(one.id, event, at), BODY)
            for one, (event, _) in zip(written, events, strict=True)
        ],
        [event.subject_id for event, _ in events],
        CHANNEL.patience,
        [delivery for delivery, _, _ in deliveries],
        [event for _, event, _ in deliveries],
        [endpoint for _, _, endpoint in deliveries],
        [heard.tenant for _, heard in events],
        [heard.carrier for _, heard in events],
    )
    CHANNEL.enqueue(work, [delivery for delivery, _, _ in deliveries])
    return written


def _deliveries(written: Sequence[Written]) -> Iterator[tuple[UUID, str, UUID]]:
    for event in written:
        for endpoint, delivery in event.deliveries.items():
            yield delivery, event.id, endpoint


def _body(event_id: str, event: NewEvent, at: datetime) -> str:
    return msgspec.json.encode(
        {
            "id": event_id,
            "type": event.type.name,
            "timestamp": at.astimezone(UTC),
            "data": event.data,
        }
    ).decode()
