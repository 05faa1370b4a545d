"""Strategies for whatever the schema of a request's body lets through, and for what it does not."""

from collections.abc import Mapping
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)

Path = tuple[str | int, ...]


def values_of(body: type[msgspec.Struct]) -> Mapping[str, st.SearchStrategy[Any]]:
    """What each field of a body may be, by its name."""
    told = inspect.type_info(body)
    assert isinstance(told, inspect.StructType)
    return {field.encode_name: values(field.type) for field in told.fields}


def values(told: inspect.Type) -> st.SearchStrategy[Any]:  # noqa: C901, PLR0912 - a table
    """JSON values that a type of ``msgspec`` accepts."""
    match told:
        case inspect.StrType(min_length, max_length, pattern):
            return _texts(min_length, max_length, pattern)
        case inspect.IntType(ge=least, le=most):
            return st.integers(least, most)
        case inspect.BoolType():
            return st.booleans()
        case inspect.DateType():
            return st.dates().map(lambda day: day.isoformat())
        case inspect.DateTimeType(tz=zoned):
            zones = st.timezones() if zoned else st.none() | st.timezones()
            return st.datetimes(timezones=zones).map(lambda moment: moment.isoformat())
        case inspect.UUIDType():
            return st.uuids().map(str)
        case inspect.LiteralType(choices):
            return st.sampled_from(choices)
        case inspect.EnumType(cls=choices):
            return st.sampled_from([one.value for one in choices])
        case inspect.UnionType(types):
            return st.one_of([values(one) for one in types])
        case inspect.NoneType():
            return st.none()
        case inspect.Metadata(inner):
            return values(inner)
        case inspect.DictType():
            return st.dictionaries(st.text(max_size=8), JSON, max_size=4)
        case inspect.AnyType():
            return JSON
        case inspect.ListType(item, min_length=least, max_length=most):
            return st.lists(values(item), min_size=least or 0, max_size=min(most or 3, 3))
        case inspect.StructType(fields=fields):
            kinds = {field.encode_name: values(field.type) for field in fields}
            needed = {field.encode_name for field in fields if field.required}
            return st.fixed_dictionaries(
                {name: kind for name, kind in kinds.items() if name in needed},
                optional={name: kind for name, kind in kinds.items() if name not in needed},
            )
        case _:
            raise NotImplementedError(told)


@st.composite
def spoiled(draw: st.DrawFn, bodies: st.SearchStrategy[Any]) -> Any:
    """A body with one member of another kind, one too few, or one too many; or no body at all."""
    body = draw(bodies | JSON)
    if not isinstance(body, dict) or not body:
        return body
    name = draw(st.sampled_from(sorted(body)) | st.text(max_size=8))
    if draw(st.booleans()):
        return {**body, name: draw(JSON)}
    return {one: value for one, value in body.items() if one != name}


def _texts(least: int | None, most: int | None, pattern: str | None) -> st.SearchStrategy[str]:
    if pattern is None or pattern == r"\S":
        return st.text(min_size=least or 0, max_size=min(most or 60, 60)).filter(str.strip)
    # ``(?!\n)`` tells other dialects what ``fullmatch`` says by itself.
    texts = st.from_regex(pattern.removesuffix(r"(?!\n)"), fullmatch=True)
    return texts.filter(lambda text: (least or 0) <= len(text) <= (most or len(text)))
