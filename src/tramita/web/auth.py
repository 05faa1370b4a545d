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
from tramita.kit.http.bearers import CHALLENGE, let_in_token, presented
from tramita.kit.http.forms import AnyConnection, runtime_of
from tramita.kit.http.platform import recognize
from tramita.kit.jwt_users import JWTUser, TokenNotTrusted
from tramita.web.areas import AREAS


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


async def _let_in_user(connection: AnyConnection, _: object) -> JWTUser:
    try:
        return await recognize(connection, presented(connection, "the platform's token"))
    except TokenNotTrusted as error:
        raise NotAuthorizedException(detail=str(error.__doc__), headers=CHALLENGE) from error
    except ConfigurationError as error:
        raise NotAuthorizedException(
            detail="No platform's users are known here.", headers=CHALLENGE
        ) from error


SCHEMES: Final[Mapping[str, Scheme]] = {
    name: scheme for area in AREAS for name, scheme in area.schemes.items()
} | {
    "public": _let_in_anybody,
    "demo": _let_in_visitor,
    "console": _let_in_operator,
    "scope": let_in_token,
    "jwt": _let_in_user,
}
