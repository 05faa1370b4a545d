"""A gateway on a fresh simulator of its vendor, over a real socket."""

from collections.abc import AsyncIterator, Container, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Generic, TypeVar
from uuid import uuid4

import aiohttp

from tramita.kit.attempt import Attempt
from tramita.kit.breaker import Breaker
from tramita.kit.exchange import Answer, Exchange, HTTPCall, Request
from tramita.kit.outside import storable_json
from tramita.kit.provider import Connection, Provider
from tramita.kit.settings import Mode, Settings
from tramita.simulation.loading import load_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings
from tramita.testing.control import VendorControl

P = TypeVar("P")
Q = TypeVar("Q")

_PATIENT: Final = timedelta(seconds=30)
_IMPATIENT: Final = timedelta(seconds=0.5)
_LARGEST_ANSWER: Final = 1024 * 1024
# Nobody listens there.
_NOWHERE: Final = "http://127.0.0.1:9"


@dataclass
class RecordingExchange(Exchange):
    """Keeps what was answered; with ``replayed`` it hears that, one after the other, and asks nobody."""

    answers: list[Answer] = field(default_factory=list)
    replayed: list[Answer] | None = None

    async def hear(self, request: Request, call: HTTPCall) -> Answer:
        """The vendor's answer, or the next of those to be replayed; the last comes for ever."""
        if self.replayed is None:
            self.answers.append(await super().hear(request, call))
            return self.answers[-1]
        return self.replayed.pop(0) if len(self.replayed) > 1 else self.replayed[0]


@dataclass
class Scene(Generic[P]):
    """The gateway, the way to the vendor, and the vendor's control plane.

    ``gateways`` are those of all the provider's ports.
    """

    gateway: P
    exchange: RecordingExchange
    vendor: VendorControl
    connection: Connection
    gateways: Mapping[type, Any]

    def of(self, port: type[Q]) -> Q:
        """The gateway for another of the provider's ports."""
        gateway: Q = self.gateways[port]
        return gateway

    async def count_effects(self, own_time: Container[str] = ()) -> int:
        """How much has happened at the vendor so far, but for effects that take its own time."""
        return sum(one["effect"] not in own_time for one in await self.vendor.effects())

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Wait for half a second only."""
        self.exchange.deadline = _IMPATIENT
        try:
            yield
        finally:
            self.exchange.deadline = _PATIENT

    @contextmanager
    def disconnected(self) -> Iterator[None]:
        """Let nobody listen where the vendor was."""
        usual, self.exchange.base_url = self.exchange.base_url, _NOWHERE
        try:
            yield
        finally:
            self.exchange.base_url = usual

    @contextmanager
    def replaying(self, *answers: Answer) -> Iterator[None]:
        """Hear these answers, whatever is asked."""
        self.exchange.replayed = list(answers)
        try:
            yield
        finally:
            self.exchange.replayed = None


def attempt(key: str = "") -> Attempt:
    """An attempt at an operation of its own, unless the operation's key is given."""
    return Attempt(uuid4(), key or str(uuid4()))


def answered(status: int, body: bytes, like: Answer | None = None) -> Answer:
    """An answer, with the headers of another."""
    headers = like.headers if like else {"content-type": "text/html"}
    return Answer(status, headers, storable_json(body), body)


@asynccontextmanager
async def open_scene(
    provider: Provider,
    port: type[P],
    folder: Path,
    settings: Mapping[str, Any],
    *,
    our_port: int = 8000,
) -> AsyncIterator[Scene[P]]:
    """The gateway that the manifest makes for ``port``, and a vendor that knows nothing yet.

    ``our_port`` is where the vendor finds us on this machine.
    """
    if provider.simulator is None:
        raise LookupError(f"{provider.key} names no simulator to be tried on")
    async with AsyncExitStack() as stack:
        settings_there = SimulatorSettings(folder / "keys")
        made = load_simulator(provider.title, provider.simulator, settings_there)
        url = await stack.enter_async_context(running_simulators([made]))
        exchange = RecordingExchange(
            provider.key,
            f"{url}/{made.key}",
            deadline=_PATIENT,
            # A suite is no judge of how often a vendor may fail.
            breaker=Breaker(threshold=1_000_000),
            reads=_LARGEST_ANSWER,
        )
        await stack.enter_async_context(exchange)
        session = await stack.enter_async_context(aiohttp.ClientSession(url))
        platform = Settings(data_dir=folder, mode=Mode.DEMO, port=our_port)
        connection = Connection(exchange, provider.settings(**settings), platform)
        gateways: dict[type, Any] = provider.make_gateways(connection)
        vendor = VendorControl(session, made.key)
        yield Scene(gateways[port], exchange, vendor, connection, gateways)
