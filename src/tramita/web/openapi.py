"""The API's description, completed from what routes declare.

Handlers tell their parameters, bodies and answers; the framework writes those down.
What is the same everywhere is added here, in one place: who may ask (``opt["scope"]``),
which problems may be answered, the key of a repeatable request, and that unknown
fields are errors. ``opt["problems"]`` names statuses that cannot be derived.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import (
    OpenAPI,
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    Reference,
    Schema,
)
from litestar.routes import HTTPRoute
from litestar.types.internal_types import PathParameterDefinition

from tramita.web.areas import AREAS
from tramita.web.idempotency import HEADER, LONGEST_KEY
from tramita.web.limits import is_limited
from tramita.web.prose import EXAMPLE, PROBLEMS

_BEARERS: Final[dict[str, str]] = {
    name: borne for area in AREAS for name, borne in area.bearers.items()
}
# By the scheme's name, what is borne.
SECURITY_SCHEMES: Final = {"token": "service token", "user": "JWT"} | _BEARERS


def operation_id(
    handler: HTTPRouteHandler, _method: Any, _path: list[str | PathParameterDefinition]
) -> str:
    """``envelopes_create`` for a controller's handler, ``send_link`` for one alone.

    What administrators keep is ``admin_…``: others see some of the same things.
    """
    if handler.owner is None or not handler.owner.path.strip("/"):
        return handler.handler_name
    *above, last = handler.owner.path.split("/")
    return "_".join([*(["admin"] if "admin" in above else []), last, handler.handler_name])


def describe(app: Litestar) -> dict[str, Any]:
    """The application's description, with what no single route says."""
    description = deepcopy(app.openapi_schema)
    _add_problems(description)
    bodies = []
    for handler, route, operation in _operations(app, description):
        operation.summary = handler.handler_name.replace("_", " ").capitalize()
        _add_guard(operation, handler)
        _add_key(operation, handler)
        for status in sorted(_problems_of(handler, route)):
            _answer_problem(operation, status)
        if handler.parsed_data_field is not None:
            bodies.append(handler.parsed_data_field.annotation)
    _forbid_unknown_fields(description, bodies)
    _write_slashes(app, description)
    return _with_short_names(description.to_schema())


def _write_slashes(app: Litestar, description: OpenAPI) -> None:
    """The framework takes a path with and without a last slash; the seeds write it."""
    slashed = {
        route.path_format
        for _, route, _ in _operations(app, description)
        if any(one.opt.get("trailing_slash") for one in route.route_handlers)
    }
    description.paths = {
        path + "/" * (path in slashed): item for path, item in (description.paths or {}).items()
    }


def _with_short_names(description: dict[str, Any]) -> dict[str, Any]:
    """``Page_tramita.contracts.api.schemas.ProductAnswer_`` as ``ProductAnswerPage``."""
    text = msgspec.json.encode(description).decode()
    short: dict[str, Any] = msgspec.json.decode(re.sub(r"\bPage_[\w.]*?(\w+)_\b", r"\1Page", text))
    return short


def _operations(
    app: Litestar, description: OpenAPI
) -> Iterator[tuple[HTTPRouteHandler, HTTPRoute, Operation]]:
    paths = description.paths or {}
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path_format in paths:
            for method, (handler, _) in route.route_handler_map.items():
                operation = getattr(paths[route.path_format], method.lower(), None)
                if operation is not None:
                    yield handler, route, operation


def _problems_of(handler: HTTPRouteHandler, route: HTTPRoute) -> set[int]:
    statuses = {400, *handler.opt.get("problems", ())}
    parameters = handler.parsed_fn_signature.parameters
    has_body = handler.parsed_data_field is not None
    if "scope" in handler.opt:
        statuses |= {401, 403}
    if "jwt" in handler.opt:
        statuses.add(401)
    if not _BEARERS.keys().isdisjoint(handler.opt):
        statuses |= {401, 403}
    if "scope" in handler.opt or "runtime" in parameters:
        statuses.add(503)
    if is_limited(handler.opt):
        statuses.add(429)
    if route.path_parameters:
        statuses.add(404)
    if not handler.http_methods <= {"GET", "HEAD"}:
        statuses.add(409)
    if has_body:
        statuses.add(415)
    if has_body or handler.opt.get("idempotent"):
        statuses |= {413, handler.opt.get("malformed_body", 422)}
    return statuses


