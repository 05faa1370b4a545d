"""``tramita demo``: every journey on example data, with the world simulated beside it."""

import asyncio
import signal
from typing import Annotated

import typer
from rich.console import Console

from tramita.cli.installation import run
from tramita.demo.show import make_console, show
from tramita.demo.stage import fresh_database, running_stage
from tramita.kit.logs import set_up_logs
from tramita.kit.settings import Mode, Settings


def run_demo(
    once: Annotated[
        bool, typer.Option("--once", help="Run the journeys, print the summary and end.")
    ] = False,
) -> None:
    console = make_console()
    # What the demo breaks on purpose would fill the screen; only our own errors are told.
    settings = Settings(database_url="", mode=Mode.DEMO)
    set_up_logs("ERROR")
    with fresh_database(settings, console.print) as (here, address):
        all_well = run(lambda: _play(here, address, console, once=once))
    raise typer.Exit(0 if all_well else 1)


async def _play(settings: Settings, address: str, console: Console, *, once: bool) -> bool:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with running_stage(settings, address, console.print) as stage:
        all_well = await show(stage, console, is_staying=not once)
        if not once:
            console.print("\nTramita stays up; Ctrl-C ends it.")
            await stopped.wait()
    return all_well
