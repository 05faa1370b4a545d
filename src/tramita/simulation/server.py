"""The simulators' own server: loopback only, and able to fail like a network does."""

import asyncio
import ipaddress
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager

import uvicorn
import uvloop
from litestar import Litestar

from tramita.simulation.app import build_simulators_app
from tramita.simulation.connection import ConnectionProtocol
from tramita.simulation.simulator import Simulator

# Longer than any client keeps an idle connection, so that only faults cut one.
_KEEP_ALIVE_SECONDS = 600
# Calls still held by a latency or a fault when the server stops are not waited for.
_GRACE_SECONDS = 1


class NotLoopback(Exception):
    """Simulators are served on a loopback address only."""


class SimulatorServer(uvicorn.Server):
    """uvicorn on one listening socket that can be closed and opened again."""

    def __init__(self, app: Litestar, listener: socket.socket) -> None:
        protocol = type("PortProtocol", (ConnectionProtocol,), {"port": self})
        config = uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        super().__init__(config)
        self.listener = listener
        self.address = listener.getsockname()[:2]
        self.is_ready = asyncio.Event()
        self.is_leaving = asyncio.Event()
        self._reopening: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen and say so."""
        await super().startup(sockets)
        self.is_ready.set()

    async def main_loop(self) -> None:
        """Wait to be told to leave, instead of looking every tenth of a second."""
        await self.on_tick(0)
        await self.is_leaving.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs this server inside its own loop."""
        yield

    def close_for(self, seconds: float) -> None:
        """Refuse connections on the port for a while, and cut those that exist."""
        if self._reopening is None or self._reopening.done():
            self._reopening = asyncio.create_task(self._close_and_reopen(seconds))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, also when the port is closed just now."""
        if self._reopening is not None:
            self._reopening.cancel()
        await super().shutdown(sockets)

    async def _close_and_reopen(self, seconds: float) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        # Bound, it refuses as a closed one does, and nobody else is given it meanwhile.
        with closing(listen(*self.address)) as bound:
            await asyncio.sleep(seconds)
            loop = asyncio.get_running_loop()
            self.servers = [await loop.create_server(self._protocol, sock=bound.dup())]

    def _protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def listen(host: str, port: int) -> socket.socket:
    """Bind a loopback port (0: any free one); raise ``NotLoopback`` for other addresses."""
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise NotLoopback(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


@asynccontextmanager
async def running_simulators(
    simulators: Sequence[Simulator], *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve in the running event loop; yields the base URL, ``http://127.0.0.1:<port>``.

    The port is bound before and answering when this yields. Raises ``NotLoopback``,
    and ``OSError`` when the port is taken. The vendors' webhooks go out meanwhile.
    """
    listener = listen(host, port)
    async with AsyncExitStack() as stack:
        for simulator in simulators:
            await stack.enter_async_context(simulator.world.post_office.running())
            if simulator.beside is not None:
                await stack.enter_async_context(simulator.beside())
        yield await stack.enter_async_context(_serving(build_simulators_app(simulators), listener))


@asynccontextmanager
async def _serving(app: Litestar, listener: socket.socket) -> AsyncIterator[str]:
    server = SimulatorServer(app, listener)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    ready = asyncio.create_task(server.is_ready.wait())
    await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    try:
        if not serving.done():
            bound_host, bound_port = server.address
            shown = f"[{bound_host}]" if ":" in bound_host else bound_host
            yield f"http://{shown}:{bound_port}"
    finally:
        server.is_leaving.set()
        await serving


def serve_simulators(simulators: Sequence[Simulator], *, port: int) -> None:
    """Serve until interrupted, on loopback only."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve_until_interrupted(simulators, port))


async def _serve_until_interrupted(simulators: Sequence[Simulator], port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with running_simulators(simulators, port=port):
        await stopped.wait()
