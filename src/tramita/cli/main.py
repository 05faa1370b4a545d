"""``tramita``: every command, and how errors are told."""

import sys
from typing import NoReturn

import asyncpg
from pydantic import ValidationError

from tramita.cli.lazy import Entry, LazyGroup
from tramita.kit.database.postgres_account import EmbeddedPostgresError
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
            "Hold the invariants against database and providers; exit 1 when one is broken.",
        ),
        "clock": Entry("tramita.cli.clock:app", "The platform's time, movable in the demo only."),
        "contracts": Entry("tramita.cli.contracts:app", "Contracts and their backends."),
        "tokens": Entry("tramita.cli.tokens:app", "Service tokens for the API."),
        "users": Entry("tramita.cli.users:app", "Accounts of the console."),
    },
    name="tramita",
    help="Tramita carries contracts through the outside systems that fulfil them.",
    no_args_is_help=True,
)


def main() -> None:
    """Run a command; what an operator can mend is a sentence and exit code 1, no traceback."""
    try:
        COMMANDS()
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
