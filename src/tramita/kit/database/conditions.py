"""The conditions of a list's statement: only what is asked for stands in it.

A condition that lets everything pass when its parameter is empty costs the reading of a whole
table as soon as PostgreSQL plans for any parameters, and so does one on a column of few values
of which some are rare: it is planned as if all were equally frequent.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from tramita.kit.outside import storable_text

NOTHING: Final = "false"


def only_given(
    written: Mapping[str, str | None], asked: Mapping[str, object | None], *, first: int = 1
) -> tuple[str, list[object]]:
    """``({"o.kind": kind}, {"o.id >": after})`` as SQL, and its values from ``$first`` on.

    What is empty is left out. Columns of few values are ``written`` out, so that the planner
    knows how frequent this one is; everything else is a parameter.
    """
    given = {name: value for name, value in asked.items() if value is not None}
    parts = [is_written(column, value) for column, value in written.items() if value is not None]
    parts += [f"{name} ${n}" for n, name in enumerate(given, start=first)]
    return " AND ".join(parts) or "true", list(given.values())


def is_written(column: str, value: str) -> str:
    """``column`` equals ``value``, which stands in the statement itself."""
    if storable_text(value) != value:
        return NOTHING  # No column can hold it.
    return f"{column} = {quoted(value)}"


def quoted(text: str) -> str:
    """Any text that PostgreSQL can store, as a constant that nothing in it can end.

    ``E''`` reads backslashes in one way, whatever the server's ``standard_conforming_strings``.
    """
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def one_of(column: str, states: Iterable[StrEnum]) -> str:
    """``column`` is one of ``states``.

    As text and not as an argument, or the planner could not tell that a partial index serves.
    """
    listed = ", ".join(quoted(state.value) for state in sorted(states))
    return f"{column} IN ({listed})"
