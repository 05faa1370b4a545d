"""All simulators as one application: a prefix each, and a page at ``/``."""

from collections.abc import Sequence

from litestar import Litestar, Router
from litestar.exceptions import NotFoundException

from tramita.simulation.control import control_router
from tramita.simulation.page import page_routes, tell_nowhere
from tramita.simulation.simulator import Simulator


def build_simulators_app(simulators: Sequence[Simulator]) -> Litestar:
    """Put the vendors together; the simulators know nothing of each other."""
    routers: list[Router] = []
    for simulator in simulators:
        routers.append(Router(path=f"/{simulator.key}", route_handlers=simulator.handlers))
        routers.append(control_router(simulator))
    return Litestar(
        [*page_routes(simulators), *routers],
        exception_handlers={NotFoundException: tell_nowhere},
        openapi_config=None,
        logging_config=None,
    )
