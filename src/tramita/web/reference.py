"""``/schema``: the API for people who are going to use it, made from its description.

A page without script, like all others: nothing of a third party runs where operators are
signed in, and it can be read without a network.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Response
from litestar.exceptions import NotFoundException
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from markdown_it import MarkdownIt
from markupsafe import Markup

from tramita.web.openapi import describe

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_REF: Final = "#/components/schemas/"
# Nothing that is described is deeper; what refers to itself ends here.
_DEEPEST: Final = 12
_BY_FORMAT: Final = {
    "uuid": "066d2f49-057f-4b0a-926d-165145480910",
    "date": "2026-03-31",
    "date-time": "2026-03-31T12:00:00-03:00",
    "uri": "https://partner.example/hook",
    "decimal": "59.90",
}
_BOUNDS: Final = (
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minimum", "at least {:g}"),
    ("maximum", "at most {:g}"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("pattern", "matches `{}`"),
)

# HTML in the text stays text.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")

Members = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """A parameter, or a member of an object."""

    name: str
    kind: str
    schema: str | None
    is_required: bool
    notes: list[Markup]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What may come back; ``schema`` is the name of its form."""

    status: str
    description: str
    schema: str | None
    is_problem: bool


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path."""

    id: str
    method: str
    path: str
    summary: str
    description: Markup
    parameters: list[Member]
    body: str | None
    example: str | None
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The routes of one tag."""

    name: str
    anchor: str
    description: Markup
    routes: list[Route] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Form:
    """A schema with a name."""

    name: str
    description: Markup
    members: list[Member]
    words: list[str]


@dataclass(frozen=True, slots=True)
class Reference:
    """The description, for people and for programs."""

    page: bytes
    json: bytes


class ReferencePage(OpenAPIRenderPlugin):
    """``/schema``."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The page as HTML."""
        return _reference_of(request).page


class ReferenceJSON(JsonRenderPlugin):
    """``/schema/openapi.json``."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The description as JSON."""
        return _reference_of(request).json


async def prepare_reference(request: Request[Any, Any, Any]) -> None:
    """Make both when one is first asked for: it takes a second, so not on the event loop."""
    state = request.app.state
    if "reference" not in state:
        state.reference = asyncio.create_task(asyncio.to_thread(make_reference, request.app))
    await asyncio.shield(state.reference)


async def refuse_elsewhere(response: Response[Any]) -> Response[Any]:
    """The framework has a page of its own for an unknown address here; ours says it too."""
    if response.status_code == 404:
        raise NotFoundException
    return response


def _reference_of(request: Request[Any, Any, Any]) -> Reference:
    made: Reference = request.app.state.reference.result()
    return made


def make_reference(app: Litestar) -> Reference:
    """Both, from the description of an application."""
    description = describe(app)
    page = render_reference(app, description)
    return Reference(page.encode(), msgspec.json.encode(description))


def render_reference(app: Litestar, description: Members) -> str:
    """The page of an application's API."""
    assert app.template_engine is not None  # Every application of ours has pages.
    told = Telling(description)
    template = app.template_engine.get_template("reference.html")
    page: str = template.render(
        title=told.description["info"]["title"],
        version=told.description["info"]["version"],
        prose=_to_html(told.description["info"]["description"]),
        chapters=told.chapters(),
        forms=told.forms(),
    )
    return page


