"""``tramita``: every command, and how errors are told."""

import io
import sys
from importlib.metadata import version
from typing import Annotated, NoReturn

import asyncpg
import typer
from pydantic import ValidationError
from typer.main import get_group

from tramita.cli.lazy import Entry, LazyGroup
from tramita.kit.embedded.account import EmbeddedPostgresError
from tramita.kit.environment import describe_invalid
from tramita.kit.errors import TramitaError
from tramita.simulation.settings import SimulationForbiddenInProduction


def _tell_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"tramita {version('tramita')}")
        raise typer.Exit


def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_tell_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Options of ``tramita`` itself."""


_APP = typer.Typer(add_completion=False, callback=_options)
# Nothing here is imported before it is run: `--help` and `tokens` need no web framework.
COMMANDS = LazyGroup(
    {
        "all": Entry(
            "tramita.cli.web:run_all",
            "Migrate the database, then run web and worker in one process.",
        ),
        "web": Entry(
            "tramita.cli.web:run_web",
            "Serve the API and the pages, on TRAMITA_HOST and TRAMITA_PORT; workers run the jobs.",
        ),
        "worker": Entry(
            "tramita.cli.worker:run_worker", "Run jobs; there may be as many workers as you like."
        ),
        "simulators": Entry(
            "tramita.cli.simulators:run_simulators",
            "Serve the simulated vendors on this machine, for demo and tests.",
        ),
        "migrate": Entry(
            "tramita.cli.migrate:run_migrations", "Bring the schema of the database up to date."
        ),
        "demo": Entry(
            "tramita.cli.demo:run_demo",
            "Run every journey on example data, then stay up until Ctrl-C.",
        ),
        "check": Entry(
            "tramita.cli.check:run_check",
            "Compare the database with what the providers say, and change nothing; "
            "exit 1 when a promise is broken, 3 when one could not be verified.",
        ),
        "new-provider": Entry(
            "tramita.cli.new_provider:run_new_provider",
            "Write the folder of a provider that works at once, from the port that it is for.",
        ),
        "clock": Entry("tramita.cli.clock:app", "Move the platform's time; in the demo only."),
        "contracts": Entry(
            "tramita.cli.contracts:app", "Try contracts and their backends on example data."
        ),
        "customers": Entry(
            "tramita.cli.customers:app", "Erase people, and write out what is held of them."
        ),
        "jobs": Entry(
            "tramita.cli.jobs:app", "Show how the queue is, and have held jobs run again."
        ),
        "keys": Entry(
            "tramita.cli.keys:app", "Make keys, and encrypt anew what is kept of people."
        ),
        "operations": Entry(
            "tramita.cli.operations:app",
            "List outside acts that need a person, and act on one or many.",
        ),
        "orders": Entry(
            "tramita.cli.orders:app", "Fill the catalogue of courses, and debit what is due."
        ),
        "providers": Entry(
            "tramita.cli.providers:app",
            "Show how the outside systems are, and pause and resume them.",
        ),
        "tenants": Entry(
            "tramita.cli.tenants:app",
            "Add and list partners, whose tokens see only what is theirs.",
        ),
        "tokens": Entry(
            "tramita.cli.tokens:app", "Make, list, rotate and revoke tokens for the API."
        ),
        "users": Entry(
            "tramita.cli.users:app",
            "Invite, list and disable people of the console, and reset what they lost.",
        ),
    },
    name="tramita",
    help="Tramita carries contracts through the outside systems that fulfil them.",
    epilog="Settings are environment variables TRAMITA_…; docs/reference/settings.md lists them. "
    "Without TRAMITA_DATABASE_URL everything runs in demo mode, on a PostgreSQL of its own.",
    no_args_is_help=True,
    params=get_group(_APP).params,
)


def main() -> None:
    """Run a command; what an operator can mend is a sentence, no traceback.

    The exit code is 1, and another schema's 4.
    """
    _speak_any_locale()
    try:
        COMMANDS()
    except (TramitaError, EmbeddedPostgresError, SimulationForbiddenInProduction) as error:
        _fail(str(error), exit_code=getattr(error, "exit_code", 1))
    except ValidationError as error:
        _fail(describe_invalid(error))
    except asyncpg.PostgresError as error:
        _fail(f"The database refuses: {error}")
    except OSError as error:
        # A database that went away in the middle; what fails at the start names its setting.
        _fail(f"{error.strerror or error} ({type(error).__name__})")


def _speak_any_locale() -> None:
    """Print what the terminal's encoding lacks as a question mark, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _fail(sentence: str, *, exit_code: int = 1) -> NoReturn:
    sys.stderr.write(f"tramita: {sentence}\n")
    sys.exit(exit_code)
