"""``tramita orders``: filling the catalogue, debiting what is due, and reminding of it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from tramita.cli.installation import (
    database_address,
    fitting_database,
    run,
    run_with_database,
)
from tramita.demo.example import read_example_seed
from tramita.kit.bounds import Bounds
from tramita.kit.database.engine import Database
from tramita.kit.errors import ConfigurationError
from tramita.kit.jwt_users import JWTSettings
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.orders.mails.reminding import remind
from tramita.orders.seeding import Planted, SeedUnreadable, plant_seed, read_seed
from tramita.payments.journey.debit_due import begin_debits
from tramita.process.runtime import running_runtime

app = typer.Typer(no_args_is_help=True)


class NoExampleInProduction(ConfigurationError):
    """Which FILE? Without one it is the demo's, and this is not a demo."""


@app.command()
def seed(
    file: Annotated[
        Path | None, typer.Argument(help="What to read; in the demo, without it, the demo's own.")
    ] = None,
) -> None:
    """Fill the catalogue from a TOML file: who sells which courses, by which contracts, to whom.

    Everything in it is made, or nothing; what is wrong is told by its line or its key.
    """
    settings = Settings()
    planted = run_with_database(settings, lambda database: _plant(database, settings, file))
    typer.echo(planted)


async def _plant(database: Database, settings: Settings, file: Path | None) -> Planted:
    seed = read_seed(_read(settings, file))
    within = database.within(Bounds(JWTSettings().tenant))
    async with within.unit_of_work(actor="cli") as work:
        return await plant_seed(work, seed)


def _read(settings: Settings, file: Path | None) -> str:
    if file is None:
        if not settings.is_demo:
            raise NoExampleInProduction
        return read_example_seed()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SeedUnreadable(why=error) from error


@app.command("debit-due-instalments")
def debit() -> None:
    """Begin the debit of every instalment that is due, whatever the hour; workers make them.

    Workers begin them by themselves, too, from TRAMITA_PAYMENTS_DEBIT_HOUR on. Whoever else begins
    at the same moment, nobody is debited twice.
    """
    typer.echo(f"{_run_here(lambda runtime: begin_debits(runtime, 'cli'))} debits begun")


@app.command("send-mail-upcoming-debit")
def remind_of_debits() -> None:
    """Remind learners of the instalments that are debited soon, whatever the hour; workers send it.

    Workers do so by themselves, too. Each is reminded of once for each period of
    TRAMITA_INSTALLMENT_REMINDER_PERIOD_DAYS, whoever looks, and a night in which nobody did is
    caught up with.
    """
    typer.echo(f"{_run_here(lambda runtime: remind(runtime, 'cli'))} e-mails written")


def _run_here(act: Callable[[Runtime], Awaitable[int]]) -> int:
    settings = Settings()
    with database_address(settings, may_create=False) as address:

        async def main() -> int:
            async with (
                fitting_database(settings, address),
                running_runtime(settings, address) as runtime,
            ):
                return await act(runtime)

        return run(main)
