"""The web server of one process: its socket, and what answers there."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
import uvicorn
from litestar import Litestar

from tramita.kit.http.settings import WebSettings
from tramita.kit.runtime import Runtime
from tramita.web.app import make_app
from tramita.web.connections import BoundedConnection
from tramita.web.middleware import RequestLog

log = structlog.get_logger(__name__)

LONGEST_SOCKET_MESSAGE = 1024


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
    if exposed := runtime.settings.without_https:
        log.error("served_without_https", why=exposed)
    settings = runtime.configured(WebSettings)
    requests = RequestLog(make_app([lifespan]))
    server = _Server(_configure(requests, settings))
    host, port = listening.getsockname()[:2]
    serving = asyncio.create_task(server.serve([listening]))
    try:
        await _either(serving, started)
        yield WebServer(f"http://{host}:{port}", serving)
    finally:
        server.should_exit = True
        ending = asyncio.get_running_loop().call_later(settings.grace, requests.end_requests)
        await serving
        ending.cancel()


def _configure(app: RequestLog, settings: WebSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BoundedConnection,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=[str(one) for one in settings.trusted_proxies],
        # So many answer 503; the connections beyond are closed as they come.
        limit_concurrency=2 * settings.connections,
        timeout_graceful_shutdown=settings.grace + 5,
        timeout_keep_alive=30,
        ws_ping_interval=30,
        # Clients have nothing to say on a socket.
        ws_max_size=LONGEST_SOCKET_MESSAGE,
        ws_per_message_deflate=False,
    )


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
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only of a socket that says so asyncio's own loop knows that it is TCP's, and sends the end of an
    # answer without waiting 40 ms for the other side to confirm its beginning.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening
