"""Set-based statements on deliveries: take, settle, find again what was lost.

Taking, settling and cancelling lock the endpoints concerned first, in order of id, and are
so one after the other for each endpoint. Thus an endpoint never has more attempts under way
than its lanes, and a delivery held back because of that is woken by the one that makes
room. The history of a delivery is its attempts; only what people do to it goes to
``history``. Leases and due times are in real time, as those of operations are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.transitions import Stateful
from tramita.kit.webhooks.courier import Letter, Posted
from tramita.kit.webhooks.emission import DELIVER, PATIENCE
from tramita.kit.webhooks.lifecycle import (
    DELIVERY,
    ENDPOINT,
    OPEN,
    DeliveryState,
    DeliveryTrigger,
    EndpointState,
    EndpointTrigger,
)

# How many attempts one endpoint gets at the same time, so that a slow one keeps nobody waiting.
LANES = 5

# How long a taken delivery may go without an answer: the courier's deadline, and time to record.
LEASE = timedelta(seconds=30)

# A delivery whose workers die of it, attempt after attempt, must not go on forever either.
_MOST_TRIES = 20

# An endpoint that has only failed for so long gets nothing more.
_LONGEST_FAILURE = timedelta(days=5)

ACTOR = "webhooks"

DELIVERIES = Stateful(DELIVERY, "webhook_deliveries")
ENDPOINTS = Stateful(ENDPOINT, "webhook_endpoints")


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of an attempt; ``wait`` is how long until the next one, if there is to be one."""

    letter: Letter
    posted: Posted
    wait: timedelta | None

    def trigger(self, *, is_enabled: bool) -> DeliveryTrigger:
        """What it does to the delivery, given whether its endpoint still gets anything."""
        if self.posted.is_accepted:
            return DeliveryTrigger.ACCEPTED
        if self.posted.is_gone:
            return DeliveryTrigger.GONE
        if not is_enabled:
            return DeliveryTrigger.CANCEL
        return DeliveryTrigger.AGAIN if self.wait is not None else DeliveryTrigger.EXHAUSTED


async def take(work: UnitOfWork, ids: Sequence[UUID]) -> list[Letter | None]:
    """Take what is due and has a free lane, each with its attempt already written down.

    In the order asked for; ``None`` for what is settled, not due, in other hands or held.
    """
    work.actor = ACTOR
    await work.fetch(
        """
        SELECT FROM webhook_endpoints WHERE id IN
            (SELECT endpoint_id FROM webhook_deliveries WHERE id = ANY($1::uuid[]))
        ORDER BY id FOR NO KEY UPDATE
        """,
        list(ids),
    )
    rows = await work.fetch(_TAKE, list(ids), LANES, LEASE, PATIENCE, _MOST_TRIES)
    left = {row["id"]: row["is_enabled"] for row in rows if row["number"] is None}
    await _give_up(work, left)
    letters = {
        row["id"]: Letter(
            row["id"],
            row["endpoint_id"],
            row["number"],
            row["tries"],
            row["event_id"],
            row["body"],
            row["url"],
            row["secrets"],
        )
        for row in rows
        if row["number"] is not None
    }
    # The same delivery may stand in a batch twice: the first to ask gets it.
    return [letters.pop(one, None) for one in ids]


async def _give_up(work: UnitOfWork, left: Mapping[UUID, bool]) -> None:
    """Cancel what is left for a disabled endpoint, and end what was lost too often."""
    spent = [one for one, is_enabled in left.items() if is_enabled]
    unwanted = [one for one, is_enabled in left.items() if not is_enabled]
    if spent:
        cause = "no attempt was ever recorded to its end"
        await DELIVERIES.move(work, spent, DeliveryTrigger.EXHAUSTED, cause=cause)
    if unwanted:
        cause = "its endpoint is disabled"
        await DELIVERIES.move(work, unwanted, DeliveryTrigger.CANCEL, cause=cause)