def _answer_problem(operation: Operation, status: int) -> None:
    responses = operation.responses = operation.responses or {}
    # The framework's own 400 knows nothing of problems; other answers a route describes itself.
    if status == 400 or str(status) not in responses:
        responses[str(status)] = Reference(ref=f"#/components/responses/{PROBLEMS[status][0]}")


def _add_guard(operation: Operation, handler: HTTPRouteHandler) -> None:
    scope, other = handler.opt.get("scope"), handler.opt.get("or_scope")
    own = next((name for name in _BEARERS if name in handler.opt), None)
    if own is not None:
        operation.security, needs = [{own: []}], f"Needs a {_BEARERS[own]}."
        if other:
            operation.security.append({"token": [other]})
            needs = f"{needs[:-1]}, or a service token with the scope `{other}`."
    elif scope:
        operation.security, needs = [{"token": [scope]}], f"Needs the scope `{scope}`."
    elif "jwt" in handler.opt:
        operation.security, needs = [{"user": []}], "Needs the token of the platform's user."
    else:
        operation.security, needs = [], f"Public: {handler.opt.get('public')}."
    operation.description = f"{operation.description or ''}\n\n{needs}".strip()


def _add_key(operation: Operation, handler: HTTPRouteHandler) -> None:
    if not handler.opt.get("idempotent"):
        return
    key = Parameter(
        name=HEADER,
        param_in="header",
        required=False,
        description="Repeat a request with the same key and body, and the first answer is "
        "given again, with `Idempotency-Replayed: true`, for 24 hours; later what was done is not "
        "done again (409 `idempotency_key_expired`).",
        schema=Schema(
            type=OpenAPIType.STRING, min_length=1, max_length=LONGEST_KEY, pattern=r"^[!-~]+$(?!\n)"
        ),
    )
    operation.parameters = [*(operation.parameters or []), key]


def _add_problems(description: OpenAPI) -> None:
    components = description.components
    text = Schema(type=OpenAPIType.STRING)
    texts = Schema(type=OpenAPIType.ARRAY, items=text)
    members = ("type", "title", "detail", "code", "request_id")
    field_error = _text_members("path", "code", "message")
    components.schemas = dict(components.schemas or {}) | {
        "Problem": Schema(
            type=OpenAPIType.OBJECT,
            description="An error as RFC 9457 has it; `code` is stable, `detail` is for people.",
            properties={
                **dict.fromkeys(members, text),
                "status": Schema(type=OpenAPIType.INTEGER),
                "errors": Schema(type=OpenAPIType.ARRAY, items=field_error),
                **dict.fromkeys(("message", "from", "to"), text),
                "allowed": texts,
                "details": Schema(
                    type=OpenAPIType.ARRAY, items=_text_members("path", "code", "hint")
                ),
            },
            required=[*members, "status"],
            additional_properties=False,
            examples=[EXAMPLE],
        )
    }
    components.responses = {
        name: _problem_response(status, sentence) for status, (name, sentence) in PROBLEMS.items()
    }


def _text_members(*names: str) -> Schema:
    return Schema(
        type=OpenAPIType.OBJECT,
        properties=dict.fromkeys(names, Schema(type=OpenAPIType.STRING)),
        required=list(names),
        additional_properties=False,
    )


def _problem_response(status: int, sentence: str) -> OpenAPIResponse:
    named = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}.get(status)
    names = ["X-Request-ID", *([named] if named else [])]
    return OpenAPIResponse(
        description=sentence,
        content={
            "application/problem+json": OpenAPIMediaType(
                schema=Reference(ref="#/components/schemas/Problem")
            )
        },
        headers={
            name: OpenAPIHeader(schema=Schema(type=OpenAPIType.STRING), required=True)
            for name in names
        },
    )


def _forbid_unknown_fields(description: OpenAPI, bodies: Iterable[Any]) -> None:
    """Msgspec knows which of its structs forbid them; the framework does not ask them."""
    _, structs = msgspec.json.schema_components(bodies)
    strict = {name for name, one in structs.items() if one.get("additionalProperties") is False}
    for schema in (description.components.schemas or {}).values():
        if schema.title in strict:
            schema.additional_properties = False
