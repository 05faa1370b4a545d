"""Read models: endpoints, events, and one event with everything that was tried."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tramita.kit.bounds import within
from tramita.kit.database.conditions import only_given
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.webhooks.channel import BODY
from tramita.kit.webhooks.endpoints import EndpointNotFound

# A delivery has ten attempts, and ten more whenever somebody replays it.
_MOST_ATTEMPTS = 1000


class EventNotFound(NotFoundError):
    """There is no webhook event {id}; they are kept for at least 30 days."""


class EndpointView(msgspec.Struct):
    """An endpoint without its secret; ``event_types`` is null for all of them."""

    id: UUID
    url: str
    description: str
    event_types: list[str] | None
    enabled: bool
    previous_secret_until: datetime | None
    failing_since: datetime | None
    created_at: datetime
    disabled_at: datetime | None
    disabled_reason: str | None


class EventView(msgspec.Struct):
    """One thing that happened."""

    id: str
    type: str
    subject_id: UUID
    occurred_at: datetime


class AttemptView(msgspec.Struct):
    """One POST and its answer, masked; no milliseconds: nobody knows how it ended."""

    number: int
    started_at: datetime
    status: int | None
    error: str | None
    answer: str
    milliseconds: int | None


class DeliveryView(msgspec.Struct):
    """One event on its way to one endpoint; ``next_attempt_at`` while it is waiting."""

    id: UUID
    endpoint_id: UUID
    url: str
    state: str
    next_attempt_at: datetime | None
    attempts: list[AttemptView]


class EventDetails(EventView):
    """An event, its body as every receiver gets it, and its deliveries."""

    body: dict[str, Any]
    deliveries: list[DeliveryView]


_ENDPOINT = (
    "id, url, description, event_types, state = 'enabled' AS enabled, "
    "CASE WHEN previous_secret_until > now() THEN previous_secret_until END "
    "AS previous_secret_until, failing_since, created_at, disabled_at, disabled_reason"
)


async def list_endpoints(
    work: UnitOfWork, *, before: UUID | None, limit: int
) -> list[EndpointView]:
    """Endpoints, newest first, those before ``before``; at most ``limit``."""
    return await work.read(
        EndpointView,
        f"SELECT {_ENDPOINT} FROM webhook_endpoints AS e "  # noqa: S608 - constants
        f"WHERE ($1::uuid IS NULL OR id < $1) AND {within('e', 3)} ORDER BY id DESC LIMIT $2",
        before,
        limit,
        *work.bounds.limits,
    )


async def get_endpoint(work: UnitOfWork, endpoint_id: UUID) -> EndpointView:
    """One endpoint; raises ``EndpointNotFound``."""
    found = await work.read(
        EndpointView,
        f"SELECT {_ENDPOINT} FROM webhook_endpoints AS e WHERE id = $1 AND {within('e', 2)}",  # noqa: S608 - constants
        endpoint_id,
        *work.bounds.limits,
    )
    if not found:
        raise EndpointNotFound(id=endpoint_id)
    return found[0]


async def list_events(
    work: UnitOfWork,
    *,
    type_name: str | None,
    subject_id: UUID | None,
    before: str | None,
    limit: int,
) -> list[EventView]:
    """Events, newest first, those before ``before``; at most ``limit``."""
    written = {"e.type": type_name} | work.bounds.asked("e")
    where, values = only_given(written, {"e.subject_id =": subject_id, "e.id <": before}, first=2)
    return await work.read(
        EventView,
        f"SELECT id, type, subject_id, occurred_at FROM webhook_events AS e WHERE {where} "  # noqa: S608 - constants
        "ORDER BY id DESC LIMIT $1",
        limit,
        *values,
    )


async def get_event(work: UnitOfWork, event_id: str) -> EventDetails:
    """One event with its deliveries and their attempts; raises ``EventNotFound``."""
    rows = await work.fetch(
        "SELECT id, type, subject_id, occurred_at, body FROM webhook_events AS e "  # noqa: S608 - a constant
        f"WHERE id = $1 AND {within('e', 2)}",
        event_id,
        *work.bounds.limits,
    )
    if not rows:
        raise EventNotFound(id=event_id)
    deliveries = await work.fetch(
        f"""
        SELECT d.id, d.endpoint_id, e.url, d.state,
               CASE WHEN d.state = 'waiting' THEN d.next_attempt_at END AS next_attempt_at
        FROM webhook_deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id
        WHERE d.event_id = $1 AND {within("e", 2)} ORDER BY d.id
        """,  # noqa: S608 - a constant
        rows[0]["id"],
        *work.bounds.limits,
    )
    attempts = await _attempts_of(work, [one["id"] for one in deliveries])
    body = work.keys.decrypt(rows[0]["body"], BODY)
    return EventDetails(
        **(dict(rows[0]) | {"body": msgspec.json.decode(body)}),
        deliveries=[
            DeliveryView(**dict(one), attempts=attempts.get(one["id"], [])) for one in deliveries
        ],
    )


async def _attempts_of(work: UnitOfWork, ids: list[UUID]) -> dict[UUID, list[AttemptView]]:
    rows = await work.fetch(
        "SELECT delivery_id, number, started_at, status, error, answer, milliseconds "
        "FROM webhook_attempts WHERE delivery_id = ANY($1::uuid[]) "
        "ORDER BY delivery_id, number LIMIT $2",
        ids,
        _MOST_ATTEMPTS,
    )
    found: dict[UUID, list[AttemptView]] = {}
    for row in rows:
        attempt = {name: value for name, value in row.items() if name != "delivery_id"}
        found.setdefault(row["delivery_id"], []).append(AttemptView(**attempt))
    return found
