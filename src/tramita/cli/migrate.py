"""``tramita migrate``: bring the database up to date and end."""

import typer

from tramita.cli.installation import run_with_database
from tramita.kit.database.engine import Database
from tramita.kit.settings import Settings


def run_migrations() -> None:
    async def main(_database: Database) -> None:
        typer.echo("The database is up to date.")

    run_with_database(Settings(), main, may_create=True)
