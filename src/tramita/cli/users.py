"""``tramita users``: who may sign in to the console."""

import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final

import typer

from tramita.cli.installation import run_with_database
from tramita.kit.accounts.forgetting import forget_account
from tramita.kit.accounts.mails import link_of
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import (
    AccountLine,
    change_role,
    create_account,
    demand_second_factor,
    disable_account,
    enable_account,
    end_sessions,
    invite,
    list_accounts,
    offer_link,
    reset_second_factor,
    set_password,
)
from tramita.kit.accounts.settings import AccountSettings
from tramita.kit.audit import CLI
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.settings import Settings

app = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The account's e-mail address; case does not matter.")]
RoleOption = Annotated[Role, typer.Option(help="What they may do.")]

_NEVER: Final = "never"


@app.command()
def create(email: Email, role: RoleOption = Role.OPERATOR) -> None:
    """Create an account; asks for the password, or reads a line of standard input."""
    password = _read_password()
    _act(lambda work: create_account(work, email, password, role))


@app.command("invite")
def run_invite(email: Email, role: RoleOption = Role.OPERATOR) -> None:
    """Create an account without a password, and print the link that sets one, once."""

    async def main(work: UnitOfWork) -> None:
        _, secret = await invite(work, email, role)
        typer.echo(link_of(Settings().address, secret))

    _act(main)


@app.command("link")
def run_link(email: Email) -> None:
    """Print another link that sets the password; the one before is over."""

    async def main(work: UnitOfWork) -> None:
        _, secret = await offer_link(work, email)
        typer.echo(link_of(Settings().address, secret))

    _act(main)


@app.command("list")
def show() -> None:
    """List accounts: address, role, state, made on, last sign-in, sessions, second factor."""

    async def main(work: UnitOfWork) -> None:
        for one in sorted(await list_accounts(work), key=lambda one: one.email):
            typer.echo("\t".join(_told(one)))

    _act(main)


@app.command()
def disable(email: Email) -> None:
    """Let nobody sign in with an account any more, and end its sessions; not the last admin's."""
    _act(lambda work: disable_account(work, email))


@app.command()
def enable(email: Email) -> None:
    """Let somebody in again whose account was disabled."""
    _act(lambda work: enable_account(work, email))


@app.command()
def forget(email: Email) -> None:
    """Take the name of a disabled account away, for good; what was done stays. Prints the new name."""

    async def main(database: Database) -> str:
        return await forget_account(database, email, actor=CLI)

    typer.echo(run_with_database(Settings(), main))


@app.command("role")
def run_role(
    email: Email, role: Annotated[Role, typer.Argument(help="What they may do from now on.")]
) -> None:
    """Change what somebody may do, from their next request on; the last admin stays one."""
    demand = AccountSettings().second_factor
    _act(lambda work: change_role(work, email, role, demand=demand))


@app.command("sessions")
def run_sessions(email: Email) -> None:
    """Sign somebody out everywhere, and print of how many sessions."""

    async def main(work: UnitOfWork) -> None:
        typer.echo(await end_sessions(work, email))

    _act(main)


@app.command("reset-second-factor")
def run_reset(email: Email) -> None:
    """Take away a second factor that was lost, and end the account's sessions."""
    _act(lambda work: reset_second_factor(work, email))


@app.command("require-second-factor")
def run_require(
    email: Email,
    no: Annotated[bool, typer.Option("--no", help="Ask it of this account no more.")] = False,
) -> None:
    """Ask a second factor of an account; whoever has none sets one up at the next sign-in."""
    _act(lambda work: demand_second_factor(work, email, is_demanded=not no))


@app.command("set-password")
def replace_password(email: Email) -> None:
    """Replace a password, asked for or read as when creating, and end the account's sessions."""
    password = _read_password()
    _act(lambda work: set_password(work, email, password))


def _act(act: Callable[[UnitOfWork], Awaitable[None]]) -> None:
    async def main(database: Database) -> None:
        async with database.unit_of_work(actor=CLI) as work:
            await act(work)

    run_with_database(Settings(), main)


def _told(one: AccountLine) -> tuple[str, ...]:
    state = "disabled" if one.disabled_at else "invited" if one.is_invited else "valid"
    factor = (
        "set up" if one.has_second_factor else "required" if one.needs_second_factor else "none"
    )
    made, last = _day(one.created_at), _day(one.signed_in_at)
    return (one.email, one.role, state, made, last, str(one.sessions), factor)


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else _NEVER


def _read_password() -> str:
    """Never an argument: those stand in the shell's history and the list of processes."""
    if sys.stdin.isatty():
        password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return password
    return sys.stdin.readline().rstrip("\r\n")
