"""``tramita all | web | worker | simulators | migrate``: what runs."""

import asyncio
import signal
from contextlib import AsyncExitStack
from typing import Annotated, Any

import typer

from tramita.cli.installation import (
    database_address,
    migrated_database,
    run,
    run_with_database,
)
from tramita.cli.tuning import allow_many_connections, settle_memory
from tramita.kit.database.engine import Database
from tramita.kit.logs import set_up_logs
from tramita.kit.settings import Settings
from tramita.simulation.server import serve_simulators
from tramita.simulation.settings import refuse_in_production
from tramita.web.process import listen, make_worker, running_runtime, running_web, running_worker
from tramita.web.simulators import make_simulators


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("all")(run_all)
    app.command("web")(run_web)
    app.command("worker")(run_worker)
    app.command("simulators")(run_simulators)
    app.command("migrate")(run_migrations)


def run_all() -> None:
    """Migrate, then serve web and worker in one process."""
    _serve(web=True, worker=True)


def run_web() -> None:
    """Serve HTTP; jobs are left to workers."""
    _serve(web=True, worker=False)


def run_worker(
    drain: Annotated[bool, typer.Option(help="End when nothing is due.")] = False,
) -> None:
    """Run jobs."""
    if drain:
        _drain()
    else:
        _serve(web=False, worker=True)


def run_migrations() -> None:
    """Bring the database up to date."""

    async def main(_database: Database) -> None:
        typer.echo("The database is up to date.")

    run_with_database(Settings(), main)


def run_simulators() -> None:
    """Serve the outside world on loopback, for demo and tests."""
    settings = Settings()
    set_up_logs(settings.log_level)
    refuse_in_production(settings.mode)
    simulators = make_simulators(settings)
    typer.echo(f"Simulators: http://127.0.0.1:{settings.simulators_port}/")
    settle_memory()
    serve_simulators(simulators, port=settings.simulators_port)


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
