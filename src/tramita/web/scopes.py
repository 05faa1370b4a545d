"""Every scope a service token may have: those that routes ask for, and those that widen them."""

from typing import Final

from tramita.kit.bounds import ALL_CARRIERS, ALL_TENANTS
from tramita.web.app import routes

_WIDER: Final = frozenset({ALL_CARRIERS, ALL_TENANTS})


def find_scopes() -> list[str]:
    """Found by looking at the routes: none can be forgotten."""
    asked_for = {
        handler.opt[name]
        for route in routes()
        for handler in getattr(route, "route_handlers", ())
        for name in ("scope", "or_scope")
        if name in handler.opt
    }
    return sorted(asked_for | _WIDER)
