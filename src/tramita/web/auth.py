"""Who may do what. Everything is closed unless a route says otherwise.

A route declares one of the schemes below: ``opt={"scope": "contracts:read"}`` for service
tokens, ``opt={"jwt": True}`` for the users of a partner's platform, ``opt={"console": "operator"}``
for people with that role, ``opt={"demo": "why"}`` for anybody who looks at a demo (elsewhere there
is no such route), ``opt={"public": "why"}``, or a scheme that an area brings for its own pages.
A route that declares none of them answers nobody.
"""

from collections.abc import Mapping
from typing import Final

from litestar import Request
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
from tramita.kit.http.area import Scheme
from tramita.kit.http.forms import AnyConnection, runtime_of
from tramita.kit.http.platform import recognize
from tramita.kit.jwt_users import JWTUser, TokenNotTrusted
from tramita.kit.tokens import ServiceToken, find_token
from tramita.web.areas import AREAS

_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="tramita"'}


class RouteWithoutGuard(PermissionDeniedException):
    """This route does not say who may use it, so nobody may."""


async def guard(connection: AnyConnection, handler: BaseRouteHandler) -> None:
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


async def _let_in_anybody(_: AnyConnection, why: str) -> None:
    """A route that is open says why."""


async def _let_in_visitor(connection: AnyConnection, _: str) -> None:
    """There is nothing at this address, except in the demo."""
    if not runtime_of(connection).settings.is_demo:
        raise NotFoundException


async def _let_in_operator(connection: AnyConnection, role: str) -> SignedIn:
    if not isinstance(connection, Request):
        raise RouteWithoutGuard(detail="People open no sockets in the console.")
    return await admit(connection, Role(role))


async def _let_in_token(connection: AnyConnection, scope: str) -> ServiceToken:
    presented = _presented(connection, "a service token")
    token = await find_token(runtime_of(connection).database, presented)
    if token is None:
        raise NotAuthorizedException(detail="The token is unknown or revoked.", headers=_CHALLENGE)
    if scope not in token.scopes:
        raise PermissionDeniedException(detail=f"The token lacks the scope {scope}.")
    return token


async def _let_in_user(connection: AnyConnection, _: object) -> JWTUser:
    try:
        return await recognize(connection, _presented(connection, "the platform's token"))
    except TokenNotTrusted as error:
        raise NotAuthorizedException(detail=str(error.__doc__), headers=_CHALLENGE) from error
    except ConfigurationError as error:
        raise NotAuthorizedException(
            detail="No platform's users are known here.", headers=_CHALLENGE
        ) from error


def _presented(connection: AnyConnection, what: str) -> str:
    kind, _, presented = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not presented:
        raise NotAuthorizedException(
            detail=f"Send {what}: Authorization: Bearer …", headers=_CHALLENGE
        )
    return presented.strip()


SCHEMES: Final[Mapping[str, Scheme]] = {
    "public": _let_in_anybody,
    "demo": _let_in_visitor,
    "console": _let_in_operator,
    "scope": _let_in_token,
    "jwt": _let_in_user,
} | {name: scheme for area in AREAS for name, scheme in area.schemes.items()}
