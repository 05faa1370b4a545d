"""``tramita``: every command, and how errors are told."""

import io
import sys
from typing import NoReturn

import asyncpg
from pydantic import ValidationError

from tramita.cli.lazy import Entry, LazyGroup
from tramita.kit.database.postgres_account import EmbeddedPostgresError
from tramita.kit.environment import describe_invalid
from tramita.kit.errors import TramitaError
from tramita.simulation.settings import SimulationForbiddenInProduction

# Nothing here is imported before it is run: `--help` and `tokens` need no web framework.
COMMANDS = LazyGroup(
    {
        "all": Entry(
            "tramita.cli.web:run_all",
            "Migrate, then serve web and worker in one process.",
        ),
        "web": Entry("tramita.cli.web:run_web", "Serve HTTP; jobs are left to workers."),
        "worker": Entry("tramita.cli.worker:run_worker", "Run jobs."),
        "simulators": Entry(
            "tramita.cli.simulators:run_simulators",
            "Serve the outside world on loopback, for demo and tests.",
        ),
        "migrate": Entry("tramita.cli.migrate:run_migrations", "Bring the database up to date."),
        "demo": Entry(
            "tramita.cli.demo:run_demo",
            "Run every journey on example data, then stay up until Ctrl-C.",
        ),
        "check": Entry(
            "tramita.cli.check:run_check",
            "Hold the invariants against database and providers; "
            "exit 1 when one is broken, 3 when one could not be verified.",
        ),
        "new-provider": Entry(
            "tramita.cli.new_provider:run_new_provider",
            "Write the folder of a provider that works at once, from the port that it is for.",
        ),
        "clock": Entry("tramita.cli.clock:app", "The platform's time, movable in the demo only."),
        "contracts": Entry("tramita.cli.contracts:app", "Contracts and their backends."),
        "tenants": Entry(
            "tramita.cli.tenants:app", "Partners, whose tokens see only what is theirs."
        ),
        "tokens": Entry("tramita.cli.tokens:app", "Service tokens for the API."),
        "users": Entry("tramita.cli.users:app", "Accounts of the console."),
    },
    name="tramita",
    help="Tramita carries contracts through the outside systems that fulfil them.",
    no_args_is_help=True,
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
