"""Enrollments: the courses that an order opens, and closes again."""

from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.webhooks.emission import NewEvent, emit_many
from tramita.kit.webhooks.types import EventType
from tramita.orders.events import ENROLLMENT_CLOSED, ENROLLMENT_OPENED
from tramita.orders.learners import read_username
from tramita.orders.lifecycle import EnrollmentState, EnrollmentTrigger
from tramita.orders.model import ENROLLMENTS

_OPEN: Final = """
    INSERT INTO enrollments (id, order_id, course_id, learner_id, state, opened_at)
    SELECT new.id, o.id, new.course_id, o.owner_id, $4, tramita_now()
    FROM orders AS o, unnest($2::uuid[], $3::uuid[]) AS new(id, course_id) WHERE o.id = $1
    ON CONFLICT ON CONSTRAINT enrollments_once DO NOTHING RETURNING id
"""
_SNAPSHOTS: Final = """
    SELECT jsonb_build_object(
        'id', e.id, 'order_id', e.order_id, 'owner', l.username, 'course_code', c.code,
        'state', e.state, 'opened_on', e.opened_at, 'closed_on', e.closed_at) AS data
    FROM enrollments AS e JOIN courses AS c ON c.id = e.course_id
    JOIN learners AS l ON l.id = e.learner_id WHERE e.id = ANY($1::uuid[]) ORDER BY e.id
"""


async def open_enrollments(work: UnitOfWork, order_id: UUID) -> None:
    """Open the courses that an order was sold for; those that are open already stay so."""
    courses = await work.fetch(
        "SELECT course_id FROM order_target_courses WHERE order_id = $1 ORDER BY position", order_id
    )
    opened = await work.fetch(
        _OPEN,
        order_id,
        [new_id() for _ in courses],
        [row["course_id"] for row in courses],
        EnrollmentState.OPEN.value,
    )
    await _tell(work, ENROLLMENT_OPENED, order_id, [row["id"] for row in opened])


async def close_enrollments(work: UnitOfWork, order_id: UUID) -> None:
    """Close what an order has opened."""
    found = await work.fetch("SELECT id FROM enrollments WHERE order_id = $1", order_id)
    closed = await ENROLLMENTS.move(
        work, [row["id"] for row in found], EnrollmentTrigger.CLOSE, cause="its order was canceled"
    )
    await work.fetch(
        "UPDATE enrollments SET closed_at = tramita_now() WHERE id = ANY($1::uuid[])", [*closed]
    )
    await _tell(work, ENROLLMENT_CLOSED, order_id, [*closed])


async def _tell(work: UnitOfWork, kind: EventType, order_id: UUID, ids: list[UUID]) -> None:
    if ids:
        told = [row["data"] for row in await work.fetch(_SNAPSHOTS, ids)]
        events = [one | {"owner": read_username(work, one["owner"])} for one in told]
        await emit_many(work, [NewEvent(kind, order_id, one) for one in events])