_TAKE = """
    WITH due AS (
        SELECT d.id, d.endpoint_id, e.state = 'enabled' AS is_enabled, e.url,
               d.state = 'sending' AND d.tries >= $5 AS is_spent,
               CASE WHEN e.previous_secret_until > now()
                    THEN ARRAY[e.secret, e.previous_secret] ELSE ARRAY[e.secret] END AS secrets,
               row_number() OVER (PARTITION BY d.endpoint_id
                                  ORDER BY d.next_attempt_at, d.id) AS place
        FROM webhook_deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id
        WHERE d.id = ANY($1::uuid[])
          AND ((d.state = 'waiting' AND d.next_attempt_at <= now())
               OR (d.state = 'sending' AND d.lease_until < now()))
    ), busy AS (
        SELECT endpoint_id, count(*) AS lanes FROM webhook_deliveries
        WHERE state = 'sending' AND lease_until >= now()
          AND endpoint_id IN (SELECT endpoint_id FROM due)
        GROUP BY endpoint_id
    ), fitting AS (
        SELECT due.*, place <= $2 - coalesce(lanes, 0) AS fits
        FROM due LEFT JOIN busy USING (endpoint_id)
    ), taken AS (
        UPDATE webhook_deliveries AS d SET
            state = 'sending', attempts = d.attempts + 1, tries = d.tries + 1, is_held = false,
            lease_until = clock_timestamp() + $3::interval,
            wake_at = clock_timestamp() + $3::interval
        FROM fitting AS f WHERE d.id = f.id AND f.fits AND f.is_enabled AND NOT f.is_spent
        RETURNING d.id, d.endpoint_id, d.event_id, d.attempts, d.tries, f.url, f.secrets
    ), held AS (
        UPDATE webhook_deliveries AS d SET is_held = true, wake_at = now() + $4::interval
        FROM fitting AS f
        WHERE d.id = f.id AND NOT f.fits AND f.is_enabled AND NOT f.is_spent
    ), kept AS (
        INSERT INTO webhook_attempts (delivery_id, number, started_at, answer)
        SELECT id, attempts, clock_timestamp(), '' FROM taken
    )
    SELECT t.id, t.endpoint_id, t.event_id, t.attempts AS number, t.tries, t.url, t.secrets, e.body,
           true AS is_enabled
    FROM taken AS t JOIN webhook_events AS e ON e.id = t.event_id
    UNION ALL
    SELECT id, endpoint_id, NULL, NULL, NULL, NULL, NULL, NULL, is_enabled
    FROM fitting WHERE is_spent OR NOT is_enabled
"""


async def settle(work: UnitOfWork, settlements: Sequence[Settlement]) -> list[bool]:
    """Record what came of attempts; false for one whose delivery has meanwhile been taken anew."""
    work.actor = ACTOR
    endpoints = await work.fetch(
        "SELECT id, state FROM webhook_endpoints WHERE id = ANY($1::uuid[]) "
        "ORDER BY id FOR NO KEY UPDATE",
        [one.letter.endpoint_id for one in settlements],
    )
    enabled = {row["id"] for row in endpoints if row["state"] == EndpointState.ENABLED}
    await _record_attempts(work, settlements)
    applied = await _settle_deliveries(work, settlements, enabled)
    await _judge_endpoints(work, settlements)
    await _wake_held(work, [one.letter.endpoint_id for one in settlements])
    return [one.letter.delivery_id in applied for one in settlements]


async def _record_attempts(work: UnitOfWork, settlements: Sequence[Settlement]) -> None:
    await work.fetch(
        """
        UPDATE webhook_attempts AS a SET
            status = s.status, error = s.error, answer = s.answer, milliseconds = s.milliseconds
        FROM unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::text[], $6::int[])
            AS s(delivery_id, number, status, error, answer, milliseconds)
        WHERE a.delivery_id = s.delivery_id AND a.number = s.number
        """,
        [one.letter.delivery_id for one in settlements],
        [one.letter.number for one in settlements],
        [one.posted.status for one in settlements],
        [one.posted.error for one in settlements],
        [one.posted.answer for one in settlements],
        [one.posted.milliseconds for one in settlements],
    )


async def _settle_deliveries(
    work: UnitOfWork, settlements: Sequence[Settlement], enabled: set[UUID]
) -> set[UUID]:
    triggers = [one.trigger(is_enabled=one.letter.endpoint_id in enabled) for one in settlements]
    rows = await work.fetch(
        """
        UPDATE webhook_deliveries AS d SET
            state = s.state,
            next_attempt_at = CASE WHEN s.state = 'waiting' THEN now() + s.wait END,
            wake_at = now() + coalesce(s.wait, interval '0') + $5::interval,
            lease_until = NULL
        FROM unnest($1::uuid[], $2::int[], $3::text[], $4::interval[])
            AS s(id, number, state, wait)
        WHERE d.id = s.id AND d.attempts = s.number AND d.state = 'sending'
        RETURNING d.id, d.state, s.wait
        """,
        [one.letter.delivery_id for one in settlements],
        [one.letter.number for one in settlements],
        [DELIVERY.next(DeliveryState.SENDING, trigger).value for trigger in triggers],
        [one.wait for one in settlements],
        PATIENCE,
    )
    for row in rows:
        if row["state"] == DeliveryState.WAITING:
            work.enqueue(DELIVER, delay=row["wait"], delivery_id=row["id"])
    return {row["id"] for row in rows}


