"""``tramita``: every command, and how errors are told."""

import sys
from typing import NoReturn

import asyncpg
import typer
from pydantic import ValidationError

from tramita.cli import clock, contracts, processes, tokens, users
from tramita.cli.check import run_check
from tramita.cli.demo import demo
from tramita.kit.database.postgres_account import EmbeddedPostgresError
from tramita.kit.errors import TramitaError
from tramita.simulation.settings import SimulationForbiddenInProduction

app = typer.Typer(
    help="Tramita carries contracts through the outside systems that fulfil them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
processes.add_to(app)
app.command("demo")(demo)
app.command("check")(run_check)
app.add_typer(clock.app, name="clock")
app.add_typer(contracts.app, name="contracts")
app.add_typer(tokens.app, name="tokens")
app.add_typer(users.app, name="users")


def main() -> None:
    """Run a command; what an operator can mend is a sentence and exit code 1, no traceback."""
    try:
        app()
    except (TramitaError, EmbeddedPostgresError, SimulationForbiddenInProduction) as error:
        _fail(str(error))
    except ValidationError as error:
        _fail("; ".join(f"setting {one['loc'][0]}: {one['msg']}" for one in error.errors()))
    except asyncpg.PostgresError as error:
        _fail(f"The database refuses: {error}")
    except OSError as error:
        # Mostly a database that does not answer (TRAMITA_DATABASE_URL) or a port in use.
        _fail(f"{error.strerror or error} ({type(error).__name__})")


def _fail(sentence: str) -> NoReturn:
    sys.stderr.write(f"tramita: {sentence}\n")
    sys.exit(1)
