"""What the documentation says of kinds and roles, out of the tables themselves."""

from collections.abc import Iterator
from typing import Final

from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.rules.kinds import Kind, render_kinds
from tramita.transfers.rules.permissions import CREATORS, Action, may, must_say_why
from tramita.transfers.rules.roles import Role

_PAGE: Final = """\
# Kinds of applications, and who may do what with them

## Kinds

Which way an application goes is decided when it is made (`transfers/rules/kinds.py`).

{kinds}
## Roles

In which states a role may do it, for which kinds if not for all (`transfers/rules/permissions.py`).
\\* stands where a reason must be given. Until when a client may change the form is its tenant's setting;
here it is `new_in_house`, as it is when nothing is set.

{roles}"""


def render_roles() -> str:
    """The page of kinds and roles."""
    return _PAGE.format(kinds=render_kinds(), roles=_matrix())


def _matrix() -> str:
    lines = [f"| | {' | '.join(Role)} |", "|---" * (len(Role) + 1) + "|"]
    lines.append(_row("create", ["yes" if role in CREATORS else "–" for role in Role]))
    lines += [_row(action, [_cell(role, action) for role in Role]) for action in Action]
    return "\n".join(lines) + "\n"


def _row(action: str, cells: list[str]) -> str:
    return f"| `{action}` | {' | '.join(cells)} |"


def _cell(role: Role, action: Action) -> str:
    """``draft, submitted``: the states in which it may, alike for all kinds or for each."""
    by_kind = {kind: _states(role, action, kind) for kind in Kind}
    if len(set(by_kind.values())) == 1:
        return by_kind[Kind.ORDINARY] or "–"
    return "; ".join(_apart(by_kind))


def _apart(by_kind: dict[Kind, str]) -> Iterator[str]:
    for states in dict.fromkeys(by_kind.values()):
        if states:
            kinds = ", ".join(kind for kind in Kind if by_kind[kind] == states)
            yield f"{kinds}: {states}"


def _states(role: Role, action: Action, kind: Kind) -> str:
    starred = {
        state: "\\*" if must_say_why(role, state, action, kind) else ""
        for state in ApplicationState
        if may(role, state, action, kind=kind)
    }
    if len(starred) == len(ApplicationState):
        [mark, *others] = dict.fromkeys(starred.values())
        if not others:
            return f"always{mark}"
    return ", ".join(f"{state}{mark}" for state, mark in starred.items())
