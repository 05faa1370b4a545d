"""A vendor's front: the way of every request from its arrival to its answer."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar
from uuid import uuid4

from litestar.types import ASGIApp, ControllerRouterHandler

from tramita.simulation.agenda import Agenda
from tramita.simulation.calls import Answer, Call, play
from tramita.simulation.conditions import VendorConditions
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Asking, Error, ErrorTable, Refused, Task
from tramita.simulation.front.memory import Memory
from tramita.simulation.front.orders import Order, Restart, Shown, carry_out
from tramita.simulation.front.voice import JSONVoice, Voice
from tramita.simulation.journal import Entry
from tramita.simulation.kinds import Arguments, Conduct, Step
from tramita.simulation.routes import HTTPRequest, Table, operations_of, routes_of
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import ActButton, Scenario, Simulator
from tramita.simulation.wire import Delivery
from tramita.simulation.world import World

# A request id that is not honored, and a request that arrives twice.
REPEATED: Mapping[str, Conduct] = {
    "request_id_ignored": Conduct(Step.TWIST),
    "request_replayed": Conduct(Step.TWIST),
}
_REUSED = Error(409, "REQUEST_ID_REUSED", "The request id was used for another request.")


class Vendor(ABC):
    """One vendor on loopback; a subclass is its simulator.

    ``kinds`` are its own kinds of fault, ``arguments`` what orders may say about these beside
    what they may about any. ``request_id`` is the header that names a request;
    ``demo_token`` is what its one client shows, unless the settings name another. What is to
    happen by itself goes into ``agenda``, which is up to date whenever an effect begins.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    table: ClassVar[Table]
    kinds: ClassVar[Mapping[str, Conduct]] = {}
    arguments: ClassVar[Arguments] = {}
    errors: ClassVar[ErrorTable] = ErrorTable()
    request_id: ClassVar[str] = "x-request-id"
    demo_token: ClassVar[str]
    remembers_ignored_ids: ClassVar[bool] = False
    buttons: ClassVar[Sequence[ActButton]] = ()
    scenarios: ClassVar[Mapping[str, Scenario]] = {}

    def __init__(
        self, settings: SimulatorSettings, conditions: VendorConditions | None = None
    ) -> None:
        self.world = World(
            seed=settings.seed,
            vendor_kinds=self.kinds,
            vendor_arguments=self.arguments,
        )
        self.conditions = conditions or VendorConditions()
        self.memory = Memory(self.world.clock, _REUSED)
        self.agenda = Agenda(self.world.clock)
        self.token = settings.credentials.get(self.key, self.demo_token)

    @abstractmethod
    def prepare(self, asking: Asking) -> Task:
        """What a request comes to; raise ``Refused`` when it is not understood."""

    @abstractmethod
    def forget(self) -> None:
        """Lose every record."""

    def voice(self, asking: Asking) -> Voice:
        """How this request is heard and answered."""
        return JSONVoice(asking, self.errors, self.token)

    def shown(self) -> Shown:
        """The vendor in a few words and numbers, its conditions among them."""
        return self.conditions.shown()

    def orders(self) -> Mapping[str, Order[Any]]:
        """What the operator can be told, by action; a vendor adds its own."""
        return {
            "set": Order(dict[str, object], self.conditions.set),
            "restart": Order(Restart, self._restart),
        }

    def act(self, order: Mapping[str, object]) -> Shown:
        """Have somebody act; raise ``UnknownAct`` otherwise."""
        self.agenda.run()
        said = carry_out(order, self.orders())
        return self.shown() if said is None else said

    def routes(self) -> list[ControllerRouterHandler]:
        """The whole API."""
        return routes_of(self.key, self.table, self.receive)

    def simulator(self) -> Simulator:
        """The vendor as the simulators' server takes it."""
        return Simulator(
            key=self.key,
            title=self.title,
            world=self.world,
            handlers=self.routes(),
            operations=operations_of(self.table),
            reset=self.start_anew,
            act=self.act,
            conditions=self.shown,
            buttons=self.buttons,
            scenarios=self.scenarios,
        )

    def start_anew(self) -> None:
        """As at first: no records, nothing remembered, nothing planned, conditions as usual."""
        self.agenda.clear()
        self.memory.forget()
        self.forget()
        self.conditions.forget()

    async def receive(self, request: HTTPRequest, operation: str) -> ASGIApp:
        """Play one request, and keep it in the journal."""
        started = perf_counter()
        asking = await self._asking(request, operation)
        entry = self.world.journal.open(
            at=self.world.clock.now(),
            request_id=asking.request_id,
            method=asking.method,
            path=self.journalled_path(asking),
        )
        voice = self.voice(asking)
        try:
            asking = voice.hear(asking)
            entry.request = self.journalled(asking)
            task = self.prepare(asking)
        except Refused as refused:
            parcel = voice.seal(voice.say_no(refused))
            entry.operation, entry.answer = operation, parcel.body
            return Delivery(parcel, entry, started)
        return await self._play(_Visit(self, asking, task, voice), entry, started)

    async def body_of(self, request: HTTPRequest, operation: str) -> bytes:
        """The body, or the file in it where an operation takes one."""
        del operation
        return await request.body()

    def journalled(self, asking: Asking) -> bytes:
        """What the journal keeps of a request."""
        return asking.body

    def journalled_path(self, asking: Asking) -> str:
        """The same of its path."""
        return asking.path

    async def _play(self, visit: "_Visit", entry: Entry, started: float) -> ASGIApp:
        call = Call(visit.asking.operation, visit.task.fields, entry, started)
        return await play(
            self.world, call, effect=visit.effect, voice=visit.voice, twist=visit.twist
        )

    async def _asking(self, request: HTTPRequest, operation: str) -> Asking:
        prefix = f"/{self.key}"
        return Asking(
            operation,
            request.headers.get(self.request_id) or uuid4().hex,
            method=request.method,
            path=request.scope["path"].removeprefix(prefix),
            query=request.scope["query_string"].decode("latin-1"),
            keys=request.path_params,
            headers=request.headers,
            body=await self.body_of(request, operation),
            base_url=f"{request.url.scheme}://{request.url.netloc}{prefix}",
        )

    def _restart(self, order: Restart) -> None:
        """Start again without faults; a vendor without memory has lost every record too."""
        self.world.faults.clear()
        if not order.memory:
            self.start_anew()
        said = {"memory": order.memory}
        self.world.record("restarted", subject=self.key, request_id="operator", data=said)


