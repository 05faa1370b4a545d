"""Whose numbers a request may see, by the token that makes it."""

from typing import Any, TypeAlias

from litestar import Request
from litestar.di import NamedDependency, Provide

from tramita.kit.bounds import Bounds
from tramita.kit.tokens import number_bounds_of


def carrier_of(request: Request[Any, Any, Any]) -> Bounds:
    """The carrier of the service token the guard accepted; raises ``TokenWithoutCarrier``."""
    return number_bounds_of(request.scope["user"])


CARRIER = {"carrier": Provide(carrier_of, sync_to_thread=False)}

FromCarrier: TypeAlias = NamedDependency[Bounds]
