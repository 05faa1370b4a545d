"""Who may do what. Everything is closed unless a route says otherwise.

A route declares one of the schemes below: ``opt={"scope": "contracts:read"}`` for service
tokens, ``opt={"jwt": True}`` for the users of a partner's platform, ``opt={"console": "operator"}``
for people with that role, ``opt={"demo": "why"}`` for anybody who looks at a demo (elsewhere there is
no such route), or ``opt={"public": "why"}``. A route that declares none of them answers nobody.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import (
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
)
from litestar.handlers import BaseRouteHandler

from tramita.console.access import admit
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.sessions import SignedIn
from tramita.kit.errors import ConfigurationError
from tramita.kit.jwt_keys import PlatformKeys
from tramita.kit.jwt_users import JWTSettings, JWTUser, TokenNotTrusted, recognize_user
from tramita.kit.runtime import Runtime
from tramita.kit.tokens import ServiceToken, find_token

Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]

_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="tramita"'}


class RouteWithoutGuard(PermissionDeniedException):
    """This route does not say who may use it, so nobody may."""


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """The one guard of the application."""
    # The framework itself answers OPTIONS, with the methods a path has.
    if connection.scope.get("method") == "OPTIONS":
        return
    for name, scheme in SCHEMES.items():
        if name in handler.opt:
            user = await scheme(connection, handler.opt[name])
            if user is not None:
                connection.scope["user"] = user
            return
    raise RouteWithoutGuard(detail=str(RouteWithoutGuard.__doc__))


async def _let_in_anybody(_: Connection, why: str) -> None:
    """A route that is open says why."""


async def _let_in_visitor(connection: Connection, _: str) -> None:
    """There is nothing at this address, except in the demo."""
    if not _runtime(connection).settings.is_demo:
        raise NotFoundException


async def _let_in_operator(connection: Connection, role: str) -> SignedIn:
    if not isinstance(connection, Request):
        raise RouteWithoutGuard(detail="People open no sockets in the console.")
    return await admit(connection, Role(role))


async def _let_in_token(connection: Connection, scope: str) -> ServiceToken:
    presented = _presented(connection, "a service token")
    token = await find_token(_runtime(connection).database, presented)
    if token is None:
        raise NotAuthorizedException(detail="The token is unknown or revoked.", headers=_CHALLENGE)
    if scope not in token.scopes:
        raise PermissionDeniedException(detail=f"The token lacks the scope {scope}.")
    return token


async def _let_in_user(connection: Connection, _: object) -> JWTUser:
    presented, runtime = _presented(connection, "the platform's token"), _runtime(connection)
    settings = runtime.configured(JWTSettings)
    keys = _keys_of(connection, settings.jwks_url)
    try:
        return await recognize_user(presented, settings, runtime.settings, keys)
    except TokenNotTrusted as error:
        raise NotAuthorizedException(detail=str(error.__doc__), headers=_CHALLENGE) from error
    except ConfigurationError as error:
        raise NotAuthorizedException(
            detail="No platform's users are known here.", headers=_CHALLENGE
        ) from error


def _keys_of(connection: Connection, url: str) -> PlatformKeys:
    """The platform's keys as this process knows them."""
    state = connection.app.state
    keys: PlatformKeys | None = state.get("platform_keys")
    if keys is None or keys.url != url:
        keys = state.platform_keys = PlatformKeys(url)
    return keys


def _presented(connection: Connection, what: str) -> str:
    kind, _, presented = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not presented:
        raise NotAuthorizedException(
            detail=f"Send {what}: Authorization: Bearer …", headers=_CHALLENGE
        )
    return presented.strip()


def _runtime(connection: Connection) -> Runtime:
    runtime: Runtime = connection.app.state.runtime
    return runtime


SCHEMES: Final[Mapping[str, Callable[[Connection, Any], Awaitable[object]]]] = {
    "public": _let_in_anybody,
    "demo": _let_in_visitor,
    "console": _let_in_operator,
    "scope": _let_in_token,
    "jwt": _let_in_user,
}
