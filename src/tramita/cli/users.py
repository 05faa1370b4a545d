"""``tramita users``: who may sign in to the console."""

import sys
from typing import Annotated

import typer

from tramita.cli.installation import run_with_database
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import (
    create_account,
    disable_account,
    list_accounts,
    set_password,
)
from tramita.kit.database.engine import Database
from tramita.kit.settings import Settings

app = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The account's e-mail address; case does not matter.")]


@app.command()
def create(
    email: Email,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.OPERATOR,
) -> None:
    """Create an account; asks for the password, or reads a line of standard input."""
    password = _read_password()

    async def main(database: Database) -> None:
        async with database.unit_of_work(actor="cli") as work:
            await create_account(work, email, password, role)

    run_with_database(Settings(), main)


@app.command("list")
def show() -> None:
    """List accounts with their roles."""

    async def main(database: Database) -> list[str]:
        async with database.session() as session:
            return [
                f"{one.email}\t{one.role}\t"
                f"{'disabled' if one.disabled_at else 'valid'}\t{one.created_at:%Y-%m-%d}"
                for one in await list_accounts(session)
            ]

    for line in run_with_database(Settings(), main):
        typer.echo(line)


@app.command()
def disable(email: Email) -> None:
    """Let nobody sign in with an account any more, and end its sessions."""

    async def main(database: Database) -> None:
        async with database.unit_of_work(actor="cli") as work:
            await disable_account(work, email)

    run_with_database(Settings(), main)


@app.command("set-password")
def replace_password(email: Email) -> None:
    """Replace a password, asked for or read as when creating, and end the account's sessions."""
    password = _read_password()

    async def main(database: Database) -> None:
        async with database.unit_of_work(actor="cli") as work:
            await set_password(work, email, password)

    run_with_database(Settings(), main)


def _read_password() -> str:
    """Never an argument: those stand in the shell's history and the list of processes."""
    if sys.stdin.isatty():
        password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return password
    return sys.stdin.readline().rstrip("\r\n")
