"""The page at ``/``: a panel per vendor to watch the outside world and to break it."""

from collections.abc import Sequence
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response, get
from litestar.types import ControllerRouterHandler

from tramita.simulation.kinds import KINDS, WEBHOOK, Step
from tramita.simulation.simulator import Simulator

_ENVIRONMENT = Environment(
    loader=PackageLoader("tramita.simulation"), autoescape=True, undefined=StrictUndefined
)


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
    async def show_panels() -> str:
        return page

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
