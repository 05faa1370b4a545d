"""Public routes: how often one client may ask, and how often for what is not there.

Whoever guesses tokens, signatures or passwords is answered 403 or 404 each time. A few of
those happen to anybody; who gets them by the dozen gets 429. What machines of the house ask
(``opt={"unlimited": True}``) and files that are the same for all are not counted; where nobody gets
anything without a secret (``opt={"only_misses": True}``), a machine may come as often as it has
something to tell, and guessing counts as everywhere.
"""

import math

import structlog
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.exceptions import TooManyRequestsException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tramita.kit.http.limits import Limits, client_of, limits_of

log = structlog.get_logger(__name__)

_MISSES = frozenset({403, 404})
_MISSED_SOCKET = 4404


class PublicLimits(ASGIMiddleware):
    """Refuses who has asked too much of public routes."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let one request or socket through, and see how it is answered."""
        opt = scope["route_handler"].opt
        if not is_limited(opt):
            await next_app(scope, receive, send)
            return
        limits = limits_of(scope["litestar_app"].state)
        _warn_of_proxy(limits, scope)
        client = client_of(scope)
        counts = not opt.get("only_misses")
        wait = limits.wait(client) if counts else limits.misses.wait(client)
        if wait > 0:
            raise TooManyRequestsException(
                detail="Too many requests from this address; wait and try again.",
                headers={"Retry-After": str(math.ceil(wait))},
            )
        if counts:
            limits.requests.take(client)

        async def see(message: Message) -> None:
            if _is_miss(message):
                limits.misses.take(client)
            await send(message)

        await next_app(scope, receive, see)


def is_limited(opt: dict[str, object]) -> bool:
    """Whether requests of a route are counted."""
    is_open = "public" in opt or "demo" in opt
    return is_open and not opt.get("unlimited") and not opt.get("cacheable")


def _is_miss(message: Message) -> bool:
    if message["type"] == "http.response.start":
        return message["status"] in _MISSES
    return message["type"] == "websocket.close" and message["code"] == _MISSED_SOCKET


def _warn_of_proxy(limits: Limits, scope: Scope) -> None:
    """Say once that clients come through a proxy whose word is not taken."""
    if limits.has_warned or limits.settings.trusted_proxies:
        return
    if "x-forwarded-for" in Headers.from_scope(scope):
        limits.has_warned = True
        log.warning("proxy_not_trusted", setting="TRAMITA_WEB_TRUSTED_PROXIES")
