"""The page at ``/``: a panel per vendor to watch the outside world and to break it."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.types import ControllerRouterHandler

from tramita.simulation.kinds import KINDS, WEBHOOK, Step
from tramita.simulation.simulator import Simulator

_ENVIRONMENT = Environment(
    loader=PackageLoader("tramita.simulation"), autoescape=True, undefined=StrictUndefined
)


# The page orders vendors about, so nothing else runs in it and nobody frames it.
_OWN_FILES_ONLY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_NOWHERE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Nothing here</title>
<link rel="stylesheet" href="/panels.css">
<main><h1>There is nothing at this address</h1>
<p>The simulated vendors are shown on <a href="/">their page</a>.</p></main></html>
"""


def tell_nowhere(request: Request[Any, Any, Any], _: NotFoundException) -> Response[Any]:
    """What no vendor answers: a page for a browser, a problem for a program."""
    if "text/html" in request.headers.get("accept", ""):
        return Response(
            _NOWHERE, status_code=404, media_type=MediaType.HTML, headers=_OWN_FILES_ONLY
        )
    problem = {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "No simulated vendor has this address.",
    }
    return Response(problem, status_code=404, media_type="application/problem+json")


def page_routes(simulators: Sequence[Simulator]) -> list[ControllerRouterHandler]:
    """The page, its style and its script."""
    page = _ENVIRONMENT.get_template("panels.html").render(
        panels=[_panel(simulator) for simulator in simulators]
    )
    static = files("tramita.simulation") / "static"
    style = (static / "panels.css").read_text(encoding="utf-8")
    scripts = {
        name: (static / name).read_text(encoding="utf-8") for name in ("panels.js", "signing.js")
    }

    @get("/", media_type=MediaType.HTML)
    async def show_panels() -> Response[str]:
        return Response(page, headers=_OWN_FILES_ONLY)

    @get("/panels.css")
    async def show_style() -> Response[str]:
        return Response(style, media_type="text/css")

    @get("/panels.js")
    async def show_script() -> Response[str]:
        return Response(scripts["panels.js"], media_type="text/javascript")

    @get("/signing.js")
    async def show_signing() -> Response[str]:
        return Response(scripts["signing.js"], media_type="text/javascript")

    return [show_panels, show_style, show_script, show_signing]


def _panel(simulator: Simulator) -> dict[str, object]:
    vendor_kinds = sorted(simulator.world.faults.vendor_kinds)
    astray = sorted(kind for kind, conduct in KINDS.items() if conduct.step is Step.ASTRAY)
    general = sorted([*KINDS.keys() - set(astray), "http_500", "http_502", "http_503"])
    return {
        "key": simulator.key,
        "title": simulator.title,
        "operations": [*simulator.operations, WEBHOOK],
        "kinds": {"general": general, "of this vendor": vendor_kinds, "of webhooks": astray},
        "scenarios": {name: day.title for name, day in simulator.scenarios.items()},
        "buttons": [
            {"label": button.label, "act": button.act, "asks": button.asks}
            for button in simulator.buttons
        ],
    }
