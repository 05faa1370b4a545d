"""Webhooks as a channel of the outbox: its tables, and what failures mean for an endpoint."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.outbox.channel import Channel
from tramita.kit.outbox.letters import Settlement, Verdict
from tramita.kit.outbox.tables import Tables
from tramita.kit.transitions import Stateful
from tramita.kit.webhooks.courier import Letter
from tramita.kit.webhooks.lifecycle import DELIVERY, ENDPOINT, EndpointTrigger

# An endpoint that has only failed for so long gets nothing more.
_LONGEST_FAILURE = timedelta(days=5)

ENDPOINTS = Stateful(ENDPOINT, "webhook_endpoints")


async def judge(work: UnitOfWork, settlements: Sequence[Settlement[Letter]]) -> None:
    """Note since when each endpoint fails, and disable those that are gone or failed too long."""
    accepting = _endpoints(settlements, Verdict.ACCEPTED)
    gone = await _gone(work, settlements)
    rows = await work.fetch(
        """
        UPDATE webhook_endpoints SET failing_since =
            CASE WHEN NOT id = ANY($2::uuid[]) THEN coalesce(failing_since, now()) END
        WHERE id = ANY($1::uuid[])
          AND (failing_since IS NOT NULL OR NOT id = ANY($2::uuid[]))
        RETURNING id, failing_since < now() - $3::interval AS has_failed_too_long
        """,
        [one.letter.receiver_id for one in settlements],
        list(accepting),
        _LONGEST_FAILURE,
    )
    failing = {row["id"] for row in rows if row["has_failed_too_long"]} - gone
    if gone:
        await disable(work, sorted(gone), reason="it answered 410 Gone")
    if failing:
        await disable(work, sorted(failing), reason="it has only failed for five days")


async def _gone(work: UnitOfWork, settlements: Sequence[Settlement[Letter]]) -> set[UUID]:
    """Those that say so, but for what was sent before somebody enabled them again."""
    letters = [one.letter for one in settlements if one.sent.verdict is Verdict.GONE]
    if not letters:
        return set()
    rows = await work.fetch(
        """
        SELECT DISTINCT l.endpoint FROM unnest($1::uuid[], $2::int[], $3::uuid[])
            AS l(delivery, number, endpoint)
        JOIN webhook_attempts AS a ON a.delivery_id = l.delivery AND a.number = l.number
        WHERE NOT EXISTS (
            SELECT FROM history AS h WHERE h.subject = $4 AND h.subject_id = l.endpoint
            AND h.trigger = $5 AND h.at > a.started_at)
        """,
        [one.delivery_id for one in letters],
        [one.number for one in letters],
        [one.receiver_id for one in letters],
        ENDPOINTS.table,
        EndpointTrigger.ENABLE.value,
    )
    return {row["endpoint"] for row in rows}


def _endpoints(settlements: Sequence[Settlement[Letter]], verdict: Verdict) -> set[UUID]:
    return {one.letter.receiver_id for one in settlements if one.sent.verdict is verdict}


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
    await CHANNEL.cancel_waiting(work, list(moved), cause=reason)


BODY: Final = "webhook_events.body"
"""As what an event says is encrypted."""
CHANNEL: Final = Channel(
    name="webhooks",
    job="webhooks.deliver",
    letter=Letter,
    deliveries=Stateful(DELIVERY, "webhook_deliveries"),
    tables=Tables(
        messages="webhook_events",
        message="event_id",
        receivers="webhook_endpoints",
        receiver="endpoint_id",
        attempts="webhook_attempts",
        columns={
            "event_id": "m.id",
            "body": "m.body",
            "url": "r.url",
            "secrets": "CASE WHEN r.previous_secret_until > now() "
            "THEN ARRAY[r.secret, r.previous_secret] || r.older_secrets ELSE ARRAY[r.secret] END",
        },
        address="url",
        encrypted={"body": BODY},
        is_open="r.state = 'enabled'",
        closed="its endpoint is disabled",
    ),
    judge=judge,
)
