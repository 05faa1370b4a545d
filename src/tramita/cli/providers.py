"""``tramita providers``: how the outside systems are; pausing them for a maintenance."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec
import typer

from tramita.cli.installation import run_with_database
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.board import ProviderStanding, tell_provider, tell_providers
from tramita.kit.operations.maintenance import pause_provider, resume_provider
from tramita.kit.operations.paused import LONGEST_REASON, Pause
from tramita.kit.settings import Settings
from tramita.process.providers import Installation

app = typer.Typer(no_args_is_help=True)
T = TypeVar("T")

Provider = Annotated[str, typer.Argument(help="The provider's key, e.g. qitech.")]
Kind = Annotated[
    str | None,
    typer.Option(help="One kind of its acts alone; `status` of the provider lists them."),
]


@app.command()
def status(
    provider: Annotated[str | None, typer.Argument(help="One of them, with its kinds.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """What waits at each provider, what is under way, and what is paused."""

    async def main(work: UnitOfWork, house: Installation) -> list[ProviderStanding]:
        if provider is not None:
            return [await tell_provider(house, work, provider)]
        return await tell_providers(house, work)

    found = _run(main)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    for one in found:
        how = "paused" if one.is_paused else "runs"
        typer.echo(
            f"{one.provider}\t{how}\t{one.waiting} waiting\t{one.in_flight} in flight\t"
            f"{one.pending} pending\t{one.needs_attention} need attention"
        )
        for pause in one.pauses:
            typer.echo(f"  {_told(pause)}")
        if provider is not None:
            typer.echo(f"  kinds: {', '.join(one.kinds) or 'none'}")


@app.command()
def pause(
    provider: Provider,
    why: Annotated[str, typer.Option(help="Why, for everybody who looks.")],
    kind: Kind = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            help="When it goes on by itself, in UTC; without it, when somebody resumes it.",
        ),
    ] = None,
) -> None:
    """Send nothing more there: what is to be done waits, what is under way is carried to its end."""
    if not 0 < len(why.strip()) <= LONGEST_REASON:
        raise typer.BadParameter(
            f"say why, in at most {LONGEST_REASON} characters", param_hint="--why"
        )

    async def main(work: UnitOfWork, house: Installation) -> Pause:
        ends = None if until is None else until.replace(tzinfo=UTC)
        return await pause_provider(house, work, provider, why=why.strip(), kind=kind, until=ends)

    typer.echo(_told(_run(main)))


@app.command()
def resume(provider: Provider, kind: Kind = None) -> None:
    """Have what waits there go on, within seconds and at the usual pace."""

    async def main(work: UnitOfWork, house: Installation) -> Pause:
        return await resume_provider(house, work, provider, kind=kind)

    typer.echo(f"{_run(main).what} goes on")


def _run(main: Callable[[UnitOfWork, Installation], Awaitable[T]]) -> T:
    async def _main(database: Database) -> T:
        async with database.unit_of_work(actor="cli") as work:
            return await main(work, Installation())

    return run_with_database(Settings(), _main)


def _told(pause: Pause) -> str:
    until = f" until {pause.until:%Y-%m-%d %H:%M} UTC" if pause.until else ""
    return f"{pause.what} is paused by {pause.paused_by} since {pause.since:%Y-%m-%d %H:%M} UTC{until}: {pause.why}"
