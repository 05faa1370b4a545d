"""``tramita tokens``: create, list and revoke service tokens."""

from typing import Annotated

import typer

from tramita.cli.installation import run_with_database
from tramita.kit.database.engine import Database
from tramita.kit.settings import Settings
from tramita.kit.tokens import create_token, list_tokens, revoke_token

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Option(help="Who will use it; unique.")],
    scope: Annotated[list[str], typer.Option(help="A scope, e.g. envelopes:write; repeatable.")],
    carrier: Annotated[
        str | None, typer.Option(help="The only carrier whose numbers it may see.")
    ] = None,
) -> None:
    """Create a token and print it, once."""

    async def main(database: Database) -> str:
        async with database.unit_of_work(actor="cli") as work:
            return await create_token(work, name, scope, carrier=carrier)

    typer.echo(run_with_database(Settings(), main))


@app.command("list")
def show() -> None:
    """List tokens with their scopes and carriers; the tokens themselves are not stored."""

    async def main(database: Database) -> list[str]:
        async with database.session() as session:
            return [
                f"{one.name}\t{' '.join(one.scopes)}\t"
                f"{'revoked' if one.revoked_at else 'valid'}\t{one.created_at:%Y-%m-%d}\t{one.carrier or ''}"
                for one in await list_tokens(session)
            ]

    for line in run_with_database(Settings(), main):
        typer.echo(line)


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="The token's name.")]) -> None:
    """Make a token invalid from now on."""

    async def main(database: Database) -> None:
        async with database.unit_of_work(actor="cli") as work:
            await revoke_token(work, name)

    run_with_database(Settings(), main)
