"""Telling of something: ``emit`` inside the unit of work that makes it so.

What is emitted in a transaction that rolls back was never said. The body is written once,
here: every attempt, every endpoint and every replay gets the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.webhooks.types import EventType

DELIVER = "webhooks.deliver"

# How long a delivery that is due may go without being looked at before its job counts as lost.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened to ``subject_id``; ``data`` is what JSON can hold."""

    type: EventType
    subject_id: UUID
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """An event as it was stored, and its deliveries by endpoint."""

    id: str
    deliveries: Mapping[UUID, UUID]


async def emit(
    work: UnitOfWork, kind: EventType, subject_id: UUID, data: Mapping[str, Any]
) -> None:
    """Tell every endpoint that wants to hear of it; see ``emit_many``."""
    await emit_many(work, [NewEvent(kind, subject_id, data)])


async def emit_many(work: UnitOfWork, events: Sequence[NewEvent]) -> None:
    """Write the events that somebody wants to hear of, and enqueue their deliveries.

    One statement when nobody listens, two for any number of events otherwise; an event
    that nobody listens to is not stored.
    """
    listening = await work.fetch(
        # Locked against deletion: an area's change must not fail because an endpoint goes.
        """
        SELECT id, event_types, tramita_now() AS now FROM webhook_endpoints
        WHERE state = 'enabled' AND (event_types IS NULL OR event_types && $1::text[])
        ORDER BY id FOR KEY SHARE
        """,
        [event.type.name for event in events],
    )
    wanted = [
        (event, [row["id"] for row in listening if _wants(row["event_types"], event)])
        for event in events
    ]
    heard = [(event, endpoints) for event, endpoints in wanted if endpoints]
    if heard:
        await write_events(work, heard, at=listening[0]["now"])


def _wants(event_types: list[str] | None, event: NewEvent) -> bool:
    return event_types is None or event.type.name in event_types


async def write_events(
    work: UnitOfWork, events: Sequence[tuple[NewEvent, Sequence[UUID]]], *, at: datetime
) -> list[Written]:
    """Write each event with a delivery to each of its endpoints, in the order given."""
    written = [
        Written(f"evt_{new_id().hex}", {endpoint: new_id() for endpoint in endpoints})
        for _, endpoints in events
    ]
    deliveries = list(_deliveries(written))
    await work.fetch(
        """
        WITH event AS (
            INSERT INTO webhook_events (id, type, occurred_at, body, subject_id)
            SELECT id, type, $1, body, subject_id
            FROM unnest($2::text[], $3::text[], $4::text[], $5::uuid[])
                AS e(id, type, body, subject_id)
        )
        INSERT INTO webhook_deliveries
            (id, event_id, endpoint_id, state, attempts, tries, is_held, next_attempt_at, wake_at)
        SELECT id, event_id, endpoint_id, 'waiting', 0, 0, false, now(), now() + $6::interval
        FROM unnest($7::uuid[], $8::text[], $9::uuid[]) AS d(id, event_id, endpoint_id)
        """,
        at,
        [one.id for one in written],
        [event.type.name for event, _ in events],
        [_body(one.id, event, at) for one, (event, _) in zip(written, events, strict=True)],
        [event.subject_id for event, _ in events],
        PATIENCE,
        [delivery for delivery, _, _ in deliveries],
        [event for _, event, _ in deliveries],
        [endpoint for _, _, endpoint in deliveries],
    )
    for delivery, _, _ in deliveries:
        work.enqueue(DELIVER, delivery_id=delivery)
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
