"""``tramita contracts``: the core's own commands."""

import asyncio
import os
import sys

import typer

from tramita.demo.contracts import show_contracts
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres, passing_folder
from tramita.kit.settings import PREFIX, Mode

app = typer.Typer(no_args_is_help=True)


@app.command()
def demo() -> None:
    """Create and cancel three contracts and print what their backends do.

    It runs on a PostgreSQL of its own, which is gone afterwards.
    """
    # Plugins read it when they are loaded, which is later: nothing of production is touched.
    os.environ[f"{PREFIX}MODE"] = Mode.DEMO.value
    with passing_folder("tramita-contracts-") as folder:
        server = EmbeddedPostgres.start(folder / "postgres")
        try:
            asyncio.run(_demo(server.url("postgres")))
        finally:
            server.close()


async def _demo(address: str) -> None:
    database = Database.open(address)
    try:
        await migrate(database)
        await show_contracts(database, sys.stdout)
    finally:
        await database.close()
