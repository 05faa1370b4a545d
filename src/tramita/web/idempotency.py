"""``Idempotency-Key``: a repeated request gets the first answer again.

A key is claimed after the guard has let the request in and before its body is looked
at. The answer is kept before it is sent, so whoever has seen it and asks again gets
the same one, never "still running".
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tramita.kit import idempotency
from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.idempotency import Claim, StoredAnswer
from tramita.kit.runtime import Runtime

HEADER = "Idempotency-Key"
LONGEST_KEY = 255

# An answer about the credentials or the outer form says nothing about the body,
# which is what two requests with one key are compared by.
_NOT_KEPT = frozenset({401, 403, 413, 415, 429})
_CLAIM = "idempotency_claim"


async def answer_again(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Claim the request's key, if it has one; answer it when it was answered before."""
    key = request.headers.get(HEADER)
    if key is None or not request.route_handler.opt.get("idempotent"):
        return None
    runtime: Runtime = request.app.state.runtime
    body = await request.body()
    found = await idempotency.begin(
        runtime.database, _scope_name(request, body), _checked(key), body
    )
    if isinstance(found, Claim):
        request.scope["state"][_CLAIM] = found
        return None
    return Response(
        found.body,
        status_code=found.status,
        media_type=found.content_type,
        headers={"Idempotency-Replayed": "true"},
    )


def _checked(key: str) -> str:
    if 1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable() and " " not in key:
        return key
    raise InvalidError(
        [FieldError(f"header.{HEADER}", "invalid", "1 to 255 visible ASCII characters")]
    )


def _scope_name(request: Request[Any, Any, Any], body: bytes) -> str:
    """The credential and route a key belongs to.

    On a public route the body holds the credential, so a stranger who happens to
    choose the same key neither sees nor spoils anything.
    """
    token = request.scope.get("user")
    owner = f"body:{hashlib.sha256(body).hexdigest()}" if token is None else f"token:{token.id}"
    return f"{owner} {request.method} {request.url.path}"


@dataclass
class _Recorder:
    """Holds an answer back until it is kept."""

    messages: list[Message] = field(default_factory=list)

    async def __call__(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def final(self) -> StoredAnswer | None:
        """The answer to keep; none for a failure of ours, which may be tried again."""
        status, content_type, body = 500, "application/json", b""
        for message in self.messages:
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = dict(message["headers"])
                if b"retry-after" in headers:
                    return None  # It asks for the same request again, which must then be tried.
                content_type = headers.get(b"content-type", b"application/json").decode("latin-1")
            elif message["type"] == "http.response.body":
                body += message["body"]
        if status >= 500 or status in _NOT_KEPT:
            return None
        return StoredAnswer(status, content_type, body)


class IdempotencyKeys(ASGIMiddleware):
    """Keeps first answers of the routes marked ``opt={"idempotent": True}``."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request through; keep its answer when it claimed a key."""
        if not scope["route_handler"].opt.get("idempotent"):
            await next_app(scope, receive, send)
            return
        recorder = _Recorder()
        final: StoredAnswer | None = None
        try:
            await next_app(scope, receive, recorder)
            final = recorder.final
        finally:
            claim: Claim | None = scope["state"].pop(_CLAIM, None)
            if claim is not None:
                database = scope["litestar_app"].state.runtime.database
                await idempotency.finish(database, claim, final)
        for message in recorder.messages:
            await send(message)
