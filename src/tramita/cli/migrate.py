"""``tramita migrate``: bring the database up to date and end."""

import typer

from tramita.cli.installation import (
    database_address,
    migrated_database,
    run,
    tell_misspelt_variables,
)
from tramita.kit.settings import Settings


def run_migrations() -> None:
    settings = Settings()
    tell_misspelt_variables()
    with database_address(settings) as address:

        async def main() -> None:
            async with migrated_database(address):
                typer.echo("The database is up to date.")

        run(main)
