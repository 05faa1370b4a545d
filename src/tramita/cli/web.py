"""``tramita web | all``: serves HTTP, alone or beside a worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer

from tramita.cli.processes import stay_up
from tramita.kit.runtime import Runtime
from tramita.process.worker import running_worker
from tramita.web.server import listen, running_web


def run_web() -> None:
    stay_up(_announced_web)


def run_all() -> None:
    stay_up(running_worker, _announced_web)


@asynccontextmanager
async def _announced_web(runtime: Runtime) -> AsyncIterator[asyncio.Task[None]]:
    listening = listen(runtime.settings.host, runtime.settings.port)
    async with running_web(runtime, listening) as server:
        typer.echo(f"Tramita: {server.url}")
        yield server.serving
