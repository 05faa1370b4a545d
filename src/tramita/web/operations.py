"""``/api/v1/operations``: outside acts, above all those that need a person."""

from typing import Annotated, Any, Final, Literal
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
from tramita.kit.operations.many import BulkAct, BulkAnswer, Chosen, begin_many, tell_many
from tramita.kit.operations.queries import (
    ExchangeView,
    OperationView,
    get_operation,
    list_operations,
)

State = Literal[
    "prepared", "sent", "succeeded", "pending", "refused", "not_sent", "unknown", "needs_attention"
]


MANY: Final[dict[str, Any]] = {
    "scope": "operations:write",
    "idempotent": True,
    "problems": [409],
}


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


class ManyBody(msgspec.Struct, forbid_unknown_fields=True):
    """One action on many: these operations, or all that need attention of a kind or a provider.

    Those that are named are each answered, whatever their state. ``note`` stands in each history.
    """

    action: OperationAction
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    ids: Annotated[list[UUID], msgspec.Meta(max_length=10_000)] = []
    kind: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    provider: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class ManyDetails(msgspec.Struct):
    """How far it is, and what came of each, in order of id."""

    act: BulkAct
    left: int
    answers: Page[BulkAnswer]


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
        after = decode_cursor(cursor, UUID)
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

    @post("/many", status_code=202, opt=MANY)
    async def act_on_many(
        self, data: JSONBody[ManyBody], runtime: FromRuntime, actor: FromActor
    ) -> ManyDetails:
        """Do one thing to many, each answered for itself; a job does it, one after the other."""
        chosen = Chosen(ids=data.ids, kind=data.kind, provider=data.provider)
        async with runtime.database.unit_of_work(actor=actor) as work:
            bulk_id = await begin_many(work, data.action, chosen, note=data.note)
            return await answered(work, await _many(work, bulk_id, None, DEFAULT_LIMIT))

    @get("/many/{bulk_id:uuid}", opt={"scope": "operations:read"})
    async def show_many(
        self,
        bulk_id: FromPath[UUID],
        runtime: FromRuntime,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> ManyDetails:
        """How far that is, and what came of each."""
        after = decode_cursor(cursor, UUID)
        async with runtime.database.unit_of_work() as work:
            return await _many(work, bulk_id, after, limit)


async def _many(work: UnitOfWork, bulk_id: UUID, after: UUID | None, limit: int) -> ManyDetails:
    act, found = await tell_many(work, bulk_id, after=after, limit=limit + 1)
    page = to_page(found, limit, present=lambda one: one, key=lambda one: one.operation_id)
    return ManyDetails(act, act.left, page)
