"""``tramita keys``: make keys, and have what is kept of people follow when they are others."""

from collections.abc import Awaitable, Callable

import typer

from tramita.cli.installation import run_with_database
from tramita.kit.database.engine import Database
from tramita.kit.encryption.keys import new_key
from tramita.kit.files import Files
from tramita.kit.people.encrypting import NO_KEY, Tell, count_values, rehash, rotate
from tramita.kit.people.files import encrypt_files
from tramita.kit.people.inventory import People, together
from tramita.kit.settings import Settings
from tramita.process.areas import EVERYTHING

app = typer.Typer(no_args_is_help=True)


@app.command()
def new() -> None:
    """Print a new key, for TRAMITA_ENCRYPTION_KEYS or TRAMITA_LOOKUP_KEY; it is stored nowhere."""
    typer.echo(new_key())


@app.command("list")
def list_values() -> None:
    """Show how many values each key has encrypted, and how many are not encrypted yet."""

    async def main(database: Database) -> None:
        keys = database.keys
        typer.echo(f"encrypts\t{keys.first_name}")
        typer.echo(f"decrypts\t{', '.join(sorted(keys.names))}")
        typer.echo(f"finds\t{keys.lookup_name}")
        for place, key, values in await count_values(database, _people()):
            typer.echo(f"{place}\t{key or NO_KEY}\t{values}")

    run_with_database(Settings(), main)


@app.command("rotate")
def run_rotate() -> None:
    """Encrypt everything anew by the first key, while all else runs; ended, run it again."""
    _follow(_rotate, "Nothing is encrypted by another key than the first now. No more: {keys}.")


@app.command("rehash")
def run_rehash() -> None:
    """Have people found by the present TRAMITA_LOOKUP_KEY; with every other process stopped."""
    _follow(rehash, "Everybody is found by this key now. No more: {keys}.", is_checked=False)


async def _rotate(database: Database, people: People, tell: Tell) -> list[str]:
    settings = Settings()
    files = Files.open(settings.files_url, settings.data_dir, database)
    await encrypt_files(files, people, tell)
    return await rotate(database, people, tell)


def _follow(
    act: Callable[[Database, People, Tell], Awaitable[list[str]]],
    ended: str,
    *,
    is_checked: bool = True,
) -> None:
    async def main(database: Database) -> None:
        gone = await act(database, _people(), lambda table, rows: typer.echo(f"{table}\t{rows}"))
        typer.echo(ended.format(keys=", ".join(gone) or "none"))

    run_with_database(Settings(), main, checks_keys=is_checked)


def _people() -> People:
    return together([area.people for area in EVERYTHING])
