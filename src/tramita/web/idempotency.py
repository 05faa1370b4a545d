"""``Idempotency-Key``: a repeated request gets the first answer again.

A key is claimed after the guard has let the request in and before its body is looked
at. What creates or acts keeps its answer with its effect (``kit.http.answers``); a refusal is
kept here, before it is sent, so whoever has seen it and asks again gets the same one, never
"still running". A route that asks a provider tells by ``opt["resume"]`` what became of an
operation that a request with the same key has begun.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tramita.kit import idempotency
from tramita.kit.encryption.keys import Keyring
from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.http.answers import good_status, to_stored
from tramita.kit.idempotency import Begun, Claim, StoredAnswer
from tramita.kit.jwt_users import USERNAME, JWTUser
from tramita.kit.runtime import Runtime
from tramita.kit.transient import is_transient

log = structlog.get_logger(__name__)

# What became of an operation: its answer; None when nothing did and it may be tried anew.
# Raises ``IdempotencyInProgress`` while nobody knows.
Resume = Callable[[Runtime, str], Awaitable[object | None]]

HEADER = "Idempotency-Key"
LONGEST_KEY = 255

# An answer about the outer form says nothing about the body, which is what two requests with one
# key are compared by. What the guard refuses comes before the claim; a 403 after it is an answer.
_NOT_KEPT = frozenset({401, 413, 415, 429})
_CLAIM = "idempotency_claim"


async def answer_again(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Claim the request's key, if it has one; answer it when it was answered before."""
    key = request.headers.get(HEADER)
    if key is None or not request.route_handler.opt.get("idempotent"):
        return None
    runtime: Runtime = request.app.state.runtime
    body = await request.body()
    good_status.set(request.route_handler.status_code)
    scope = _scope_name(request, body, runtime.database.keys)
    found = await idempotency.begin(runtime.database, scope, _checked(key), body)
    if isinstance(found, Begun):
        found = await _resumed(runtime, request.route_handler.opt["resume"], found)
    if isinstance(found, Claim):
        request.scope["state"][_CLAIM] = found
        idempotency.claimed.set(found)
        return None
    return Response(
        found.body,
        status_code=found.status,
        media_type=found.content_type,
        headers={"Idempotency-Replayed": "true"},
    )


async def _resumed(runtime: Runtime, resume: Resume, begun: Begun) -> Claim | StoredAnswer:
    """The answer that the first request would have given; else its key, to try anew."""
    answer = await resume(runtime, begun.act)
    if answer is None:
        return await idempotency.begin_anew(runtime.database, begun)
    stored = to_stored(answer)
    await idempotency.finish(runtime.database, begun.claim, stored)
    return stored


def _checked(key: str) -> str:
    if 1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable() and " " not in key:
        return key
    raise InvalidError(
        [FieldError(f"header.{HEADER}", "invalid", "1 to 255 visible ASCII characters")]
    )


def _scope_name(request: Request[Any, Any, Any], body: bytes, keys: Keyring) -> str:
    """The credential and route a key belongs to.

    On a public route the body holds the credential, so a stranger who happens to
    choose the same key neither sees nor spoils anything. It outlives the request, so that of a
    person it is a hash that nobody can try names on.
    """
    caller = request.scope.get("user")
    if caller is None:
        owner = f"body:{idempotency.hash_body(body, keys)}"
    elif isinstance(caller, JWTUser):
        owner = f"user:{keys.hash(USERNAME, caller.key).hex()}"
    else:
        owner = caller.key
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
            idempotency.claimed.set(None)
            if claim is not None:
                is_public = scope.get("user") is None
                await _finish(scope, claim, None if is_public else final)
        for message in recorder.messages:
            await send(message)


async def _finish(scope: Scope, claim: Claim, final: StoredAnswer | None) -> None:
    """Keep an answer without an effect, or free the key; a stranger's refusal is not kept.

    Where the database is away by now, the key frees itself; what has an effect is kept with it.
    """
    try:
        await idempotency.finish(scope["litestar_app"].state.runtime.database, claim, final)
    except Exception as error:
        if not is_transient(error):
            raise
        log.warning("idempotency_key_not_finished", error=repr(error))
