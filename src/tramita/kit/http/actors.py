"""Who makes a request, for the history of what it changes."""

from typing import Any

from litestar import Request
from litestar.di import Provide


def actor_of(request: Request[Any, Any, Any]) -> str:
    """The name of the service token the guard accepted, as ``token:<name>``."""
    user = request.scope.get("user")
    return f"token:{user.name}" if user is not None else "api"


ACTOR = {"actor": Provide(actor_of, sync_to_thread=False)}
