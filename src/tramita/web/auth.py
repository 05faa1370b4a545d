"""Who may do what. Everything is closed unless a route says otherwise.

A route declares ``opt={"scope": "contracts:read"}`` for service tokens,
``opt={"console": "operator"}`` for people with that role, or ``opt={"public": "why"}``.
A route that declares none of them answers nobody.
"""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from tramita.console.access import admit
from tramita.kit.accounts.model import Role
from tramita.kit.runtime import Runtime
from tramita.kit.tokens import ServiceToken, find_token

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="tramita"'}


class RouteWithoutGuard(PermissionDeniedException):
    """This route does not say who may use it, so nobody may."""


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The one guard of the application."""
    # The framework itself answers OPTIONS, with the methods a path has.
    if "public" in handler.opt or connection.scope.get("method") == "OPTIONS":
        return
    role = handler.opt.get("console")
    if role is not None and isinstance(connection, Request):
        connection.scope["user"] = await admit(connection, Role(role))
        return
    scope = handler.opt.get("scope")
    if scope is None:
        raise RouteWithoutGuard(detail=str(RouteWithoutGuard.__doc__))
    token = await _authenticate(connection)
    if scope not in token.scopes:
        raise PermissionDeniedException(detail=f"The token lacks the scope {scope}.")
    connection.scope["user"] = token


async def _authenticate(connection: ASGIConnection[Any, Any, Any, Any]) -> ServiceToken:
    kind, _, presented = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not presented:
        raise NotAuthorizedException(
            detail="Send a service token: Authorization: Bearer …", headers=_CHALLENGE
        )
    runtime: Runtime = connection.app.state.runtime
    token = await find_token(runtime.database, presented.strip())
    if token is None:
        raise NotAuthorizedException(detail="The token is unknown or revoked.", headers=_CHALLENGE)
    return token