@dataclass(frozen=True)
class Telling:
    """Tells a description in the order it is read."""

    description: Members

    def chapters(self) -> list[Chapter]:
        """The routes by tag, both in the order of the description."""
        chapters = {
            tag["name"]: Chapter(tag["name"], _anchor(tag["name"]), _to_html(tag["description"]))
            for tag in self.description["tags"]
        }
        for path, item in self.description["paths"].items():
            for method in _METHODS:
                if method in item:
                    chapters[item[method]["tags"][0]].routes.append(
                        self._route(path, method, item[method])
                    )
        return list(chapters.values())

    def forms(self) -> list[Form]:
        """Every schema with a name, by name."""
        return [
            Form(
                name,
                _to_html(schema.get("description", "")),
                list(self._members(schema)),
                [str(one) for one in schema.get("enum", ())],
            )
            for name, schema in sorted(self._schemas.items())
        ]

    @property
    def _schemas(self) -> Mapping[str, Members]:
        schemas: Mapping[str, Members] = self.description["components"]["schemas"]
        return schemas

    def _route(self, path: str, method: str, operation: Members) -> Route:
        sent: Members = operation.get("requestBody", {}).get("content", {})
        body = _schema_in(sent)
        is_json = "application/json" in sent
        return Route(
            operation["operationId"],
            method.upper(),
            path,
            operation["summary"],
            _to_html(operation["description"]),
            [_member_of_parameter(one) for one in operation.get("parameters", ())],
            _name_of(body) if body else None,
            _pretty(self.example(body)) if body and is_json else None,
            [self._answer(status, one) for status, one in operation["responses"].items()],
        )

    def _answer(self, status: str, response: Members) -> Answer:
        is_problem = "$ref" in response
        if is_problem:
            name = response["$ref"].rsplit("/", 1)[1]
            response = self.description["components"]["responses"][name]
        schema = _schema_in(response.get("content", {}))
        return Answer(status, response["description"], _name_of(schema), is_problem)

    def _members(self, schema: Members) -> Iterator[Member]:
        required = schema.get("required", ())
        for name, one in schema.get("properties", {}).items():
            yield Member(name, _kind_of(one), _name_of(one), name in required, _notes_on(one))

    def example(self, schema: Members, depth: int = 0) -> object:
        """A value of this form: its own example, or one made up."""
        if "$ref" in schema:
            return self.example(self._schemas[schema["$ref"].removeprefix(_REF)], depth)
        if schema.get("examples"):
            return schema["examples"][0]
        for certain in ("const", "default"):
            if schema.get(certain) is not None:
                return schema[certain]
        if schema.get("enum"):
            return schema["enum"][0]
        if one := _without_null(schema):
            return self.example(one, depth)
        return self._made_up(schema, depth)

    def _made_up(self, schema: Members, depth: int) -> object:
        match schema.get("type"):
            case "object" if depth < _DEEPEST:
                members = schema.get("properties", {})
                return {name: self.example(one, depth + 1) for name, one in members.items()}
            case "array" if depth < _DEEPEST and "items" in schema:
                return [self.example(schema["items"], depth + 1)]
            case "integer" | "number":
                return int(schema.get("minimum", 1))
            case "boolean":
                return False
            case "string":
                return _BY_FORMAT.get(schema.get("format", ""), "…")
        return {}


def _schema_in(content: Members) -> Members | None:
    """The form of a body or an answer, in whatever type it comes."""
    return next((one.get("schema") for one in content.values()), None)


def _member_of_parameter(parameter: Members) -> Member:
    schema = parameter["schema"]
    notes = _notes_on({"description": parameter.get("description"), **schema})
    return Member(
        parameter["name"],
        _kind_of(schema),
        _name_of(schema),
        parameter["required"],
        notes,
        place=parameter["in"],
    )


def _without_null(schema: Members) -> Members | None:
    """The first of several forms that is a value."""
    several = schema.get("oneOf") or schema.get("anyOf") or ()
    return next((one for one in several if one.get("type") != "null"), None)


def _name_of(schema: Members | None) -> str | None:
    """The name of the schema that is referred to, also as item of a list or beside null."""
    if not schema:
        return None
    if "$ref" in schema:
        return str(schema["$ref"].removeprefix(_REF))
    return _name_of(schema.get("items") or _without_null(schema))


def _kind_of(schema: Members) -> str:
    """What kind of value it is, in a word or two."""
    if several := schema.get("oneOf") or schema.get("anyOf"):
        return " or ".join(dict.fromkeys(map(_kind_of, several)))
    if "$ref" in schema:
        return _name_of(schema) or "object"
    if schema.get("type") == "array":
        return f"list of {_kind_of(schema['items'])}" if schema.get("items") else "list"
    kind = schema.get("type", "any")
    kinds = kind if isinstance(kind, list) else [kind]
    return str(schema.get("format") or " or ".join(kinds))


def _notes_on(schema: Members) -> list[Markup]:
    """What else is to be known of a value: its meaning, its bounds, its usual value."""
    notes = [schema["description"]] if schema.get("description") else []
    if schema.get("enum"):
        notes.append("one of " + ", ".join(map(str, schema["enum"])))
    if schema.get("const") is not None:
        notes.append(f"always {schema['const']}")
    notes += [
        said.format(schema[bound]) for bound, said in _BOUNDS if schema.get(bound) is not None
    ]
    if schema.get("default") is not None:
        notes.append(f"{schema['default']} unless given")
    return [_to_html(one, is_line=True) for one in notes]


def _pretty(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _anchor(name: str) -> str:
    return f"about-{name.lower()}"


@lru_cache
def _to_html(text: str, *, is_line: bool = False) -> Markup:
    # Markdown of our own, rendered without any HTML it may hold.
    text = text.replace("``", "`")
    return Markup(_MARKDOWN.renderInline(text) if is_line else _MARKDOWN.render(text))  # noqa: S704
