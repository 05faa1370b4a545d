"""Errors as RFC 9457 problems. Domain errors do not know HTTP; this table does."""

from dataclasses import asdict, dataclass, field, replace
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, ValidationException, WebSocketException
from litestar.types import ExceptionHandlersMap, Scope

from tramita.kit.errors import (
    ConflictError,
    DependencyFailedError,
    FieldError,
    ForbiddenError,
    GoneError,
    InvalidError,
    MalformedError,
    NotFoundError,
    OutcomeUnknownError,
    ProviderRefusedError,
    ProviderUnavailableError,
    TooLargeError,
    TooManyError,
    TramitaError,
    UnauthorizedError,
    UnsupportedError,
)
from tramita.kit.http.area import Tell
from tramita.kit.http.bearers import CHALLENGE
from tramita.kit.http.bodies import MalformedBody
from tramita.kit.http.pages import CursorNotReadable
from tramita.kit.http.requests import UnsupportedMediaType
from tramita.kit.transient import Trouble, find_sqlstate, trouble_of
from tramita.web.pages import find_error_pages

log = structlog.get_logger(__name__)

AnyRequest = Request[Any, Any, Any]

STATUS_OF: dict[type[TramitaError], int] = {
    MalformedError: 400,
    UnsupportedMediaType: 415,
    CursorNotReadable: 400,
    UnauthorizedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    GoneError: 410,
    TooLargeError: 413,
    UnsupportedError: 415,
    InvalidError: 422,
    DependencyFailedError: 424,
    TooManyError: 429,
    ProviderRefusedError: 502,
    ProviderUnavailableError: 503,
    OutcomeUnknownError: 504,
}

CODE_OF_STATUS = {
    400: "malformed_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "body_incomplete",
    413: "body_too_large",
    415: "unsupported_media_type",
    426: "upgrade_required",
    429: "rate_limited",
}

# PostgreSQL's words for a unique or foreign key that another transaction changed meanwhile.
_CHANGED_KEYS = frozenset({"23503", "23505"})
# Seconds.
_BACK_SOON, _BACK_AT_ONCE = 5, 1


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
    request: AnyRequest,
    problem: Problem,
    *,
    headers: dict[str, str] | None = None,
    error: TramitaError | None = None,
) -> Response[Any]:
    """``problem`` as a response, for a person as a page.

    A seed path (``opt={"malformed_body": 400}``) calls every fault of the body 400. An area whose
    seed wants an error told with more, or by other codes, does so (``opt={"told": …}``).
    """
    request_id = str(request.state.get("request_id", ""))
    pages = find_error_pages(request.app, request.scope)
    if pages is not None:
        around = pages.around(request) if pages.around else {}
        page = pages.show(
            problem.status, request_id=request_id, cookies=request.cookies, around=around
        )
        page.headers.update(headers or {})
        return page
    handler = request.scope.get("route_handler")
    # Where there is no such route, the framework has no handler.
    opt: dict[str, Any] = getattr(handler, "opt", {})
    if problem.status == 422:
        problem = replace(problem, status=opt.get("malformed_body", 422))
    body = problem.to_body(request_id)
    tell: Tell | None = opt.get("told")
    return Response(
        content=body if tell is None else tell(request, body, error),
        status_code=problem.status,
        media_type="application/problem+json",
        # What is gone, or not there, may be kept by whoever likes to, unless it is said.
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def on_domain_error(request: AnyRequest, error: TramitaError) -> Response[Any]:
    """Our own errors."""
    wait = error.retry_after
    headers = {"Retry-After": f"{max(1, round(wait.total_seconds()))}"} if wait else {}
    if isinstance(error, UnauthorizedError):
        headers |= CHALLENGE
    return respond(request, of_domain_error(error), headers=headers, error=error)


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """The framework's errors: no such route, wrong method, too large, no credentials."""
    status, headers = error.status_code, error.headers
    if status == 405 and headers == {"allow": "websocket"}:
        status, headers = 426, {"Upgrade": "websocket", "Connection": "Upgrade"}
    code = CODE_OF_STATUS.get(status, "request_failed")
    return respond(request, Problem(status, code, error.detail), headers=headers)


def on_unreadable_parameter(request: AnyRequest, error: ValidationException) -> Response[Any]:
    """Parameters of the path, the query or a header that mean nothing."""
    found = error.extra if isinstance(error.extra, list) else []
    if any(_source(one) == "body" for one in found):
        # A body that is there is read by the request itself; only one that is not gets here.
        return on_domain_error(request, MalformedBody(why="it is empty"))
    names = _names_outside(request)
    errors = [
        FieldError(
            f"{_source(one)}.{names.get(one.get('key', ''), one.get('key', ''))}",
            "invalid",
            str(one.get("message", "")),
        )
        for one in found
    ]
    return respond(
        request, Problem(400, "malformed_request", "The request could not be read.", errors)
    )


def _source(found: dict[str, Any]) -> str:
    source = found.get("source", "query")
    return str(getattr(source, "value", source))


def _names_outside(request: AnyRequest) -> dict[str, str]:
    """What callers call parameters of the handler and its dependencies, where it differs."""
    handler = request.route_handler
    signatures = [
        handler.parsed_fn_signature,
        *(one.parsed_fn_signature for one in handler.resolve_dependencies().values()),
    ]
    named = {
        key: getattr(one.kwarg_definition, "name", None)
        for signature in signatures
        for key, one in signature.parameters.items()
    }
    return {key: name for key, name in named.items() if name}


def on_any_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """Trouble at the database, two requests at the same time, or else a bug of ours."""
    trouble, sqlstate = trouble_of(error), find_sqlstate(error)
    if trouble is Trouble.IN_THE_WAY or sqlstate in _CHANGED_KEYS:
        detail = "Another request changed the same thing at the same time; try again."
        return _again(request, Problem(409, "changed_meanwhile", detail), _BACK_AT_ONCE)
    if trouble is None:
        log.error("request_failed", route=_route(request), exc_info=error)
        detail = "Something went wrong on our side; the log has it."
        return respond(request, Problem(500, "internal_error", detail))
    log.error(
        "database_unreachable",
        route=_route(request),
        trouble=trouble.name,
        sqlstate=sqlstate,
        error=type(error).__name__,
    )
    detail = f"{trouble.value}; try again in a moment."
    return _again(request, Problem(503, "database_unreachable", detail), _BACK_SOON)


def _again(request: AnyRequest, problem: Problem, seconds: int) -> Response[Any]:
    return respond(request, problem, headers={"Retry-After": f"{seconds}"})


def _route(request: AnyRequest) -> str:
    # A route's template, never the path itself: paths carry tokens.
    return str(request.scope.get("path_template") or "unmatched")


async def log_socket_failure(error: Exception, scope: Scope) -> None:
    """What ended a socket's handler; the framework closes such a socket without a word.

    An address without a socket is whoever's mistake that asks for it, and no alarm of ours.
    """
    status = 500
    if isinstance(error, HTTPException):
        status = error.status_code
    elif isinstance(error, TramitaError):
        status = of_domain_error(error).status
    is_theirs = status < 500
    if scope["type"] != ScopeType.WEBSOCKET or is_theirs or isinstance(error, WebSocketException):
        return
    route, trouble = scope.get("path_template"), trouble_of(error)
    if trouble is None:
        log.error("socket_failed", route=route, exc_info=error)
    else:
        log.warning("socket_lost_database", route=route, trouble=trouble.name)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    TramitaError: on_domain_error,
    ValidationException: on_unreadable_parameter,
    HTTPException: on_http_error,
    Exception: on_any_error,
}
