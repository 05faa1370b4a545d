"""Errors as RFC 9457 problems. Domain errors do not know HTTP; this table does."""

from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.exceptions import (
    HTTPException,
    SerializationException,
    ValidationException,
    WebSocketException,
)
from litestar.types import ExceptionHandlersMap, Scope

from tramita.kit.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    GoneError,
    InvalidError,
    NotFoundError,
    TramitaError,
)
from tramita.kit.http.bodies import MalformedBody, decode_body

log = structlog.get_logger(__name__)

AnyRequest = Request[Any, Any, Any]

STATUS_OF: dict[type[TramitaError], int] = {
    MalformedBody: 400,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    GoneError: 410,
    InvalidError: 422,
}

CODE_OF_STATUS = {
    400: "malformed_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What the client is told; ``code`` is stable, ``detail`` is for people."""

    status: int
    code: str
    detail: str
    errors: list[FieldError] = field(default_factory=list)

    def to_body(self, request_id: str) -> dict[str, Any]:
        """The members of ``application/problem+json``."""
        body: dict[str, Any] = {
            "type": f"urn:tramita:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": request_id,
        }
        if self.errors:
            body["errors"] = [asdict(error) for error in self.errors]
        return body


def of_domain_error(error: TramitaError) -> Problem:
    """The problem of one of our own errors, by its family."""
    status = next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), 500)
    errors = error.errors if isinstance(error, InvalidError) else []
    return Problem(status, error.code, str(error), errors)


def respond(
    request: AnyRequest, problem: Problem, *, headers: dict[str, str] | None = None
) -> Response[Any]:
    """``problem`` as a response; a seed path turns every fault of the body into a 400."""
    malformed = request.scope.get("route_handler")
    if problem.status == 422 and malformed is not None:
        status = malformed.opt.get("malformed_body", 422)
        problem = Problem(status, problem.code, problem.detail, problem.errors)
    return Response(
        content=problem.to_body(str(request.state.get("request_id", ""))),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


def on_domain_error(request: AnyRequest, error: TramitaError) -> Response[Any]:
    """Our own errors."""
    return respond(request, of_domain_error(error))


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """The framework's errors: no such route, wrong method, too large, no credentials."""
    code = CODE_OF_STATUS.get(error.status_code, "request_failed")
    return respond(request, Problem(error.status_code, code, error.detail), headers=error.headers)


def on_unreadable_request(
    request: AnyRequest, error: ValidationException | SerializationException
) -> Response[Any]:
    """A body or a parameter that could not be read.

    The framework tells the first error of a body; here the body is read once more,
    to tell all of them. It was received already, so reading it again is free.
    """
    body_field = getattr(request.route_handler, "parsed_data_field", None)
    if body_field is not None:
        received = getattr(request, "_body", b"")
        try:
            decode_body(received if isinstance(received, bytes) else b"", body_field.annotation)
        except TramitaError as problem:
            return on_domain_error(request, problem)
    return respond(request, Problem(400, "malformed_request", _parameter_sentence(error)))


def _parameter_sentence(error: ValidationException | SerializationException) -> str:
    extra = getattr(error, "extra", None)
    if isinstance(extra, list):
        told = [f"{one.get('key', 'parameter')}: {one.get('message', '')}" for one in extra]
        return "; ".join(told) or "The request could not be read"
    return "The request could not be read"


def on_unexpected_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """Our own bug, named as one; the log has the rest under the same request id."""
    log.error("request_failed", path=request.url.path, exc_info=error)
    return respond(
        request,
        Problem(500, "internal_error", "Something went wrong on our side; the log has it."),
    )


async def log_socket_failure(error: Exception, scope: Scope) -> None:
    """A bug in a socket's handler; the framework closes such a socket without a word."""
    if scope["type"] == ScopeType.WEBSOCKET and not isinstance(error, WebSocketException):
        log.error("socket_failed", route=scope.get("path_template"), exc_info=error)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    TramitaError: on_domain_error,
    ValidationException: on_unreadable_request,
    SerializationException: on_unreadable_request,
    RecursionError: on_unreadable_request,
    UnicodeDecodeError: on_unreadable_request,
    HTTPException: on_http_error,
    Exception: on_unexpected_error,
}
