"""``/api/v1/operations``: outside acts, above all those that need a person."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.operations.actions import OperationAction, acting, allowed_actions
from tramita.kit.operations.queries import (
    ExchangeView,
    OperationView,
    get_operation,
    list_operations,
)

State = Literal[
    "prepared", "sent", "succeeded", "pending", "refused", "not_sent", "unknown", "needs_attention"
]


class ActionBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why it is done; stands in the operation's history."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class OperationDetails(msgspec.Struct):
    """An operation, its exchanges, oldest first, and what a person may do about it.

    ``actions`` has ``null`` for what is allowed, and for the rest the reason why not.
    """

    operation: OperationView
    exchanges: list[ExchangeView]
    actions: dict[OperationAction, str | None]


class OperationsController(Controller):
    """What Tramita did, does and could not settle at outside systems."""

    path = "/api/v1/operations"
    tags = ["Operations"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @get(opt={"scope": "operations:read"})
    async def index(
        self,
        runtime: FromRuntime,
        in_state: Annotated[State | None, QueryParameter(name="state")] = None,
        subject: Annotated[
            UUID | None, QueryParameter(description="The contract or number it is about.")
        ] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[OperationView]:
        """Operations by age; ``state=needs_attention`` is the operator's list."""
        after = decode_cursor(cursor, UUID) if cursor else None
        async with runtime.database.unit_of_work() as work:
            found = await list_operations(
                work,
                state=in_state.upper() if in_state else None,
                after=after,
                limit=limit + 1,
                subject=subject,
            )
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @get("/{operation_id:uuid}", opt={"scope": "operations:read"})
    async def show(self, operation_id: FromPath[UUID], runtime: FromRuntime) -> OperationDetails:
        """One operation: what was sent, what came back."""
        async with runtime.database.unit_of_work() as work:
            return await self._details(work, operation_id)

    async def _details(self, work: UnitOfWork, operation_id: UUID) -> OperationDetails:
        operation, exchanges = await get_operation(work, operation_id)
        actions = await allowed_actions(work, operation_id)
        return OperationDetails(operation, exchanges, dict(actions))

    @post(
        "/{operation_id:uuid}/{action:str}",
        status_code=200,
        opt={"scope": "operations:write", "idempotent": True, "problems": [404, 409]},
    )
    async def act(
        self,
        operation_id: FromPath[UUID],
        action: FromPath[OperationAction],
        data: JSONBody[ActionBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> OperationDetails:
        """Decide about an operation that needs attention: ask again, send again, mark refused."""
        async with acting(runtime, operation_id, action, note=data.note, actor=actor) as work:
            return await answered(work, await self._details(work, operation_id))
