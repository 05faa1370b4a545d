"""``Idempotency-Key``: a repeated request gets the first answer again."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tramita.kit import idempotency
from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.idempotency import StoredAnswer
from tramita.kit.runtime import Runtime

_LONGEST_KEY = 255
# An answer about the credentials says nothing about the request.
_NOT_KEPT = frozenset({401, 403, 429})


@dataclass
class _Recorder:
    """Passes an answer on and remembers it."""

    send: Send
    status: int = 500
    content_type: str = "application/json"
    body: bytearray = field(default_factory=bytearray)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableScopeHeaders.from_message(message)
            self.content_type = headers.get("content-type", self.content_type)
        elif message["type"] == "http.response.body":
            self.body += message["body"]
        await self.send(message)

    @property
    def final(self) -> StoredAnswer | None:
        """The answer to keep; none for a failure of ours, which may be tried again."""
        if self.status >= 500 or self.status in _NOT_KEPT:
            return None
        return StoredAnswer(self.status, self.content_type, bytes(self.body))


class IdempotencyKeys(ASGIMiddleware):
    """Keeps first answers of the routes marked ``opt={"idempotent": True}``."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer from memory, or let the request through and remember its answer."""
        headers = dict(scope["headers"])
        sent = headers.get(b"idempotency-key")
        if sent is None or not scope["route_handler"].opt.get("idempotent"):
            await next_app(scope, receive, send)
            return
        key = _checked(sent)
        runtime: Runtime = scope["litestar_app"].state.runtime
        name = _scope_name(scope, headers.get(b"authorization", b""))
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        body = await request.body()
        kept = await idempotency.begin(runtime.database, name, key, body)
        if kept is not None:
            await _replay(kept, send)
            return
        recorder = _Recorder(send)
        final: StoredAnswer | None = None
        try:
            await next_app(scope, receive, recorder)
            final = recorder.final
        finally:
            await idempotency.finish(runtime.database, name, key, final)


def _checked(sent: bytes) -> str:
    key = sent.decode("latin-1")
    if 1 <= len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable() and " " not in key:
        return key
    raise InvalidError(
        [FieldError("header.Idempotency-Key", "invalid", "1 to 255 visible ASCII characters")]
    )


def _scope_name(scope: Scope, authorization: bytes) -> str:
    """The credential and route a key belongs to; the credential only as a hash."""
    return f"{hashlib.sha256(authorization).hexdigest()} {scope.get('method')} {scope['path']}"


async def _replay(kept: StoredAnswer, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": kept.status,
            "headers": [
                (b"content-type", kept.content_type.encode()),
                (b"content-length", str(len(kept.body)).encode()),
                (b"idempotency-replayed", b"true"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": kept.body, "more_body": False})
