"""What an area serves: routes, their words and pages. Its other part is ``tramita.kit.area``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from litestar.types import ControllerRouterHandler


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go in the demo, and what one finds there."""

    address: str
    name: str
    what: str


@dataclass(frozen=True, kw_only=True)
class AreaRoutes:
    """One area's part in the web.

    ``tags`` say in sentences what each tag of its routes is about. ``console`` are its pages
    for operators, below ``/console``, and ``rooms`` those that the console's navigation names,
    by the first part of their path. ``templates`` and ``static`` are the folders of its pages.
    """

    handlers: Sequence[ControllerRouterHandler]
    tags: Mapping[str, str] = field(default_factory=dict)
    console: Sequence[ControllerRouterHandler] = ()
    rooms: Mapping[str, str] = field(default_factory=dict)
    templates: Path | None = None
    static: Path | None = None
    places: Sequence[Place] = ()
