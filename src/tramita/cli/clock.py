"""``tramita clock``: move time in the demo and in tests."""

from datetime import timedelta
from typing import Annotated

import aiohttp
import typer

from tramita.cli.installation import run_with_database
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.plugins import load_plugins
from tramita.kit.provider import Provider
from tramita.kit.settings import Settings
from tramita.simulation.clock import SpanUnreadable, parse_span
from tramita.web.simulators import MAILBOX

app = typer.Typer(no_args_is_help=True)

_PATIENCE = aiohttp.ClientTimeout(total=5)


@app.command()
def advance(
    span: Annotated[str, typer.Argument(help="How far: 90s, 15m, 3h, 5d, 1d12h.")],
) -> None:
    """Move time forward, here and at the simulators that answer."""
    try:
        by = parse_span(span)
    except SpanUnreadable as unreadable:
        raise typer.BadParameter(str(unreadable.__doc__)) from unreadable
    settings = Settings()

    async def main(database: Database) -> list[str]:
        async with database.unit_of_work(actor="cli") as work:
            now = await advance_clock(work, settings, by)
        return [f"Tramita: {now:%Y-%m-%d %H:%M:%S %Z}", *await _advance_simulators(settings, by)]

    for line in run_with_database(settings, main):
        typer.echo(line)


async def _advance_simulators(settings: Settings, by: timedelta) -> list[str]:
    providers = load_plugins("tramita.providers", Provider).loaded.values()
    simulated = [(one.key, one.title) for one in providers if one.simulator is not None]
    root = f"http://127.0.0.1:{settings.simulators_port}"
    async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
        return [
            f"{title}: {await _advance_simulator(session, f'{root}/{key}', by)}"
            for key, title in (*simulated, MAILBOX[:2])
        ]


async def _advance_simulator(session: aiohttp.ClientSession, url: str, by: timedelta) -> str:
    order = {"advance": f"{by.total_seconds():.3f}s"}
    try:
        async with session.post(f"{url}/__sim/clock", json=order, raise_for_status=True) as answer:
            return str((await answer.json())["now"])
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"not moved, its simulator does not answer ({type(error).__name__})"
