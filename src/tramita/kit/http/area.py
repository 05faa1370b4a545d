"""What an area serves: routes, their words and pages. Its other part is ``tramita.kit.area``."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Request
from litestar.types import ControllerRouterHandler

from tramita.kit.errors import TramitaError
from tramita.kit.http.forms import AnyConnection
from tramita.kit.http.showing import PartWords, Show
from tramita.kit.runtime import Runtime

# Whose a request or a socket is, by what the route says of it in its ``opt``; it raises where that
# is nobody.
Scheme: TypeAlias = Callable[[AnyConnection, Any], Awaitable[object]]

# The console's address of a thing, by its id.
Page: TypeAlias = Callable[[UUID], str]

# What an area makes of a problem's members, with its own error where it is one of ours; the
# status stays.
Tell: TypeAlias = Callable[
    [Request[Any, Any, Any], Mapping[str, Any], TramitaError | None], Mapping[str, Any]
]


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go in the demo, and what one finds there."""

    address: str
    name: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What somebody who comes to ``/`` without anything is told of a journey that ``is_open``.

    ``language`` is that in which it is said; without one, that of the reader if it is spoken here.
    """

    heading: str
    text: str
    is_open: Callable[[Runtime], bool]
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class AreaRoutes:
    """One area's part in the web.

    ``tags`` say in sentences what each tag of its routes is about. ``console`` are its pages
    for operators, below ``/console``, and ``rooms`` those that the console's navigation names,
    by the first part of their path. ``templates`` and ``static`` are the folders of its pages.
    ``schemes`` say who is let in where a route of the area names one of them in its ``opt``, before
    any scheme of everybody's is asked; ``bearers`` name what is borne for those of them that are the
    API's. A route of such a scheme may take a service token too (``opt={"or_scope": …}``).
    ``pages`` are where the console shows a thing of each kind, ``subjects`` where it shows that of an
    operation, by the operation's kind; both by the thing's id. ``shows`` tell of contracts by their
    backend, ``parts`` say how the console calls what happens to things of a table.
    """

    handlers: Sequence[ControllerRouterHandler]
    tags: Mapping[str, str] = field(default_factory=dict)
    console: Sequence[ControllerRouterHandler] = ()
    rooms: Mapping[str, str] = field(default_factory=dict)
    templates: Path | None = None
    static: Path | None = None
    places: Sequence[Place] = ()
    door: Door | None = None
    schemes: Mapping[str, Scheme] = field(default_factory=dict)
    bearers: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, Page] = field(default_factory=dict)
    subjects: Mapping[str, Page] = field(default_factory=dict)
    shows: Mapping[str, Show] = field(default_factory=dict)
    parts: Mapping[str, PartWords] = field(default_factory=dict)
