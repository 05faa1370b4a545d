"""Read models of operations: the list an operator works from, and one in full."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError


class OperationNotFound(NotFoundError):
    """There is no operation {id}."""


class ExchangeView(msgspec.Struct):
    """One request to a provider and what came back, masked."""

    attempt: int
    method: str
    path: str
    request: str
    status: int | None
    answer: str
    error: str | None
    outcome: str
    started_at: datetime
    milliseconds: int


class OperationView(msgspec.Struct):
    """One outside act as an operator sees it."""

    id: UUID
    kind: str
    provider: str
    subject_id: UUID
    state: str
    attempts: int
    reason: str | None
    reference: str | None
    created_at: datetime
    sent_at: datetime | None
    due_at: datetime


_COLUMNS = "id, kind, provider, subject_id, state, attempts, reason, reference, created_at, sent_at, due_at"


async def list_operations(
    work: UnitOfWork, *, state: str | None, after: UUID | None, limit: int
) -> list[OperationView]:
    """Operations in order of age, those after ``after``; at most ``limit``."""
    rows = await work.fetch(
        f"""
        SELECT {_COLUMNS} FROM operations
        WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id LIMIT $3
        """,  # noqa: S608 - the columns are a constant
        state,
        after,
        limit,
    )
    return [_view(row) for row in rows]


async def get_operation(
    work: UnitOfWork, operation_id: UUID
) -> tuple[OperationView, list[ExchangeView]]:
    """One operation with everything that was said for it; raises ``OperationNotFound``."""
    rows = await work.fetch(
        f"SELECT {_COLUMNS} FROM operations WHERE id = $1",  # noqa: S608 - a constant
        operation_id,
    )
    if not rows:
        raise OperationNotFound(id=operation_id)
    said = await work.fetch(
        "SELECT attempt, method, path, request, status, answer, error, outcome, started_at, "
        "milliseconds FROM exchanges WHERE operation_id = $1 ORDER BY id",
        operation_id,
    )
    return _view(rows[0]), [msgspec.convert(dict(one), ExchangeView) for one in said]


def _view(row: Any) -> OperationView:
    return msgspec.convert(dict(row), OperationView)
