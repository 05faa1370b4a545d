"""``tramita customers``: erase somebody, or write out everything that is held of them."""

import sys
from typing import Annotated

import typer

from tramita.cli.installation import run_with_database
from tramita.kit.bounds import HOUSE
from tramita.kit.database.engine import Database
from tramita.kit.people.erasing import erase_person
from tramita.kit.people.erasures import Erasure, identify, request_erasure
from tramita.kit.people.exporting import begin_export, export_person
from tramita.kit.people.inventory import together
from tramita.kit.settings import Settings
from tramita.process.areas import EVERYTHING

app = typer.Typer(no_args_is_help=True)

Said = Annotated[
    str,
    typer.Argument(
        help="A document (CPF, CNPJ, INN, passport), the id of a customer or the token of an "
        "envelope. `-` reads it from standard input, so that it stands in no history.",
    ),
]
Tenant = Annotated[str, typer.Option(help="As whose person; each partner has people of its own.")]


@app.command()
def erase(person: Said, tenant: Tenant = HOUSE) -> None:
    """Erase a person for good; refused, with the reason, while anything is under way.

    It goes on until all is done; interrupted, workers do the rest.
    """
    said, people = _read(person), together([area.people for area in EVERYTHING])

    async def main(database: Database) -> Erasure:
        async with database.unit_of_work(actor="cli") as work:
            who = await identify(work, people, said, tenant=tenant)
            erasure = await request_erasure(work, people, who)
        return await erase_person(database, people, erasure.id)

    erasure = run_with_database(Settings(), main)
    typer.echo(f"{erasure.id}\t{erasure.state}")
    for kept in erasure.kept:
        typer.echo(f"kept until {kept['until']}: {kept['thing']} ({kept['law']})")


@app.command()
def export(person: Said, tenant: Tenant = HOUSE) -> None:
    """Write everything that is held of a person to standard output, as JSON."""
    said, people = _read(person), together([area.people for area in EVERYTHING])

    async def main(database: Database) -> None:
        async with database.unit_of_work(actor="cli") as work:
            who = await identify(work, people, said, tenant=tenant)
            roots = await begin_export(work, people, who)
        async for piece in export_person(database, people, roots):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.write(b"\n")

    run_with_database(Settings(), main)


def _read(said: str) -> str:
    return sys.stdin.readline().strip() if said == "-" else said
