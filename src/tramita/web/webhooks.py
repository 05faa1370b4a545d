"""``/api/v1/webhooks``: who is told what happens, what was told, and telling it again."""

from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import UNSET, Meta, Struct, UnsetType

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.runtime import Runtime
from tramita.kit.webhooks import deliveries, endpoints, queries
from tramita.kit.webhooks.queries import EndpointView, EventDetails, EventView
from tramita.kit.webhooks.types import EventType
from tramita.process.areas import EVERYTHING

# What can be told to an endpoint.
EVENT_TYPES: Final[Sequence[EventType]] = [one for area in EVERYTHING for one in area.events]

READ: dict[str, Any] = {"scope": "webhooks:read"}
WRITE: dict[str, Any] = {"scope": "webhooks:write"}
ACT: dict[str, Any] = WRITE | {"idempotent": True}

# ``$`` alone would let a line feed follow; ``(?!\n)`` says the same in every dialect.
Url = Annotated[
    str,
    Meta(
        max_length=2000,
        pattern=r"^https?://[!-~]+$(?!\n)",
        examples=["https://lender.example/tramita"],
    ),
]
Description = Annotated[str, Meta(max_length=500)]
TypeNames = list[Annotated[str, Meta(max_length=100)]]
EventId = Annotated[str, Meta(pattern=r"^evt_[0-9a-f]{32}$(?!\n)")]
TypeName = Annotated[
    str | None,
    QueryParameter(name="type", max_length=100, pattern=r"^[a-z0-9_.]+$(?!\n)"),
]


class EndpointBody(Struct, forbid_unknown_fields=True):
    """An endpoint to be added; without ``event_types`` it gets every event."""

    url: Url
    description: Description = ""
    event_types: TypeNames | None = None


class EndpointChangeBody(Struct, forbid_unknown_fields=True):
    """What to change of an endpoint; what is left out stays."""

    url: Url | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    event_types: TypeNames | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET


class EndpointWithSecret(EndpointView):
    """An endpoint with the secret that signs its events; it is shown this once.

    Whoever asks again with the same ``Idempotency-Key`` gets ``null``; rotate it then.
    """

    secret: str | None


class TestAnswer(Struct):
    """A test on its way."""

    event_id: str
    delivery_id: UUID


class ReplayedAnswer(Struct):
    """How many deliveries are on their way again."""

    replayed: int


class EventTypeAnswer(Struct):
    """A kind of event, and when it is sent."""

    name: str
    sentence: str


class EventTypesAnswer(Struct):
    """Every kind of event."""

    items: list[EventTypeAnswer]


def _rules(runtime: Runtime) -> endpoints.Rules:
    names = frozenset(one.name for one in EVENT_TYPES)
    return endpoints.Rules(names, reach=runtime.webhooks.reach)


