"""``tramita all | web | worker``: what runs."""

import asyncio
import signal
from contextlib import AsyncExitStack
from typing import Annotated, Any

import typer

from tramita.cli.installation import database_address, migrated_database, run
from tramita.cli.tuning import allow_many_connections, settle_memory
from tramita.kit.logs import set_up_logs
from tramita.kit.settings import Settings
from tramita.web.process import listen, make_worker, running_runtime, running_web, running_worker


def run_all() -> None:
    _serve(web=True, worker=True)


def run_web() -> None:
    _serve(web=True, worker=False)


def run_worker(
    drain: Annotated[bool, typer.Option(help="End when nothing is due.")] = False,
) -> None:
    if drain:
        _drain()
    else:
        _serve(web=False, worker=True)


def _serve(*, web: bool, worker: bool) -> None:
    """Run the roles of this process until it is asked to stop."""
    settings = Settings()
    set_up_logs(settings.log_level)
    with database_address(settings) as address:
        run(lambda: _serve_until_stopped(settings, address, web=web, worker=worker))


async def _serve_until_stopped(
    settings: Settings, address: str, *, web: bool, worker: bool
) -> None:
    allow_many_connections()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    waiting: set[asyncio.Task[Any]] = {asyncio.create_task(stopped.wait())}
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(migrated_database(address))
        runtime = await stack.enter_async_context(running_runtime(settings, address))
        if worker:
            waiting.add(await stack.enter_async_context(running_worker(runtime)))
        if web:
            listening = listen(settings.host, settings.port)
            server = await stack.enter_async_context(running_web(runtime, listening))
            waiting.add(server.serving)
            typer.echo(f"Tramita: {server.url}")
        settle_memory()
        # What ends by itself has failed: better no process than one doing half its work.
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)


def _drain() -> None:
    settings = Settings()
    set_up_logs(settings.log_level)

    with database_address(settings) as address:

        async def main() -> None:
            async with migrated_database(address), running_runtime(settings, address) as runtime:
                await make_worker(runtime).run(drain=True)

        run(main)
