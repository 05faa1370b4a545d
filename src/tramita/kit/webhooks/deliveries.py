"""Deliveries as lists: what was told to whom and how that went; telling again all that failed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.bounds import within
from tramita.kit.database.places import MOST_COUNTED
from tramita.kit.database.work import UnitOfWork
from tramita.kit.outbox.lifecycle import DeliveryState
from tramita.kit.webhooks.channel import CHANNEL
from tramita.kit.webhooks.endpoints import lock_enabled

# So many are told again at once; whoever wants more asks again.
MOST_REPLAYED: Final = 1000
_ENDPOINTS: Final = 500
# What is shown of each is looked up for this page alone, whatever the planner expects: hence LIMIT 1.
_LINES: Final = f"""
    SELECT d.id, d.endpoint_id, p.url, d.event_id, d.state, d.attempts, d.next_attempt_at,
           e.type, e.subject_id, e.occurred_at, a.started_at AS tried_at, a.status, a.error
    FROM (
        SELECT last.* FROM unnest($1::uuid[]) AS r(endpoint)
        CROSS JOIN unnest($2::text[]) AS s(state) CROSS JOIN LATERAL (
            SELECT id FROM webhook_deliveries AS d WHERE d.endpoint_id = r.endpoint
            AND d.state = s.state {{beyond}} ORDER BY d.id DESC LIMIT $3
        ) AS last ORDER BY id DESC LIMIT $3
    ) AS page CROSS JOIN LATERAL (SELECT * FROM webhook_deliveries WHERE id = page.id LIMIT 1) AS d
    CROSS JOIN LATERAL (SELECT * FROM webhook_events WHERE id = d.event_id LIMIT 1) AS e
    CROSS JOIN LATERAL (SELECT * FROM webhook_endpoints WHERE id = d.endpoint_id LIMIT 1) AS p
    LEFT JOIN LATERAL (
        SELECT * FROM webhook_attempts WHERE delivery_id = d.id AND number = d.attempts LIMIT 1
    ) AS a ON true
    WHERE {within("p", 4)} ORDER BY d.id DESC
"""  # noqa: S608 - ours
_COUNTS: Final = """
    SELECT r.endpoint, s.state, (SELECT count(*) FROM (
        SELECT FROM webhook_deliveries AS d WHERE d.endpoint_id = r.endpoint AND d.state = s.state
        LIMIT $3
    ) AS counted) AS n
    FROM unnest($1::uuid[]) AS r(endpoint) CROSS JOIN unnest($2::text[]) AS s(state)
"""


class DeliveryLine(Struct):
    """A delivery in a list, with its last attempt: ``tried_at``, ``status`` or ``error``."""

    id: UUID
    endpoint_id: UUID
    url: str
    event_id: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    type: str
    subject_id: UUID
    occurred_at: datetime
    tried_at: datetime | None
    status: int | None
    error: str | None


async def find_deliveries(
    work: UnitOfWork,
    *,
    endpoints: Collection[UUID],
    states: Collection[DeliveryState],
    before: UUID | None,
    limit: int,
) -> list[DeliveryLine]:
    """Deliveries to these endpoints, the latest first, those before ``before``; at most ``limit``."""
    given = [] if before is None else [before]
    beyond = "" if before is None else "AND d.id < $6"
    return await work.read(
        DeliveryLine,
        _LINES.format(beyond=beyond),
        list(endpoints)[:_ENDPOINTS],
        [one.value for one in states],
        limit,
        *work.bounds.limits,
        *given,
    )


async def count_deliveries(
    work: UnitOfWork, endpoints: Collection[UUID]
) -> Mapping[tuple[UUID, str], int]:
    """How many deliveries to each endpoint are in each state; ``MOST_COUNTED`` + 1 for more."""
    states = [one.value for one in DeliveryState]
    rows = await work.fetch(_COUNTS, list(endpoints), states, MOST_COUNTED + 1)
    return {(row["endpoint"], row["state"]): row["n"] for row in rows}


async def replay_failed(work: UnitOfWork, endpoint_id: UUID) -> int:
    """Tell an endpoint again what failed, the oldest first, at most ``MOST_REPLAYED`` at once.

    Answers how many. Raises ``EndpointNotFound`` and ``EndpointDisabled``.
    """
    await lock_enabled(work, endpoint_id)
    rows = await work.fetch(
        "SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 'failed' "
        "ORDER BY id LIMIT $2",
        endpoint_id,
        MOST_REPLAYED,
    )
    return len(await CHANNEL.replay_all(work, [row["id"] for row in rows]))
