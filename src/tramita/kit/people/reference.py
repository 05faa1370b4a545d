"""``docs/reference/personal-data.md``: where something of people lies, and what erasing does."""

from collections.abc import Callable, Iterator
from typing import Any

from tramita.kit.people.inventory import People, Table


def render(people: People) -> str:
    """The inventory as a page; columns that say nothing of anybody are left out."""
    rows = [row for table in people.tables for row in _rows(table)]
    laws = [
        f"- {one.law}: {one.settings.model_fields[one.years].default} years by default"
        for one in people.obligations
    ]
    plain = sorted(one.name for one in people.tables if not one.erased and not one.kept)
    lines = [
        "# Personal data\n",
        "Where something of a person lies, and what becomes of it when they are erased; why and how: "
        "[keep and forget](../how-to/keep-and-forget.md).\n",
        "| table | column | encrypted | erased |",
        "|---|---|---|---|",
        *rows,
        "\nWhile a law obliges us to keep it, counted from the first day of the year after its end:\n",
        *laws,
        "\nNothing of anybody lies in " + ", ".join(f"`{name}`" for name in plain) + ".",
    ]
    return "\n".join(lines) + "\n"


def _rows(table: Table) -> Iterator[str]:
    for column, value in table.erased.items():
        law = "; by law: stays" if table.by_law.get(column) == column else ""
        if column in table.by_law and not law:
            law = f"; by law: `{_told(table.by_law[column])}`"
        if column in table.reduced:
            law = f"; by law: {_said_of(table.reduced[column])}"
        yield f"| `{table.name}` | `{column}` | {_how(table, column)} | becomes `{_told(value)}`{law} |"
    for column, why in table.kept.items():
        yield f"| `{table.name}` | `{column}` | {_how(table, column)} | stays: {why} |"


def _said_of(reduce: Callable[[Any], Any]) -> str:
    said = (reduce.__doc__ or "").rstrip(".")
    return said[:1].lower() + said[1:]


def _how(table: Table, column: str) -> str:
    if column in table.hashes:
        return "keyed hash"
    return "yes" if column in table.hidden else f"no: {table.in_clear[column]}"


def _told(value: str) -> str:
    return " ".join(value.split()).replace("|", "\\|")
