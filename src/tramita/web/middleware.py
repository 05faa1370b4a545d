"""What wraps every request: an id, a log line, metrics, and a check of its address."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import cast

import msgspec
import structlog
from litestar import Litestar
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import MediaType, ScopeType
from litestar.exceptions import ClientException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tramita.kit.audit import coming_from
from tramita.kit.http.requests import NulCharacter
from tramita.kit.http.settings import WebSettings
from tramita.kit.identifiers import new_id
from tramita.kit.metrics import HTTP_REQUESTS, HTTP_SECONDS
from tramita.web.pages import find_error_pages, security_headers
from tramita.web.problems import Problem

log = structlog.get_logger("tramita.http")

_LONGEST_REQUEST_ID = 64
_POLICY = "Content-Security-Policy"
TRY_AGAIN_LATER = 1013

TOO_BUSY = Problem(503, "too_busy", "Too many requests are under way; try again in a moment.")
STOPPING = Problem(
    503,
    "stopping",
    "This process stops, and what was asked took too long; ask again in a moment.",
)


@dataclass
class RequestLog:
    """Gives each request its id, logs how it ended, counts it by route.

    It stands outside the application, so that a request no route takes has an id too.
    """

    app: Litestar
    _at_once: int = 0
    _requests: set["asyncio.Task[None]"] = field(default_factory=set)

    def end_requests(self) -> None:
        """Answer what is still under way: this process stops."""
        for request in self._requests:
            request.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket, unless too many are being served already."""
        kind: str = scope["type"]
        if kind == "lifespan":
            await self.app(scope, receive, send)
            return
        self._at_once += 1
        try:
            most = self.app.state.runtime.configured(WebSettings).connections
            app = self.app if self._at_once <= most else refuse_for_now
            await self._serve(app, scope, receive, send)
        finally:
            self._at_once -= 1

    async def _serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET:
            await app(scope, receive, send)
            return
        request_id = _request_id(scope)
        asked = scope["method"]
        # Whatever answers GET answers HEAD; the server leaves out the body.
        method = "GET" if asked == "HEAD" else asked
        state = {**scope.get("state", {}), "request_id": request_id}
        scope = cast("Scope", {**scope, "method": method, "state": state})
        started, status, is_answered = time.perf_counter(), 500, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, is_answered
            is_answered = True
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableScopeHeaders.from_message(message)
                headers["X-Request-ID"] = request_id
                if "Allow" in headers:
                    _tell_of_methods(headers, self.app, scope)
                _protect(headers, self.app, scope)
            await send(message)

        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._requests.add(task)
        address = (scope.get("client") or ("",))[0]
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            coming_from(request_id, address),
        ):
            try:
                await app(scope, receive, send_with_id)
            except asyncio.CancelledError:
                if is_answered:
                    raise
                await _refuse(STOPPING, scope, send_with_id)
            finally:
                self._requests.discard(task)
                _account(scope, asked, status, time.perf_counter() - started)


async def refuse_for_now(scope: Scope, _receive: Receive, send: Send) -> None:
    """Too much is under way already; what is begun is brought to its end first."""
    if scope["type"] == ScopeType.WEBSOCKET:
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": "too busy"})
        return
    await _refuse(TOO_BUSY, scope, send)


async def _refuse(problem: Problem, scope: Scope, send: Send) -> None:
    headers = {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "retry-after": "2",
    }
    body = msgspec.json.encode(problem.to_body(str(scope["state"]["request_id"])))
    await send(
        {
            "type": "http.response.start",
            "status": problem.status,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _tell_of_methods(headers: MutableScopeHeaders, app: Litestar, scope: Scope) -> None:
    """Name every method of a path, and HEAD where it may be got.

    The framework's own answer to OPTIONS knows those of the path's first handler only.
    """
    methods = set(headers["Allow"].split(", "))
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path_format == scope.get("path_template"):
            methods |= route.methods
    if "GET" in methods:
        methods.add("HEAD")
    headers["Allow"] = ", ".join(sorted(methods))


def _protect(headers: MutableScopeHeaders, app: Litestar, scope: Scope) -> None:
    """Say what browsers may do with an answer, and that nobody may keep a copy of it.

    What may be kept says so itself (``Cache-Control``) or declares ``opt={"cacheable": True}``.
    """
    headers["X-Content-Type-Options"] = "nosniff"
    handler: BaseRouteHandler | None = scope.get("route_handler", None)
    if handler is None or not handler.opt.get("cacheable"):
        headers.setdefault("Cache-Control", "no-store")
    pages = find_error_pages(app, scope)
    # A page's route may answer by leading elsewhere, without a body.
    if pages is not None or headers.get("Content-Type", "").startswith(MediaType.HTML):
        # What is no page of ours (an e-mail, shown as it is) says itself what it may.
        own = {_POLICY: headers[_POLICY]} if _POLICY in headers else {}
        headers.update({**security_headers(pages), **own})


def _account(scope: Scope, method: str, status: int, took: float) -> None:
    # A route's template, never the path itself: paths carry tokens.
    route = str(scope.get("path_template") or "unmatched")
    HTTP_REQUESTS.labels(method, route, str(status)).inc()
    HTTP_SECONDS.labels(route).observe(took)
    log.info(
        "request",
        method=method,
        route=route,
        status=status,
        milliseconds=round(took * 1000, 1),
    )


def _request_id(scope: Scope) -> str:
    """The caller's id when it is sane, so that one id follows a request through systems."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and 0 < len(value) <= _LONGEST_REQUEST_ID:
            text = value.decode("latin-1")
            if text.isascii() and text.replace("-", "").isalnum():
                return text
    return str(new_id())


class AddressForm(ASGIMiddleware):
    """Refuses a NUL in the address, which no row can be found by, and two hosts or none."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Check one request."""
        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope.get("query_string", b""):
            raise NulCharacter
        hosts = sum(name == b"host" for name, _ in scope["headers"])
        if hosts != 1 and (hosts > 1 or scope["http_version"] != "1.0"):
            raise ClientException(detail="The request must name one host.")
        await next_app(scope, receive, send)
