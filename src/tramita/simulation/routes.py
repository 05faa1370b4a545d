"""A vendor's paths as routes of the simulators' server."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from litestar import HttpMethod, Request, route
from litestar.datastructures import State
from litestar.types import ASGIApp, ControllerRouterHandler

HTTPRequest = Request[Any, Any, State]
# Method, path without the vendor's prefix, operation; {key:str} is a path parameter.
Table = Sequence[tuple[HttpMethod, str, str]]
# Plays one request to the operation, and answers what is to be sent.
Receive = Callable[[HTTPRequest, str], Awaitable[ASGIApp]]


def operations_of(table: Table) -> tuple[str, ...]:
    """The operations, each once, in the order of the table."""
    return tuple(dict.fromkeys(operation for _, _, operation in table))


def routes_of(vendor: str, table: Table, receive: Receive) -> list[ControllerRouterHandler]:
    """One route for each line of the table; ``vendor`` is the key of the simulator."""
    return [_route(vendor, line, receive) for line in table]


def _route(
    vendor: str, line: tuple[HttpMethod, str, str], receive: Receive
) -> ControllerRouterHandler:
    method, path, operation = line

    async def handle(request: HTTPRequest) -> ASGIApp:
        return await receive(request, operation)

    # The status is the delivery's own. Litestar takes 204 for a DELETE, and then lets nothing
    # be returned.
    name = f"{vendor} {method} {path}"
    return route(path, http_method=method, name=name, status_code=200)(handle)
