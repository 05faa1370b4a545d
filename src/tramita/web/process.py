"""One process of Tramita: web, worker, or both, on one database."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
import uvicorn
from litestar import Litestar

from tramita.contracts.backends import connected_providers, load_backends
from tramita.kit.jobs import Worker
from tramita.kit.plugins import load_plugins
from tramita.kit.provider import Provider
from tramita.kit.runtime import Runtime, open_runtime
from tramita.kit.settings import Settings
from tramita.web.app import make_app
from tramita.web.areas import KINDS, SCHEDULES, all_jobs
from tramita.web.middleware import RequestLog

log = structlog.get_logger(__name__)


@asynccontextmanager
async def running_runtime(settings: Settings, address: str) -> AsyncIterator[Runtime]:
    """The runtime with every installed provider and contract backend."""
    providers = load_plugins("tramita.providers", Provider)
    backends = load_backends()
    # Outside systems of contract backends count once their URL is set.
    connected = providers.loaded | connected_providers()
    async with open_runtime(settings, address, connected) as runtime:
        for kind, plugins in (("provider", providers.failed), ("backend", backends.failed)):
            runtime.failed_plugins.update({f"{kind} {key}": why for key, why in plugins.items()})
        runtime.kinds.update(KINDS)
        yield runtime


def make_worker(runtime: Runtime) -> Worker[Runtime]:
    """A worker for every job there is."""
    settings = runtime.settings
    return Worker(
        runtime.database.dsn,
        runtime,
        all_jobs(),
        SCHEDULES,
        concurrency=settings.worker_concurrency,
        heartbeat_timeout=timedelta(seconds=settings.heartbeat_timeout),
        dequeue_timeout=timedelta(seconds=settings.dequeue_timeout),
    )


@asynccontextmanager
async def running_worker(runtime: Runtime) -> AsyncIterator[asyncio.Task[None]]:
    """A worker beside whatever else this process does; stopped gently at the end.

    Yields its task: one that ends by itself has failed, and its process should end too.
    """
    worker = make_worker(runtime)
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        worker.stop()
        await task


@dataclass(frozen=True)
class WebServer:
    """A web server that answers at ``url`` until ``serving`` ends."""

    url: str
    serving: asyncio.Task[None]


@asynccontextmanager
async def running_web(runtime: Runtime, listening: socket.socket) -> AsyncIterator[WebServer]:
    """Serve HTTP on an open socket, listening to live topics, until the block ends."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        app.state.runtime = runtime
        listener = asyncio.create_task(runtime.live.run())
        # Without its listener this process would leave its sockets in silence.
        listener.add_done_callback(lambda _: setattr(server, "should_exit", True))
        await runtime.live.is_listening.wait()
        started.set()
        try:
            yield
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    started = asyncio.Event()
    config = uvicorn.Config(
        RequestLog(make_app([lifespan])),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
        ws_ping_interval=30,
        timeout_keep_alive=30,
    )
    server = _Server(config)
    host, port = listening.getsockname()[:2]
    serving = asyncio.create_task(server.serve([listening]))
    try:
        await _either(serving, started)
        yield WebServer(f"http://{host}:{port}", serving)
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _either(serving: asyncio.Task[None], started: asyncio.Event) -> None:
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done():
        serving.result()


def listen(host: str, port: int) -> socket.socket:
    """An open listening socket; raises ``OSError`` when the port is taken."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(2048)
    listening.setblocking(False)
    return listening
