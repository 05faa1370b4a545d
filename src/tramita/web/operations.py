"""``/api/v1/operations``: outside acts, above all those that need a person."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.params import FromPath, QueryParameter

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.operations.queries import (
    ExchangeView,
    OperationView,
    get_operation,
    list_operations,
)

State = Literal[
    "prepared", "sent", "succeeded", "pending", "refused", "not_sent", "unknown", "needs_attention"
]


class OperationDetails(msgspec.Struct):
    """An operation and its exchanges, oldest first."""

    operation: OperationView
    exchanges: list[ExchangeView]


class OperationsController(Controller):
    """What Tramita did, does and could not settle at outside systems."""

    path = "/api/v1/operations"
    tags = ["Operations"]  # noqa: RUF012 - Litestar's own declaration

    @get(opt={"scope": "operations:read"})
    async def index(
        self,
        runtime: FromRuntime,
        in_state: Annotated[State | None, QueryParameter(name="state")] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[OperationView]:
        """Operations by age; ``state=needs_attention`` is the operator's list."""
        after = decode_cursor(cursor, UUID) if cursor else None
        async with runtime.database.unit_of_work() as work:
            found = await list_operations(
                work, state=in_state.upper() if in_state else None, after=after, limit=limit + 1
            )
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @get("/{operation_id:uuid}", opt={"scope": "operations:read"})
    async def show(self, operation_id: FromPath[UUID], runtime: FromRuntime) -> OperationDetails:
        """One operation: what was sent, what came back."""
        async with runtime.database.unit_of_work() as work:
            operation, exchanges = await get_operation(work, operation_id)
        return OperationDetails(operation, exchanges)
