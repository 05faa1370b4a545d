"""SMT on loopback. Its whole API is assumed: the seed names SMT and nothing more.

A subscriber is created, its service activated (accepted at once, done a moment later
and told by a signed callback) and removed. A reference or an idempotency key that was
seen before answers what it answered then.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

import aiohttp
import msgspec
from litestar import HttpMethod
from litestar.types import ASGIApp

from tramita.simulation.calls import Answer, Call, play
from tramita.simulation.faults import Fault
from tramita.simulation.routes import HTTPRequest, operations_of, routes_of
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator, UnknownAct, arguments_of, operator_button
from tramita.simulation.wire import Parcel
from tramita.simulation.world import World

KEY = "smt"
# What both sides of the demonstration sign with, unless the settings name another.
DEMO_SECRET = "smt-demonstration"
CALLBACKS = ("once", "twice", "lost", "forged")
ACTIVATIONS = ("succeed", "fail")
_TABLE = (
    (HttpMethod.POST, "/subscribers", "create_subscriber"),
    (HttpMethod.GET, "/subscribers", "find_subscriber"),
    (HttpMethod.POST, "/subscribers/{key:str}/activation", "activate_service"),
    (HttpMethod.DELETE, "/subscribers/{key:str}", "remove_subscriber"),
)
OPERATIONS = operations_of(_TABLE)


@dataclass
class Subscriber:
    """One line of SMT's book."""

    subscriber_id: str
    reference: str
    name: str
    status: str = "created"
    reason: str | None = None


@dataclass
class Conditions:
    """How SMT is today."""

    activations: str = "succeed"
    callbacks: str = "once"


class SMTVoice:
    """Plain JSON without signatures; errors have a code and a message."""

    def refusal(self, fault: Fault, status: int) -> Answer:
        """The error envelope."""
        return Answer(status, {"code": fault.kind, "message": f"SMT answers {status}."})

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """No fault of SMT's own bends an answer."""
        return answer

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        """The answer as bytes."""
        headers = {"content-type": "application/json", **answer.headers}
        return Parcel(answer.status, tuple(headers.items()), answer.encoded())


