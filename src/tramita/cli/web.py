"""``tramita web | all``: serves HTTP, alone or beside a worker."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tramita.cli.processes import stay_up
from tramita.cli.tuning import announce
from tramita.kit.errors import ConfigurationError
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.process.worker import running_worker
from tramita.web.server import listen, running_web


def run_web() -> None:
    stay_up(_announced_web)


def run_all() -> None:
    stay_up(running_worker, _announced_web, migrates=True)


class AddressUnusable(ConfigurationError):
    """Cannot listen on {host}:{port} (TRAMITA_HOST, TRAMITA_PORT): {why}."""


def _listen(settings: Settings) -> socket.socket:
    try:
        return listen(settings.host, settings.port)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise AddressUnusable(host=settings.host, port=settings.port, why=why) from error


@asynccontextmanager
async def _announced_web(runtime: Runtime) -> AsyncIterator[asyncio.Task[None]]:
    listening = _listen(runtime.settings)
    async with running_web(runtime, listening) as server:
        announce(f"Tramita: {server.url}")
        yield server.serving
