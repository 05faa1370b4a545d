"""Commands that are imported when they are asked for: most of a short command was imports."""

from collections.abc import Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


@dataclass(frozen=True, slots=True)
class Entry:
    """A command before it is imported.

    ``place`` is ``module:name`` of a function, or of a ``typer.Typer`` with commands of
    its own. ``help`` is its line in the list of commands and in its own ``--help``.
    """

    place: str
    help: str


class LazyGroup(TyperGroup):
    """Lists its commands by their entries, and imports the module of the one that is run."""

    def __init__(self, entries: Mapping[str, Entry], **attributes: Any) -> None:
        listed = {name: TyperCommand(name, help=one.help) for name, one in entries.items()}
        super().__init__(commands=dict(listed), **attributes)
        self.entries = entries

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find what was asked for in the list, as every group does, and load it."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, self.load(name) if name else listed, rest

    def load(self, name: str) -> Any:
        """Import a command; it can be run, and knows its options.

        Typer has no public type for what it makes of a function or of a ``typer.Typer``.
        """
        entry = self.entries[name]
        found = resolve_name(entry.place)
        app = typer.Typer()
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name, help=entry.help)
        else:
            app.command(name, help=entry.help)(found)
        return get_group(app).commands[name]
