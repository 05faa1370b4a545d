"""Reading a JSON body so that every field error is told at once.

``msgspec`` stops at the first error. The quick way in is its own decoder; only a
body that it refuses is walked again here, to name everything that is wrong.
"""

import types
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec

from tramita.kit.errors import FieldError, InvalidError, TramitaError

T = TypeVar("T")


class MalformedBody(TramitaError):
    """The body is not a JSON text: {why}."""


def decode_body(body: bytes, kind: type[T]) -> T:
    """``body`` as ``kind``; raises ``MalformedBody``, or ``InvalidError`` with every error."""
    value = decode_json(body)
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        raise InvalidError(list(find_errors(value, kind))) from None


def decode_json(body: bytes) -> object:
    """``body`` as plain values; raises ``MalformedBody``."""
    try:
        value: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedBody(why=str(error)) from None
    except RecursionError:
        raise MalformedBody(why="nested too deeply") from None
    if b"\\u0000" in body:
        # PostgreSQL stores no NUL in a text, and nothing anybody means contains one.
        raise MalformedBody(why="a text contains the NUL character")
    return value


def find_errors(value: object, kind: Any, path: str = "") -> Iterator[FieldError]:  # noqa: ANN401 - any annotation
    """Every place where ``value`` is not a ``kind``."""
    inner = _inner(kind, value)
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        yield from _struct_errors(value, inner, path)
    elif get_origin(inner) in (list, tuple) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from find_errors(item, get_args(inner)[0], f"{path}[{index}]")
        yield from _leaf_errors(value, _without_items(kind), path)
    else:
        yield from _leaf_errors(value, kind, path)


def _struct_errors(value: object, kind: type[msgspec.Struct], path: str) -> Iterator[FieldError]:
    if not isinstance(value, dict):
        yield FieldError(path or "body", "wrong_type", "Expected an object")
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name, field in fields.items():
        where = f"{path}.{name}" if path else name
        if name in value:
            yield from find_errors(value[name], field.type, where)
        elif field.required:
            yield FieldError(where, "missing", "This field is required")
    for name in value.keys() - fields.keys():
        yield FieldError(f"{path}.{name}" if path else str(name), "unknown_field", "Unknown field")


def _leaf_errors(value: object, kind: Any, path: str) -> Iterator[FieldError]:  # noqa: ANN401 - any annotation
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message = str(error).split(" - at `", maxsplit=1)[0]
        code = "wrong_type" if message.startswith("Expected `") and "got" in message else "invalid"
        yield FieldError(path or "body", code, message)


def _inner(kind: Any, value: object) -> Any:  # noqa: ANN401 - any annotation
    """``kind`` without ``Annotated`` and, when there is a value, without ``None``."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType) and value is not None:
        rest = [one for one in get_args(kind) if one is not types.NoneType]
        if len(rest) == 1:
            return _inner(rest[0], value)
    return kind


def _without_items(kind: Any) -> Any:  # noqa: ANN401 - any annotation
    """The list's own limits, whatever its items are; those have been looked at."""
    if get_origin(kind) is Annotated:
        return Annotated[list[Any], *get_args(kind)[1:]]
    return list[Any]