@dataclass(frozen=True, slots=True)
class _Visit:
    """A request that was understood, and the ways to carry it out."""

    vendor: Vendor
    asking: Asking
    task: Task
    voice: Voice

    def effect(self, fault: Fault | None = None) -> Answer:
        """Carry it out, once for each request id where that is so."""
        if not self.task.is_once:
            return self._do(fault)
        return self._said(lambda: self.vendor.memory.once(self.asking, lambda: self._do(fault)))

    def twist(self, fault: Fault) -> Answer:
        """Carry it out as a fault says, and answer as if nothing were wrong."""
        match fault.kind:
            case "request_id_ignored":
                return self._again()
            case "request_replayed":
                answer = self.effect()
                (self._again if fault.argument("ignoring_request_id", False) else self.effect)()
                return answer
            case _:
                return self.effect(fault)

    def _again(self) -> Answer:
        answer = self._do()
        if self.task.is_once and self.vendor.remembers_ignored_ids:
            self.vendor.memory.keep(self.asking, answer)
        return answer

    def _do(self, fault: Fault | None = None) -> Answer:
        self.vendor.agenda.run()
        return self._said(lambda: self.task.do(fault))

    def _said(self, do: Callable[[], Answer]) -> Answer:
        try:
            return do()
        except Refused as refused:
            return self.voice.say_no(refused)
