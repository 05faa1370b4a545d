"""``tramita tenants``: the partners whose tokens see only what is theirs."""

from typing import Annotated

import typer

from tramita.cli.installation import run_with_database
from tramita.kit.database.engine import Database
from tramita.kit.settings import Settings
from tramita.kit.tenants import create_tenant, list_tenants

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    key: Annotated[str, typer.Argument(help="Small letters, digits and hyphens; never changes.")],
    title: Annotated[str, typer.Option(help="The name that people know it by.")],
) -> None:
    """Add a tenant; its tokens are made with `tramita tokens create --tenant KEY`."""

    async def main(database: Database) -> None:
        async with database.unit_of_work(actor="cli") as work:
            await create_tenant(work, key, title)

    run_with_database(Settings(), main)


@app.command("list")
def show() -> None:
    """List tenants with their titles; `house` is the one that runs this installation."""

    async def main(database: Database) -> list[str]:
        async with database.session() as session:
            return [
                f"{one.key}\t{one.title}\t{one.created_at:%Y-%m-%d}"
                for one in await list_tenants(session)
            ]

    for line in run_with_database(Settings(), main):
        typer.echo(line)
