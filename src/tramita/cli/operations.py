"""``tramita operations``: outside acts that need a person, one or many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from tramita.cli.installation import run_with_database
from tramita.kit.audit import CLI
from tramita.kit.database.engine import Database
from tramita.kit.operations.actions import OperationAction
from tramita.kit.operations.kind import OperationKind
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.many import (
    BulkAct,
    BulkAnswer,
    Chosen,
    act_on_many,
    begin_many,
    tell_many,
)
from tramita.kit.operations.places import LIE_ALIKE, OperationsAsked, find_operation_places
from tramita.kit.operations.queries import OperationView, find_operations
from tramita.kit.settings import Settings
from tramita.process.providers import Installation

app = typer.Typer(no_args_is_help=True)

_MOST_LISTED = 1000

Ids = Annotated[list[UUID] | None, typer.Argument(help="Operations; or say which by options.")]
Kind = Annotated[str | None, typer.Option(help="All of this kind that need attention.")]
Provider = Annotated[str | None, typer.Option(help="All of this provider that need attention.")]
Note = Annotated[str, typer.Option(help="Why; it stands in each operation's history.")]


@dataclass(frozen=True)
class _Process:
    """What acting needs."""

    database: Database
    kinds: Mapping[str, OperationKind[Any, Any]] = field(
        default_factory=lambda: Installation().kinds
    )


@app.command("list")
def show(
    state: Annotated[OperationState, typer.Option(case_sensitive=False)] = (
        OperationState.NEEDS_ATTENTION
    ),
    kind: Annotated[str | None, typer.Option(help="Of one kind.")] = None,
    provider: Annotated[str | None, typer.Option(help="Of one provider.")] = None,
    alike: Annotated[
        str | None,
        typer.Option(
            help="For one reason, by the key that --json tells: refused, or in need of a person."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List operations in a state, those that stand longest first; at most a thousand."""
    if alike is not None and state not in LIE_ALIKE:
        raise typer.BadParameter("only what was refused or needs a person has a reason")

    async def main(database: Database) -> Sequence[OperationView]:
        async with database.unit_of_work(actor=CLI) as work:
            asked = OperationsAsked({state}, kind, provider, alike=alike)
            places = asked.among(await find_operation_places(work))
            return await find_operations(work, asked, places, after=None, limit=_MOST_LISTED)

    found = run_with_database(Settings(), main)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    for one in found:
        typer.echo(
            f"{one.id}\t{one.kind}\t{one.provider}\t{one.created_at:%Y-%m-%d %H:%M}\t{one.reason or ''}"
        )


@app.command()
def ask_again(note: Note, ids: Ids = None, kind: Kind = None, provider: Provider = None) -> None:
    """Have providers asked what became of these; exit 1 where one was refused."""
    _act(OperationAction.ASK_AGAIN, Chosen(ids or (), kind, provider), note)


@app.command()
def send_again(note: Note, ids: Ids = None, kind: Kind = None, provider: Provider = None) -> None:
    """Repeat these acts where the provider has said that nothing is there; exit 1 where one was refused."""
    _act(OperationAction.SEND_AGAIN, Chosen(ids or (), kind, provider), note)


@app.command()
def refuse(note: Note, ids: Ids = None, kind: Kind = None, provider: Provider = None) -> None:
    """End these on your word; it cannot be taken back. Exit 1 where one was refused."""
    _act(OperationAction.MARK_REFUSED, Chosen(ids or (), kind, provider), note)


def _act(action: OperationAction, chosen: Chosen, note: str) -> None:
    if not chosen.names_some:
        raise typer.BadParameter("name operations, or a kind or a provider of those that wait")
    if not note.strip():
        raise typer.BadParameter("say why", param_hint="--note")

    async def main(database: Database) -> tuple[BulkAct, list[BulkAnswer]]:
        async with database.unit_of_work(actor=CLI) as work:
            bulk_id = await begin_many(work, action, chosen, note=note.strip())
        # A worker goes on with it, should we die; whoever comes first answers each.
        await act_on_many(_Process(database), bulk_id)
        async with database.unit_of_work(actor=CLI) as work:
            count = (await tell_many(work, bulk_id, limit=1))[0].total
            return await tell_many(work, bulk_id, limit=count)

    act, answers = run_with_database(Settings(), main)
    for one in answers:
        typer.echo(f"{one.operation_id}\t{one.result}\t{one.said or ''}")
    if act.refused:
        raise typer.Exit(1)
