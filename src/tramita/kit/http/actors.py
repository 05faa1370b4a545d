"""Who makes a request, for the history of what it changes."""

from typing import Any

from litestar import Request
from litestar.di import Provide

from tramita.kit.callers import Caller
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.jwt_users import JWTUser

# What stands beside the runtime asks for it too, and so comes after it: of what comes at once the
# framework makes tasks, which cost more than all that is done here.


def actor_of(request: Request[Any, Any, Any], runtime: FromRuntime) -> str:  # noqa: ARG001 - above
    """Who the guard let in, ``token:<name>`` of a service token."""
    caller = request.scope.get("user")
    return caller.actor if isinstance(caller, Caller) else "api"


def user_of(request: Request[Any, Any, Any], runtime: FromRuntime) -> JWTUser:  # noqa: ARG001 - above
    """Whom the platform vouches for, behind ``opt={"jwt": True}``."""
    user: JWTUser = request.scope["user"]
    return user


ACTOR = {"actor": Provide(actor_of, sync_to_thread=False)}
USER = {"user": Provide(user_of, sync_to_thread=False)}
