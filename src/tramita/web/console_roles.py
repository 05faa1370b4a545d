"""Who may do what in the console: every route of it with the role that it asks for.

Found by looking at the routes, as the guard does: a page cannot be left out, and what is printed is
what is enforced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from litestar.handlers import HTTPRouteHandler

from tramita.kit.accounts.model import Role
from tramita.web.app import routes

_CONSOLE: Final = "/console"
_CLOSED: Final = "nobody"


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One route; without a ``role`` it is for whoever is not signed in yet, and ``why`` says why."""

    path: str
    method: str
    role: Role | None
    why: str
    does: str

    def is_for(self, role: Role | None) -> bool:
        """Whether somebody with this role, or nobody, is let in."""
        return self.role is None or (role is not None and role.includes(self.role))


def find_cells() -> Sequence[Cell]:
    """Every route below the console, by its address."""
    cells = {
        _cell(route.path, method, handler)
        for route in routes()
        if route.path.split("/")[1:2] == [_CONSOLE.strip("/")]
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler)
        for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"})
    }
    return sorted(cells, key=lambda one: (one.path, one.method))


def _cell(path: str, method: str, handler: HTTPRouteHandler) -> Cell:
    role = Role(handler.opt["console"]) if "console" in handler.opt else None
    why = "" if role else str(handler.opt.get("public", _CLOSED))
    does = (handler.fn.__doc__ or "").strip().partition("\n")[0]
    return Cell(path, method, role, why, does)


def render_roles() -> str:
    """The table as a page."""
    roles = " | ".join(Role)
    lines = [
        "# Who may do what in the console\n",
        "Each role may do what those before it may. Every form besides needs the token of the session "
        "that it was made for. How people are let in: [people who work here](../how-to/people-who-work-here.md).\n",
        f"| address | method | what it does | anybody | {roles} |",
        "|---|---|---|---|" + "---|" * len(Role),
        *(_line(one) for one in find_cells()),
    ]
    return "\n".join(lines) + "\n"


def _line(cell: Cell) -> str:
    marks = " | ".join("yes" if cell.is_for(role) else "" for role in (None, *Role))
    said = cell.does.replace("|", "\\|")
    return f"| `{cell.path}` | {cell.method} | {said} | {marks} |"
