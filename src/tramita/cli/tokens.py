"""``tramita tokens``: create, list, rotate and revoke service tokens."""

from datetime import timedelta
from pkgutil import resolve_name
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from tramita.cli.installation import run_with_database
from tramita.kit.bounds import HOUSE
from tramita.kit.database.engine import Database
from tramita.kit.settings import Settings
from tramita.kit.tokens import create_token, list_tokens, revoke_token, rotate_token

app = typer.Typer(no_args_is_help=True)


def _scopes() -> list[str]:
    # Routes know them; whoever lists or revokes tokens does not wait for those to be imported.
    scopes: list[str] = resolve_name("tramita.web.scopes:find_scopes")()
    return scopes


class _Creation(TyperCommand):
    """Lists every scope at the end of its help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Look the scopes up only when somebody asks."""
        self.epilog = f"Scopes: {', '.join(_scopes())}"
        super().format_help(ctx, formatter)


@app.command(cls=_Creation)
def create(
    name: Annotated[str, typer.Option(help="Who will use it; unique.")],
    scope: Annotated[list[str], typer.Option(help="A scope, e.g. envelopes:write; repeatable.")],
    carrier: Annotated[
        str | None, typer.Option(help="The only carrier whose numbers and contracts it may see.")
    ] = None,
    tenant: Annotated[
        str, typer.Option(help="Whose it is: it sees what this tenant's tokens made, no more.")
    ] = HOUSE,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days it is good for; without it, for ever.")
    ] = None,
) -> None:
    """Create a token and print it, once; exit 2 for a scope that does not exist."""
    known = _scopes()
    if unknown := sorted(set(scope) - set(known)):
        raise typer.BadParameter(
            f"there is no scope {', '.join(unknown)}; there are: {', '.join(known)}",
            param_hint="--scope",
        )

    async def main(database: Database) -> str:
        async with database.unit_of_work(actor="cli") as work:
            term = timedelta(days=days) if days else None
            return await create_token(work, name, scope, carrier=carrier, tenant=tenant, term=term)

    typer.echo(run_with_database(Settings(), main))


@app.command("list")
def show() -> None:
    """List tokens: name, scopes, state, made on, carrier, tenant, last use, end; never the token."""

    async def main(database: Database) -> list[str]:
        async with database.session() as session:
            return [
                f"{one.name}\t{' '.join(one.scopes)}\t"
                f"{'revoked' if one.revoked_at else 'valid'}\t{one.created_at:%Y-%m-%d}\t{one.carrier or ''}\t{one.tenant}\t"
                f"{f'{one.used_at:%Y-%m-%d}' if one.used_at else 'never'}\t"
                f"{f'{one.expires_at:%Y-%m-%d}' if one.expires_at else 'never'}"
                for one in await list_tokens(session)
            ]

    for line in run_with_database(Settings(), main):
        typer.echo(line)


@app.command()
def rotate(
    name: Annotated[str, typer.Argument(help="The token's name.")],
    hours: Annotated[
        int, typer.Option(min=0, max=720, help="Hours for which the present one stays good too.")
    ] = 24,
) -> None:
    """Give a token another secret and print it, once; its scopes and its name stay."""

    async def main(database: Database) -> str:
        async with database.unit_of_work(actor="cli") as work:
            return await rotate_token(work, name, both_for=timedelta(hours=hours))

    typer.echo(run_with_database(Settings(), main))


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="The token's name.")]) -> None:
    """Make a token invalid from now on."""

    async def main(database: Database) -> None:
        async with database.unit_of_work(actor="cli") as work:
            await revoke_token(work, name)

    run_with_database(Settings(), main)
