"""``tramita worker``: runs jobs. Nothing of the web is imported for it."""

from typing import Annotated

import typer

from tramita.cli.installation import database_address, fitting_database, run
from tramita.cli.processes import stay_up
from tramita.kit.logs import set_up_logs
from tramita.kit.settings import Settings
from tramita.process.runtime import running_runtime
from tramita.process.worker import make_worker, running_worker


def run_worker(
    drain: Annotated[
        bool, typer.Option(help="End as soon as no job is due, instead of waiting for more.")
    ] = False,
) -> None:
    if drain:
        _drain()
    else:
        stay_up(running_worker)


def _drain() -> None:
    settings = Settings()
    set_up_logs(settings.log_level)

    with database_address(settings) as address:

        async def main() -> None:
            async with (
                fitting_database(settings, address),
                running_runtime(settings, address) as runtime,
            ):
                await make_worker(runtime).run(drain=True)

        run(main)
