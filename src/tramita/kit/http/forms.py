"""Pages with forms: the cookie of a session, and what shows that a form is one of ours."""

import hmac
from typing import Any, Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import PermissionDeniedException

from tramita.kit.accounts.sessions import csrf_token_of
from tramita.kit.runtime import Runtime

AnyRequest = Request[Any, Any, Any]
AnyConnection: TypeAlias = ASGIConnection[Any, Any, Any, Any]

CSRF_FIELD: Final = "csrf_token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
# What a browser says of a request that a page of ours, or its user alone, has caused.
_OWN_SITES: Final = frozenset({"same-origin", "none"})
_EVERYWHERE: Final = "/"


class FormNotOurs(PermissionDeniedException):
    """The form comes from elsewhere, or from a session that has ended."""


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


def is_from_here(connection: AnyConnection) -> bool:
    """Whether nothing the browser says of the request's origin names another site.

    A client that says nothing is let through: the form's token decides.
    """
    if connection.headers.get("sec-fetch-site", "none") not in _OWN_SITES:
        return False
    origin = connection.headers.get("origin")
    settings = runtime_of(connection).settings
    if origin is None or origin == settings.address:
        return True
    # A host by which this process is reached beside the public one, over the same scheme; a
    # socket's page has the scheme that goes with the socket's.
    is_safe = settings.address.startswith("https://") or connection.url.scheme in ("https", "wss")
    return origin == f"http{'s' * is_safe}://{connection.headers.get('host')}"


def origin_of(connection: AnyConnection) -> str | None:
    """The site whose page a browser says that it sends this from; ``None``: it names none."""
    said = connection.headers.get("origin") or connection.headers.get("referer") or ""
    site = read_address(said)
    return f"{site.scheme}://{site.netloc}" if site.netloc else None


def read_address(said: str) -> SplitResult:
    """The parts of an address that a browser names; of what is none, empty ones."""
    try:
        return urlsplit(said)
    except ValueError:
        return urlsplit("")


def make_cookie(
    request: AnyRequest,
    purpose: str,
    value: str | None,
    *,
    seconds: int | None = None,
    path: str = _EVERYWHERE,
) -> Cookie:
    """A cookie no script can read, until the browser ends or for ``seconds``.

    Without a value, one that removes it. ``path`` is whose pages it is sent to.
    """
    return Cookie(
        key=cookie_name(request, purpose, path=path),
        value=value or "",
        max_age=seconds if value else 0,
        path=path,
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )


def cookie_name(connection: AnyConnection, purpose: str, *, path: str = _EVERYWHERE) -> str:
    """The name of our cookie.

    Browsers let nobody else set one that begins with ``__Host-``, and nobody over plain HTTP one
    that begins with ``__Secure-``.
    """
    kept = "__Host-" if path == _EVERYWHERE else "__Secure-"
    return f"{kept * _is_https(connection)}tramita_{purpose}"


def _is_https(connection: AnyConnection) -> bool:
    return runtime_of(connection).settings.address.startswith("https://")


def runtime_of(connection: AnyConnection) -> Runtime:
    """This process's runtime, for what runs before dependencies are there."""
    runtime: Runtime = connection.app.state.runtime
    return runtime
