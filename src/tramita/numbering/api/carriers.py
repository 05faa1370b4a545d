"""Whose numbers a request may see, by the token that makes it."""

from typing import Any, TypeAlias

from litestar import Request
from litestar.di import NamedDependency, Provide

from tramita.kit.bounds import Bounds
from tramita.kit.tokens import ServiceToken
from tramita.numbering.errors import TokenWithoutCarrier


def carrier_of(request: Request[Any, Any, Any]) -> Bounds:
    """The bounds of the service token the guard accepted; raises ``TokenWithoutCarrier``."""
    return number_bounds_of(request.scope["user"])


def number_bounds_of(token: ServiceToken) -> Bounds:
    """The token's bounds, if there can be numbers within; raises ``TokenWithoutCarrier``."""
    if not token.bounds.may_name_numbers:
        raise TokenWithoutCarrier
    return token.bounds


CARRIER = {"carrier": Provide(carrier_of, sync_to_thread=False)}

FromCarrier: TypeAlias = NamedDependency[Bounds]
