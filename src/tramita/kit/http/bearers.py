"""What somebody bears in the head of a request: a service token, or something of an area's own."""

from typing import Final

from litestar.exceptions import NotAuthorizedException, PermissionDeniedException

from tramita.kit.http.forms import AnyConnection, runtime_of
from tramita.kit.tokens import ServiceToken, find_token

CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="tramita"'}


def presented(connection: AnyConnection, what: str) -> str:
    """What is borne; raises ``NotAuthorizedException`` where nothing is."""
    borne = find_presented(connection)
    if borne is None:
        raise NotAuthorizedException(
            detail=f"Send {what}: Authorization: Bearer …", headers=CHALLENGE
        )
    return borne


def find_presented(connection: AnyConnection) -> str | None:
    """What is borne, if anything is."""
    kind, _, borne = connection.headers.get("authorization", "").partition(" ")
    return borne.strip() or None if kind.lower() == "bearer" else None


async def let_in_token(connection: AnyConnection, scope: str) -> ServiceToken:
    """Whose service token it is; raises where it is none, or has not the scope."""
    borne = presented(connection, "a service token")
    token = await find_token(runtime_of(connection).database, borne)
    if token is None:
        raise NotAuthorizedException(detail="The token is unknown or revoked.", headers=CHALLENGE)
    if scope not in token.scopes:
        raise PermissionDeniedException(detail=f"The token lacks the scope {scope}.")
    return token
