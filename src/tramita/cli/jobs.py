"""``tramita jobs``: how the queue is, and jobs that an error of our own holds."""

from typing import Annotated

import msgspec
import typer

from tramita.cli.installation import run_with_database
from tramita.kit.audit import CLI
from tramita.kit.database.engine import Database
from tramita.kit.jobs.held import HeldJob, find_held_jobs
from tramita.kit.jobs.standing import QueueStanding, tell_queue
from tramita.kit.letting_go import run_again
from tramita.kit.settings import Settings

app = typer.Typer(no_args_is_help=True)

_MOST_LISTED = 1000


@app.command("list")
def show(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """How many jobs wait, are due, run and are held, by name; then the held ones, oldest first."""

    async def main(database: Database) -> tuple[QueueStanding, list[HeldJob]]:
        async with database.unit_of_work(actor=CLI) as work:
            queue = await tell_queue(work.connection)
            return queue, await find_held_jobs(work.connection, after=None, limit=_MOST_LISTED)

    queue, held = run_with_database(Settings(), main)
    if as_json:
        told = {"queue": queue, "held": held}
        typer.echo(msgspec.json.format(msgspec.json.encode(told)).decode())
        return
    for one in queue.jobs:
        typer.echo(
            f"{one.name}\t{one.waiting} waiting\t{one.due} due\t{one.lag.total_seconds():.0f} s late\t"
            f"{one.running} running\t{one.held} held"
        )
    for job in held:
        typer.echo(f"{job.id}\t{job.name}\t{job.error}")


@app.command("run-again")
def again(
    ids: Annotated[list[int] | None, typer.Argument(help="Held jobs, by number.")] = None,
    name: Annotated[str | None, typer.Option(help="All held jobs of this name.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every held job.")] = False,
) -> None:
    """Have held jobs run again; what is done already is not repeated."""
    if (bool(ids) + bool(name) + all_) != 1:
        raise typer.BadParameter("name jobs, or --name, or --all")

    async def main(database: Database) -> int:
        async with database.unit_of_work(actor=CLI) as work:
            return await run_again(work, ids or None, name=name)

    count = run_with_database(Settings(), main)
    typer.echo(f"{count} run again")
