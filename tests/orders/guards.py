"""Who may do what where courses are sold: a row for each route, out of the route's own guard.

``docs/reference/courses-roles.md`` is printed from this: ``python -m tests.orders.guards``. A test
asks every cell over HTTP.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tramita.kit.accounts.model import Role as ConsoleRole
from tramita.orders.model import Role
from tramita.orders.organizations import MAY, Action
from tramita.web.app import routes

# The method of a route that opens a socket.
SOCKET: Final = "WebSocket"
AREAS: Final = ("tramita.orders.", "tramita.signatures.", "tramita.payments.")


class Who(StrEnum):
    """Who asks. ``OTHER`` has orders and an organization of their own, and nothing of these."""

    LEARNER = "learner"
    OTHER = "another learner"
    MEMBER = "member"
    ADMINISTRATOR = "administrator"
    OWNER = "owner"
    TOKEN = "service token"
    NARROW = "service token of other scopes"
    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"
    NOBODY = "nobody"


class Said(StrEnum):
    """What they are told."""

    YES = "yes"
    NOT_THERE = "404"
    FORBIDDEN = "403"
    STRANGER = "401"
    SIGN_IN = "sign in"
    NOT_BELIEVED = "403 unless it is a provider's message"


@dataclass(frozen=True)
class Route:
    """A route, and how it is guarded."""

    method: str
    path: str
    scheme: str
    opt: Mapping[str, Any]

    @property
    def names_a_thing(self) -> bool:
        """Whether it is about one thing of somebody's."""
        return "{" in self.path

    def says(self, who: Who) -> Said:
        """What this caller is told, by the guard alone."""
        return SCHEMES[self.scheme](self, who)


# People of the house; a route of the console says whom of them it lets in.
OF_THE_CONSOLE: Final = frozenset({Who.VIEWER, Who.OPERATOR, Who.ADMIN})
_MEMBERS: Final = {
    Who.MEMBER: Role.MEMBER,
    Who.ADMINISTRATOR: Role.ADMINISTRATOR,
    Who.OWNER: Role.OWNER,
}


def _anybody(route: Route, _: Who) -> Said:
    if (route.method, route.path) == ("POST", "/learn/enter"):
        return Said.FORBIDDEN
    return Said.NOT_BELIEVED if route.path.endswith("/notifications") else Said.YES


def _user(route: Route, who: Who) -> Said:
    if who in {Who.TOKEN, Who.NARROW, Who.NOBODY} | OF_THE_CONSOLE:
        return Said.STRANGER
    if "{organization_id" in route.path:
        action: Action = route.opt["of_organization"]
        if who not in _MEMBERS:
            return Said.NOT_THERE
        return Said.YES if _MEMBERS[who] in MAY[action] else Said.FORBIDDEN
    is_theirs = who is Who.LEARNER or not route.names_a_thing
    return Said.YES if is_theirs else Said.NOT_THERE


def _token(_: Route, who: Who) -> Said:
    said = {Who.TOKEN: Said.YES, Who.NARROW: Said.FORBIDDEN}
    return said.get(who, Said.STRANGER)


def _operator(route: Route, who: Who) -> Said:
    if who not in OF_THE_CONSOLE:
        return Said.SIGN_IN
    needed = ConsoleRole(route.opt["console"])
    return Said.YES if ConsoleRole(who).includes(needed) else Said.FORBIDDEN


def _visitor(route: Route, who: Who) -> Said:
    """On the learners' own pages, where two of these people are."""
    if who not in (Who.LEARNER, Who.OTHER):
        # A socket that is not opened has one answer.
        return Said.FORBIDDEN if route.method == SOCKET else Said.SIGN_IN
    is_theirs = who is Who.LEARNER or not route.names_a_thing or "/catalog/" in route.path
    return Said.YES if is_theirs else Said.NOT_THERE


SCHEMES: Final[Mapping[str, Callable[[Route, Who], Said]]] = {
    "public": _anybody,
    "demo": _anybody,
    "jwt": _user,
    "learner": _visitor,
    "scope": _token,
    "console": _operator,
}
# What is sent along, by the last part of a path, so that it is not refused for want of it. Texts in
# braces are ids of things.
BODIES: Final[Mapping[str, Any]] = {
    "payment-method": {"credit_card_id": "{card_id}"},
    "submit-installment-payment": {},
    "{card_id:uuid}": {"title": "Mine"},
}
# What a route asks for in its query, likewise.
QUERIES: Final[Mapping[str, str]] = {"invoice": "?reference={reference}"}


def find_routes() -> Iterator[Route]:
    """Every route of the three areas, in order of their paths."""
    found = [
        Route(str(method), route.path, _scheme_of(handler.opt), handler.opt)
        for route in routes()
        for handler in _handlers_of(route)
        if handler.fn.__module__.startswith(AREAS)
        for method in getattr(handler, "http_methods", (SOCKET,))
        if method != "OPTIONS"
    ]
    yield from sorted(found, key=lambda one: (one.path, one.method))


def _handlers_of(route: Any) -> Sequence[Any]:
    return getattr(route, "route_handlers", None) or [route.route_handler]


def _scheme_of(opt: Mapping[str, Any]) -> str:
    """How a route is guarded: in one of these ways, or nobody would be asked about it."""
    [scheme] = SCHEMES.keys() & opt.keys()
    return scheme


_HEAD = """\
# Who may do what where courses are sold

<!-- Printed by `python -m tests.orders.guards`; a test asks every cell over HTTP. -->

The order, card and organization that a path names are the learner's and theirs whose members the
next three are. "Another learner" owns another organization. A service token has the scope that the
route asks for, of the same tenant; an operator has signed in to the console with the role that the
page asks for. Where "yes" stands beside a path that names nothing, everybody sees what is theirs.
"404" is told in the words in which it is told of what never was.

"""


def render() -> str:
    """The page."""
    people = list(Who)
    lines = [
        f"| route | guard | {' | '.join(people)} |",
        "|---|---|" + "---|" * len(people),
        *(
            f"| `{one.method} {_plain(one.path)}` | {_guard(one)} | "
            + " | ".join(one.says(who) for who in people)
            + " |"
            for one in find_routes()
        ),
    ]
    return _HEAD + "\n".join(lines) + "\n"


def _plain(path: str) -> str:
    return "/".join(
        f"{{{part[1:].partition(':')[0]}}}" if part.startswith("{") else part
        for part in path.split("/")
    )


def _guard(route: Route) -> str:
    if "of_organization" in route.opt:
        return f"member who may {route.opt['of_organization'].value}"
    value = route.opt[route.scheme]
    return {
        "public": "open",
        "demo": "open in the demo",
        "jwt": "the platform's user",
        "learner": "the platform's user, on their pages",
        "scope": f"`{value}`",
        "console": f"console: {value}",
    }.get(route.scheme, route.scheme)


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - its purpose