async def _judge_endpoints(work: UnitOfWork, settlements: Sequence[Settlement]) -> None:
    """Note since when each endpoint fails, and disable those that are gone or failed too long."""
    accepting = {one.letter.endpoint_id for one in settlements if one.posted.is_accepted}
    gone = {one.letter.endpoint_id for one in settlements if one.posted.is_gone}
    rows = await work.fetch(
        """
        UPDATE webhook_endpoints SET failing_since =
            CASE WHEN NOT id = ANY($2::uuid[]) THEN coalesce(failing_since, now()) END
        WHERE id = ANY($1::uuid[])
          AND (failing_since IS NOT NULL OR NOT id = ANY($2::uuid[]))
        RETURNING id, failing_since < now() - $3::interval AS has_failed_too_long
        """,
        [one.letter.endpoint_id for one in settlements],
        list(accepting),
        _LONGEST_FAILURE,
    )
    failing = {row["id"] for row in rows if row["has_failed_too_long"]} - gone
    if gone:
        await disable(work, sorted(gone), reason="it answered 410 Gone")
    if failing:
        await disable(work, sorted(failing), reason="it has only failed for five days")


async def disable(work: UnitOfWork, endpoints: Sequence[UUID], *, reason: str) -> None:
    """Send nothing more to these endpoints; what still waits for them is cancelled.

    Their rows must be locked by the caller, unless it changes no others.
    """
    moved = await ENDPOINTS.move(work, endpoints, EndpointTrigger.DISABLE, cause=reason)
    await work.fetch(
        "UPDATE webhook_endpoints SET disabled_at = tramita_now(), disabled_reason = $2 "
        "WHERE id = ANY($1::uuid[])",
        list(moved),
        reason,
    )
    waiting = await work.fetch(
        "SELECT id FROM webhook_deliveries "
        "WHERE endpoint_id = ANY($1::uuid[]) AND state = 'waiting'",
        list(moved),
    )
    await DELIVERIES.move(
        work, [row["id"] for row in waiting], DeliveryTrigger.CANCEL, cause=reason
    )


async def _wake_held(work: UnitOfWork, freed: Sequence[UUID]) -> None:
    """Enqueue as many held deliveries of each endpoint as lanes became free, longest due first."""
    rows = await work.fetch(
        """
        UPDATE webhook_deliveries AS d SET is_held = false
        FROM (SELECT endpoint_id, count(*) AS lanes FROM unnest($1::uuid[]) AS f(endpoint_id)
              GROUP BY endpoint_id) AS freed
        CROSS JOIN LATERAL (
            SELECT id FROM webhook_deliveries
            WHERE endpoint_id = freed.endpoint_id AND is_held AND state = ANY($2::text[])
            ORDER BY next_attempt_at, id LIMIT freed.lanes
        ) AS next
        WHERE d.id = next.id
        RETURNING d.id
        """,
        list(freed),
        [state.value for state in OPEN],
    )
    for row in rows:
        work.enqueue(DELIVER, delivery_id=row["id"])


async def enqueue_lost(work: UnitOfWork, *, limit: int = 500) -> int:
    """Enqueue again what lost its job or its worker; answers how many."""
    rows = await work.fetch(
        """
        WITH lost AS (
            SELECT id FROM webhook_deliveries
            WHERE state = ANY($1::text[]) AND wake_at < now()
            ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        UPDATE webhook_deliveries AS d SET wake_at = now() + $3::interval
        FROM lost WHERE d.id = lost.id
        RETURNING d.id
        """,
        [state.value for state in OPEN],
        limit,
        PATIENCE,
    )
    for row in rows:
        work.enqueue(DELIVER, key=f"webhook:{row['id']}", is_sweep=True, delivery_id=row["id"])
    return len(rows)