@dataclass
class SMT:
    """The vendor: its book, its conditions, and the callbacks under way."""

    world: World
    secret: str
    book: dict[str, Subscriber] = field(default_factory=dict)
    conditions: Conditions = field(default_factory=Conditions)
    _calling: set[asyncio.Task[None]] = field(default_factory=set)

    async def receive(self, request: HTTPRequest, operation: str) -> ASGIApp:
        """Play one request."""
        body = await request.body()
        key = request.path_params.get("key", "")
        asked = msgspec.json.decode(body) if body else {}
        request_id = request.headers.get("idempotency-key", uuid4().hex)
        entry = self.world.journal.open(
            at=self.world.clock.now(),
            request_id=request_id,
            method=request.method,
            path=request.url.path.removeprefix(f"/{KEY}"),
        )
        entry.request = body
        is_ours = request.headers.get("authorization") == f"Bearer {self.secret}"
        reference = request.query_params.get("reference") or asked.get("reference", "")
        effects: dict[str, Callable[[], Answer]] = {
            "create_subscriber": lambda: self._create(reference, asked.get("name", ""), request_id),
            "find_subscriber": lambda: self._find(reference),
            "activate_service": lambda: self._activate(key, asked.get("callback_url"), request_id),
            "remove_subscriber": lambda: self._remove(key, request_id),
        }
        effect = effects[operation] if is_ours else _unauthorized
        call = Call(operation, {"reference": reference or self._reference_of(key)}, entry)
        return await play(self.world, call, effect=effect, voice=SMTVoice())

    def _reference_of(self, key: str) -> str:
        return self.book[key].reference if key in self.book else ""

    def _create(self, reference: str, name: str, request_id: str) -> Answer:
        known = self._by_reference(reference)
        if known is not None:
            return Answer(200, _shown(known))
        subscriber = Subscriber(f"SUB-{len(self.book) + 1:06}", reference, name)
        self.book[subscriber.subscriber_id] = subscriber
        self._record("subscriber_created", subscriber, request_id)
        return Answer(201, _shown(subscriber))

    def _find(self, reference: str) -> Answer:
        known = self._by_reference(reference)
        return Answer(200, _shown(known)) if known else _not_found()

    def _activate(self, key: str, callback_url: str | None, request_id: str) -> Answer:
        subscriber = self.book.get(key)
        if subscriber is None or subscriber.status == "removed":
            return _not_found()
        if subscriber.status == "created":
            subscriber.status = "activating"
            self._record("activation_accepted", subscriber, request_id)
            task = asyncio.create_task(self._finish(subscriber, callback_url, request_id))
            self._calling.add(task)
            task.add_done_callback(self._calling.discard)
        return Answer(202, _shown(subscriber))

    def _remove(self, key: str, request_id: str) -> Answer:
        subscriber = self.book.get(key)
        if subscriber is None or subscriber.status == "removed":
            return _not_found()
        subscriber.status = "removed"
        self._record("subscriber_removed", subscriber, request_id)
        return Answer(204, b"")

    async def _finish(
        self, subscriber: Subscriber, callback_url: str | None, request_id: str
    ) -> None:
        """Turn the service on, or fail to, and tell whoever asked."""
        if subscriber.status == "activating":
            is_well = self.conditions.activations == "succeed"
            subscriber.status = "active" if is_well else "failed"
            subscriber.reason = None if is_well else "There is no free line in this area."
            self._record(f"service_{subscriber.status}", subscriber, request_id)
        if callback_url and self.conditions.callbacks != "lost":
            await self._call_back(callback_url, _shown(subscriber))

    async def _call_back(self, url: str, said: Mapping[str, object]) -> None:
        body = msgspec.json.encode({"event_id": uuid4().hex, **said})
        secret = "stranger" if self.conditions.callbacks == "forged" else self.secret
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"content-type": "application/json", "x-smt-signature": f"sha256={signature}"}
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            for _ in range(2 if self.conditions.callbacks == "twice" else 1):
                try:
                    async with session.post(url, data=body, headers=headers) as answer:
                        await answer.read()
                except (aiohttp.ClientError, TimeoutError):
                    return  # SMT calls once and does not care whether anybody listened.

    def _record(self, effect: str, subscriber: Subscriber, request_id: str) -> None:
        data = {"subscriber_id": subscriber.subscriber_id}
        self.world.record(effect, subject=subscriber.reference, request_id=request_id, data=data)

    def _by_reference(self, reference: str) -> Subscriber | None:
        return next((one for one in self.book.values() if one.reference == reference), None)

    def act(self, order: Mapping[str, object]) -> Mapping[str, object]:
        """The operator sets ``activations`` or ``callbacks``."""
        wanted = arguments_of(order)
        allowed = {"activations": ACTIVATIONS, "callbacks": CALLBACKS}
        if order.get("action") != "set" or not wanted.keys() <= allowed.keys():
            raise UnknownAct(f"the operator sets one of {allowed}")
        if any(value not in allowed[name] for name, value in wanted.items()):
            raise UnknownAct(f"the operator sets one of {allowed}")
        for name, value in wanted.items():
            setattr(self.conditions, name, value)
        return self.show()

    def show(self) -> Mapping[str, object]:
        """The conditions, and how many subscribers there are."""
        return {
            "subscribers": len(self.book),
            "activations": self.conditions.activations,
            "callbacks": self.conditions.callbacks,
        }

    def reset(self) -> None:
        """Forget everybody."""
        self.book.clear()
        self.conditions = Conditions()


def _shown(subscriber: Subscriber) -> dict[str, object]:
    return {
        "subscriber_id": subscriber.subscriber_id,
        "reference": subscriber.reference,
        "status": subscriber.status,
        "reason": subscriber.reason,
    }


def _not_found() -> Answer:
    return Answer(404, {"code": "not_found", "message": "There is no such subscriber."})


def _unauthorized() -> Answer:
    return Answer(401, {"code": "unauthorized", "message": "The token is not known."})


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """SMT on loopback."""
    world = World(seed=settings.seed, vendor_kinds={})
    smt = SMT(world, settings.credentials.get(KEY, DEMO_SECRET))
    return Simulator(
        key=KEY,
        title="SMT",
        world=world,
        handlers=routes_of(KEY, _TABLE, smt.receive),
        operations=OPERATIONS,
        reset=smt.reset,
        act=smt.act,
        conditions=smt.show,
        buttons=[
            *(
                operator_button(f"activations: {one}", "set", activations=one)
                for one in ACTIVATIONS
            ),
            *(operator_button(f"callbacks: {one}", "set", callbacks=one) for one in CALLBACKS),
        ],
    )