class EndpointsController(Controller):
    """Where events are posted to."""

    path = "/api/v1/webhooks/endpoints"
    tags = ["Webhooks"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post(opt=ACT)
    async def create(
        self, data: JSONBody[EndpointBody], runtime: FromRuntime, actor: FromActor
    ) -> EndpointWithSecret:
        """Add an endpoint; its secret is shown this once. Without event types it gets all."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await endpoints.create_endpoint(
                work, msgspec.structs.asdict(data), rules=_rules(runtime)
            )
            await work.session.flush()
            return await _shown_once(work, made.id, made.secret)

    @get(opt=READ)
    async def list_all(
        self, runtime: FromRuntime, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[EndpointView]:
        """Endpoints, newest first, without their secrets."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.unit_of_work() as work:
            found = await queries.list_endpoints(work, before=before, limit=limit + 1)
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @get("/{endpoint_id:uuid}", opt=READ)
    async def show(self, endpoint_id: FromPath[UUID], runtime: FromRuntime) -> EndpointView:
        """One endpoint, without its secret."""
        async with runtime.database.unit_of_work() as work:
            return await queries.get_endpoint(work, endpoint_id)

    @patch("/{endpoint_id:uuid}", opt=WRITE)
    async def change(
        self,
        endpoint_id: FromPath[UUID],
        data: JSONBody[EndpointChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> EndpointView:
        """Change or switch an endpoint; what waits for one that is switched off is cancelled."""
        values = {
            name: value
            for name, value in msgspec.structs.asdict(data).items()
            if value is not UNSET
        }
        async with runtime.database.unit_of_work(actor=actor) as work:
            await endpoints.change_endpoint(work, endpoint_id, values, rules=_rules(runtime))
            return await queries.get_endpoint(work, endpoint_id)

    @delete("/{endpoint_id:uuid}", opt=WRITE)
    async def remove(
        self, endpoint_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> None:
        """Delete an endpoint and everything about what was sent to it."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await endpoints.delete_endpoint(work, endpoint_id)

    @post("/{endpoint_id:uuid}/rotate-secret", status_code=200, opt=ACT)
    async def rotate_secret(
        self, endpoint_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> EndpointWithSecret:
        """Make a new secret, shown this once; the one before signs too for 24 hours."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            changed = await endpoints.rotate_secret(work, endpoint_id)
            await work.session.flush()
            return await _shown_once(work, changed.id, changed.secret)

    @post("/{endpoint_id:uuid}/test", status_code=202, opt=ACT)
    async def test(
        self, endpoint_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> TestAnswer:
        """Send the event `webhooks.test` to this endpoint only."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            answer = TestAnswer(*await endpoints.send_test(work, endpoint_id))
            return await answered(work, answer)

    @post("/{endpoint_id:uuid}/replay-failed", status_code=202, opt=ACT)
    async def replay_failed(
        self, endpoint_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> ReplayedAnswer:
        """Deliver anew what failed, the oldest first, 1,000 at most; asked again, what is left."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            return await answered(
                work, ReplayedAnswer(await deliveries.replay_failed(work, endpoint_id))
            )


class EventsController(Controller):
    """What was told, and to whom."""

    path = "/api/v1/webhooks/events"
    tags = ["Webhooks"]  # noqa: RUF012 - Litestar's own declaration

    @get(opt=READ)
    async def list_all(
        self,
        runtime: FromRuntime,
        type_name: TypeName = None,
        subject_id: FromQuery[UUID | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[EventView]:
        """Events of at least the last 30 days, newest first, that somebody wanted to hear of."""
        before = decode_cursor(cursor, EventId)
        async with runtime.database.unit_of_work() as work:
            found = await queries.list_events(
                work, type_name=type_name, subject_id=subject_id, before=before, limit=limit + 1
            )
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @get("/{event_id:str}", opt=READ)
    async def show(self, event_id: FromPath[str], runtime: FromRuntime) -> EventDetails:
        """One event: its body, its deliveries, every attempt and when the next one is due."""
        async with runtime.database.unit_of_work() as work:
            return await queries.get_event(work, event_id)


class DeliveriesController(Controller):
    """Telling it again."""

    path = "/api/v1/webhooks/deliveries"
    tags = ["Webhooks"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post("/{delivery_id:uuid}/replay", status_code=202, opt=ACT)
    async def replay(
        self, delivery_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> EventDetails:
        """Deliver a settled delivery anew: the same event id, the same body."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            event_id = await endpoints.replay(work, delivery_id)
            return await answered(work, await queries.get_event(work, event_id))


@get("/api/v1/webhooks/event-types", opt=READ, tags=["Webhooks"])
async def list_event_types() -> EventTypesAnswer:
    """Every kind of event, and when it is sent."""
    return EventTypesAnswer([EventTypeAnswer(one.name, one.sentence) for one in EVENT_TYPES])


async def _shown_once(work: UnitOfWork, endpoint_id: UUID, secret: str) -> EndpointWithSecret:
    """The endpoint with its secret; to a request that comes again, without."""
    shown = msgspec.structs.asdict(await queries.get_endpoint(work, endpoint_id))
    answer = EndpointWithSecret(**shown, secret=secret)
    return await answered(work, answer, again=EndpointWithSecret(**shown, secret=None))


handlers: Sequence[ControllerRouterHandler] = [
    EndpointsController,
    EventsController,
    DeliveriesController,
    list_event_types,
]
