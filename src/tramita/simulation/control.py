"""The control plane of one simulator, under ``/<vendor>/__sim``."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec
from litestar import MediaType, Response, Router, delete, get, post
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from tramita.simulation.callers import refuse_foreign_pages
from tramita.simulation.clock import SpanUnreadable, parse_span
from tramita.simulation.delivery_routes import delivery_routes, shown_post
from tramita.simulation.faults import ArgumentRefused, Fault, FaultOrder
from tramita.simulation.journal import Entry
from tramita.simulation.kinds import KINDS, WEBHOOK, Conduct, Step, UnknownKind, conduct_of
from tramita.simulation.latency import Latency
from tramita.simulation.ledger import LedgerRow
from tramita.simulation.orders import OrderRefused
from tramita.simulation.routes import HTTPRequest
from tramita.simulation.simulator import Simulator, UnknownAct

Shown = dict[str, object]


class ResetOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Start anew; without a seed the simulator keeps the one it was started with."""

    seed: int | None = None


class ClockOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Move time on by a span such as ``5d``, or stop it and let it go."""

    advance: str | None = None
    freeze: bool | None = None


def control_router(simulator: Simulator) -> Router:
    """The routes of ``public-contract`` section 5 for one vendor."""
    return Router(
        path=f"/{simulator.key}/__sim",
        guards=[refuse_foreign_pages],
        route_handlers=[
            *_fault_routes(simulator),
            *_record_routes(simulator),
            *_time_routes(simulator),
            *_world_routes(simulator),
            *delivery_routes(simulator.world.post_office),
        ],
        exception_handlers={
            OrderRefused: _refuse,
            msgspec.DecodeError: _refuse,
        },
    )


def _fault_routes(simulator: Simulator) -> list[ControllerRouterHandler]:
    faults = simulator.world.faults

    @post("/faults", status_code=201)
    async def set_fault(request: HTTPRequest) -> Shown:
        order = msgspec.json.decode(await request.body(), type=FaultOrder)
        operations = [*simulator.operations, WEBHOOK]
        if order.operation is not None and order.operation not in operations:
            raise OrderRefused(f"unknown operation {order.operation}", operations)
        try:
            conduct = conduct_of(order.kind, faults.vendor_kinds)
        except UnknownKind as unknown:
            known = [*KINDS, "http_4xx", "http_5xx", *faults.vendor_kinds]
            raise OrderRefused(f"unknown kind {order.kind}", sorted(known)) from unknown
        if order.operation is not None and not _fits(conduct, order.operation):
            raise OrderRefused(f"{order.kind} does not befall {order.operation}", operations)
        try:
            return {"id": faults.add(order).id}
        except ArgumentRefused as refused:
            raise OrderRefused(str(refused), refused.known) from refused

    @get("/faults")
    async def list_faults() -> Shown:
        return {"items": [shown_fault(fault) for fault in faults.all()]}

    @delete("/faults/{fault_id:int}")
    async def remove_fault(fault_id: FromPath[int]) -> None:
        faults.remove(fault_id)
        simulator.world.scenario = None

    @delete("/faults")
    async def remove_all_faults() -> None:
        faults.clear()
        simulator.world.scenario = None

    return [set_fault, list_faults, remove_fault, remove_all_faults]


def _record_routes(simulator: Simulator) -> list[ControllerRouterHandler]:
    world = simulator.world

    @get("/ledger")
    async def show_ledger(subject: FromQuery[str | None] = None) -> Shown:
        return {"items": [shown_row(row) for row in world.ledger.rows(subject=subject)]}

    @get("/journal")
    async def show_journal(limit: FromQuery[int] = 100) -> Shown:
        entries = world.journal.entries(limit=limit)
        return {"count": world.journal.count, "items": [shown_entry(entry) for entry in entries]}

    @get("/state")
    async def show_state() -> Shown:
        entries = reversed(world.journal.entries(limit=12))
        return {
            "requests": world.journal.count,
            "under_way": world.traffic.under_way,
            "under_way_peak": world.traffic.peak,
            "effects": world.ledger.effects(),
            "conditions": simulator.conditions(),
            "faults": [shown_fault(fault) for fault in world.faults.all() if not fault.is_spent],
            "latency": msgspec.to_builtins(world.latency),
            "scenario": world.scenario,
            "clock": _shown_clock(simulator),
            "post": shown_post(world.post_office),
            "last_requests": [brief_entry(entry) for entry in entries],
        }

    return [show_ledger, show_journal, show_state]


def _time_routes(simulator: Simulator) -> list[ControllerRouterHandler]:
    world = simulator.world

    @get("/clock")
    async def show_clock() -> Shown:
        return _shown_clock(simulator)

    @post("/clock", status_code=200)
    async def move_clock(request: HTTPRequest) -> Shown:
        order = msgspec.json.decode(await request.body(), type=ClockOrder)
        if order.advance is not None:
            world.clock.advance(_span(order.advance))
        if order.freeze is not None:
            (world.clock.freeze if order.freeze else world.clock.thaw)()
        return _shown_clock(simulator)

    @post("/latency", status_code=200)
    async def set_latency(request: HTTPRequest) -> Shown:
        world.latency = msgspec.json.decode(await request.body(), type=Latency)
        world.scenario = None
        return {"latency": msgspec.to_builtins(world.latency)}

    return [show_clock, move_clock, set_latency]


def _world_routes(simulator: Simulator) -> list[ControllerRouterHandler]:
    world = simulator.world

    @post("/reset", status_code=200)
    async def reset(request: HTTPRequest) -> Shown:
        order = msgspec.json.decode(await request.body() or b"{}", type=ResetOrder)
        simulator.start_anew(order.seed)
        return {"seed": world.seed}

    @post("/act", status_code=200)
    async def act(request: HTTPRequest) -> Mapping[str, object]:
        order = msgspec.json.decode(await request.body(), type=Shown)
        try:
            return simulator.act(order)
        except UnknownAct as unknown:
            possible = unknown.possible or [button.act for button in simulator.buttons]
            known = [msgspec.json.encode(act).decode() for act in possible]
            raise OrderRefused(str(unknown), known) from unknown

    @post("/scenarios/{name:str}", status_code=200)
    async def play_scenario(name: FromPath[str]) -> Shown:
        scenario = simulator.scenarios.get(name)
        if scenario is None:
            raise OrderRefused(f"unknown scenario {name}", list(simulator.scenarios))
        for order in scenario.acts:
            simulator.act(order)
        world.latency = scenario.latency
        world.scenario = name
        world.faults.clear()
        return {"faults": [world.faults.add(order).id for order in scenario.faults]}

    return [reset, act, play_scenario]


def shown_fault(fault: Fault) -> Shown:
    """A fault as the control plane lists it."""
    order: Shown = msgspec.to_builtins(fault.order)
    return {"id": fault.id, **order, "seen": fault.seen, "struck": fault.struck}


def shown_row(row: LedgerRow) -> Shown:
    """A ledger row as the control plane lists it."""
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "request_id": row.request_id,
        "effect": row.effect,
        "subject": row.subject,
        "data": row.data,
    }


def brief_entry(entry: Entry) -> Shown:
    """A journal entry without its bodies."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "request_id": entry.request_id,
        "method": entry.method,
        "path": entry.path,
        "operation": entry.operation,
        "fields": entry.fields,
        "fault": entry.fault,
        "status": entry.status,
        "delivery": entry.delivery,
        "milliseconds": entry.milliseconds,
    }


def shown_entry(entry: Entry) -> Shown:
    """A journal entry with what was asked and answered."""
    request, answer = (body.decode("utf-8", "replace") for body in (entry.request, entry.answer))
    return {**brief_entry(entry), "request": request, "answer": answer}


def _fits(conduct: Conduct, operation: str) -> bool:
    """Whether a kind can strike an operation: some are for webhooks, all others for calls."""
    return (conduct.step is Step.ASTRAY) == (operation == WEBHOOK)


def _shown_clock(simulator: Simulator) -> Shown:
    clock = simulator.world.clock
    offset = clock.offset.total_seconds()
    return {"now": clock.now().isoformat(), "offset_seconds": offset, "frozen": clock.is_frozen}


def _span(text: str) -> timedelta:
    try:
        return parse_span(text)
    except SpanUnreadable as unreadable:
        raise OrderRefused(f"unreadable span {text!r}", ["90s", "15m", "3h", "5d"]) from unreadable


def _refuse(_: HTTPRequest, refused: Exception) -> Response[Shown]:
    known = refused.known if isinstance(refused, OrderRefused) else []
    content: Shown = {"error": str(refused), "known": known}
    return Response(content, status_code=400, media_type=MediaType.JSON)
