"""Who is let into the console: a session, a role, and for every POST a form of our own.

The guard in ``tramita.web.auth`` calls ``admit`` for each route that declares
``opt={"console": role}``, so no handler can forget any of it.
"""

import hmac
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException

from tramita.kit.accounts.model import Role
from tramita.kit.accounts.sessions import SignedIn, csrf_token_of, find_session
from tramita.kit.runtime import Runtime

AnyRequest = Request[Any, Any, Any]

CSRF_FIELD = "csrf_token"
SESSION_COOKIES = frozenset({"tramita_session", "__Host-tramita_session"})
_SAFE_METHODS = frozenset({"GET", "HEAD"})
# What a browser says of a request that a page of ours, or its user alone, has caused.
_OWN_SITES = frozenset({"same-origin", "none"})


class SignInNeeded(NotAuthorizedException):
    """Nobody is signed in, or no more."""


class RoleMissing(PermissionDeniedException):
    """Whoever is signed in may not do this."""


class FormNotOurs(PermissionDeniedException):
    """The form comes from elsewhere, or from a session that has ended."""


async def admit(request: AnyRequest, role: Role) -> SignedIn:
    """Who makes this request.

    Raises ``SignInNeeded``, ``RoleMissing`` and ``FormNotOurs``.
    """
    session_id = presented_session(request)
    signed_in = await recognize(request, session_id) if session_id else None
    if session_id is None or signed_in is None:
        raise SignInNeeded
    if not signed_in.role.includes(role):
        raise RoleMissing
    if request.method not in _SAFE_METHODS:
        await check_form(request, secret=session_id)
    return signed_in


def presented_session(request: AnyRequest) -> str | None:
    """The session id in the request's cookie, valid or not."""
    return request.cookies.get(cookie_name(request, "session"))


async def recognize(request: AnyRequest, session_id: str) -> SignedIn | None:
    """Whose session it is, if it has not ended."""
    async with runtime_of(request).database.unit_of_work() as work:
        return await find_session(work, session_id)


async def check_form(request: AnyRequest, *, secret: str) -> None:
    """Raise ``FormNotOurs`` unless the form was made for the holder of ``secret``."""
    presented = (await request.form()).get(CSRF_FIELD)
    expected = csrf_token_of(secret).encode()
    if (
        not is_from_here(request)
        or not isinstance(presented, str)
        or not hmac.compare_digest(expected, presented.encode())
    ):
        raise FormNotOurs


def is_from_here(request: AnyRequest) -> bool:
    """Whether nothing the browser says of the request's origin names another site.

    A client that says nothing is let through: the form's token decides.
    """
    if request.headers.get("sec-fetch-site", "none") not in _OWN_SITES:
        return False
    origin = request.headers.get("origin")
    settings = runtime_of(request).settings
    if origin is None or origin == settings.address:
        return True
    # A host by which this process is reached beside the public one, over the same scheme.
    scheme = "https" if settings.address.startswith("https://") else request.url.scheme
    return origin == f"{scheme}://{request.headers.get('host')}"


def make_cookie(
    request: AnyRequest, purpose: str, value: str | None, *, seconds: int | None = None
) -> Cookie:
    """A cookie no script can read, until the browser ends or for ``seconds``.

    Without a value, one that removes it.
    """
    return Cookie(
        key=cookie_name(request, purpose),
        value=value or "",
        max_age=seconds if value else 0,
        path="/",
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )


def cookie_name(request: AnyRequest, purpose: str) -> str:
    """The name of our cookie; browsers let nobody else set one that begins with ``__Host-``."""
    return f"{'__Host-' * _is_https(request)}tramita_{purpose}"


def _is_https(request: AnyRequest) -> bool:
    return runtime_of(request).settings.address.startswith("https://")


def runtime_of(request: AnyRequest) -> Runtime:
    """This process's runtime, for what runs before dependencies are there."""
    runtime: Runtime = request.app.state.runtime
    return runtime
