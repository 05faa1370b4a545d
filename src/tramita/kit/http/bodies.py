"""Reading a JSON body so that every field error is told at once.

``msgspec`` stops at the first error. The quick way in is its own decoder, straight into
the type; only a body that it refuses is walked again here, to name everything that is wrong.
That is work in Python on the event loop, so a body of more than ``MOST_VALUES`` is told its
first error alone.
"""

import types
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any, Final, TypeVar, Union, cast, get_args, get_origin

import msgspec
import msgspec.inspect

from tramita.kit.errors import FieldError, InvalidError, MalformedError, TooLargeError

T = TypeVar("T")


# Whatever is stored must be read again, and reading recurses as deep as the value is.
DEEPEST = 100
# More would hold everybody else up; routes that take files read longer bodies than that.
LONGEST: Final = 2 * 1024 * 1024
# A body of nothing but unknown fields must not be answered by a longer one.
MOST_ERRORS = 1000
# So many can be looked at one by one without anybody else waiting for it.
MOST_VALUES = 20_000
_CONTAINERS = frozenset({dict, list})


class MalformedBody(MalformedError):
    """The body is not a JSON text: {why}."""


class BodyTooLarge(TooLargeError):
    """A JSON body may have {limit} bytes."""


def decode_body(body: bytes, kind: type[T]) -> T:
    """``body`` as ``kind``; raises ``MalformedBody``, or ``InvalidError`` with every error.

    Types are taken strictly: ``"80"`` is no number and ``1`` no truth value. Raises ``BodyTooLarge``.
    """
    if len(body) > LONGEST:
        raise BodyTooLarge(limit=LONGEST)
    with _told_as_malformed(body):
        try:
            decoded = msgspec.json.decode(body, type=kind)
        except msgspec.ValidationError as error:
            raise InvalidError(_errors_in(body, kind, error)) from None
    if _opened(body) > DEEPEST and holds_anything(cast("Hashable", kind)):
        decode_json(body)
    # PostgreSQL stores no NUL in a text, and nothing anybody means contains one.
    if b"\\u0000" in body and (unstorable := _nul_in(body)):
        raise InvalidError(unstorable)
    return decoded


def decode_json(body: bytes) -> object:
    """``body`` as plain values; raises ``MalformedBody``."""
    if _has_too_many_values(body):
        raise MalformedBody(why=f"it has more than {MOST_VALUES} values")
    with _told_as_malformed(body):
        value: object = msgspec.json.decode(body)
    if _opened(body) > DEEPEST and _is_too_deep(value):
        raise MalformedBody(why="nested too deeply")
    return value


@contextmanager
def _told_as_malformed(body: bytes) -> Iterator[None]:
    if not body:
        raise MalformedBody(why="it is empty")
    try:
        yield
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedBody(why=str(error)) from None
    except RecursionError:
        raise MalformedBody(why="nested too deeply") from None


def _errors_in(body: bytes, kind: Any, first: msgspec.ValidationError) -> list[FieldError]:
    if _has_too_many_values(body):
        return [_as_field_error(first)]
    value = decode_json(body)
    unstorable = _find_nul(value) if b"\\u0000" in body else ()
    found = [*islice(find_errors(value, kind), MOST_ERRORS), *islice(unstorable, MOST_ERRORS)]
    return found or [_as_field_error(first)]


def _nul_in(body: bytes) -> list[FieldError]:
    if _has_too_many_values(body):
        return [FieldError("body", "nul_character", "A text cannot contain NUL")]
    return list(islice(_find_nul(decode_json(body)), MOST_ERRORS))


def _as_field_error(error: msgspec.ValidationError) -> FieldError:
    message, _, path = str(error).partition(" - at `$")
    return FieldError(path.strip("`.") or "body", "invalid", message)


def _has_too_many_values(body: bytes) -> bool:
    # Counted without a look at the texts, so rather too many than too few.
    return body.count(b",") + _opened(body) > MOST_VALUES


def _opened(body: bytes) -> int:
    return body.count(b"[") + body.count(b"{")


@lru_cache
def holds_anything(kind: Any) -> bool:
    """Whether a ``kind`` may hold values of no certain type, which may be of any depth."""
    seen: set[int] = set()
    waiting: list[object] = [msgspec.inspect.type_info(kind)]
    while waiting:
        found = waiting.pop()
        if isinstance(found, msgspec.inspect.AnyType):
            return True
        if id(found) in seen:
            continue
        seen.add(id(found))
        if isinstance(found, list | tuple):
            waiting += found
        elif isinstance(found, msgspec.inspect.Type | msgspec.inspect.Field):
            waiting += [getattr(found, name) for name in found.__struct_fields__]
    return False


def _is_too_deep(value: object) -> bool:
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)  # type: ignore[attr-defined]
            if type(inner) in _CONTAINERS
        ]
    return bool(level)


def _find_nul(value: object, path: str = "") -> Iterator[FieldError]:
    """Every text with a NUL character in it, names of members too."""
    if isinstance(value, str) and "\x00" in value:
        yield FieldError(path or "body", "nul_character", "A text cannot contain NUL")
    elif isinstance(value, dict):
        for name, inner in value.items():
            where = _member(path, name)
            if "\x00" in name:
                yield FieldError(where, "nul_character", "A name cannot contain NUL")
            yield from _find_nul(inner, where)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _find_nul(inner, f"{path}[{index}]")


def _member(path: str, name: str) -> str:
    shown = name.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return f"{path}.{shown}" if path else shown


def find_errors(value: object, kind: Any, path: str = "") -> Iterator[FieldError]:
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
    fields = _fields_of(kind)
    for name, field in fields.items():
        where = _member(path, name)
        if name in value:
            yield from find_errors(value[name], field.type, where)
        elif field.required:
            yield FieldError(where, "missing", "This field is required")
    for name in value:
        if name not in fields:
            yield FieldError(_member(path, name), "unknown_field", "Unknown field")


@lru_cache
def _fields_of(kind: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _leaf_errors(value: object, kind: Any, path: str) -> Iterator[FieldError]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message = str(error).split(" - at `", maxsplit=1)[0]
        code = "wrong_type" if message.startswith("Expected `") and "got" in message else "invalid"
        yield FieldError(path or "body", code, message)


def _inner(kind: Any, value: object) -> Any:
    """``kind`` bare of ``Annotated`` and, when there is a value, of ``None`` and ``UNSET``."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType) and value is not None:
        rest = [one for one in get_args(kind) if one not in (types.NoneType, msgspec.UnsetType)]
        if len(rest) == 1:
            return _inner(rest[0], value)
    return kind


def _without_items(kind: Any) -> Any:
    """The list's own limits, whatever its items are; those have been looked at."""
    if get_origin(kind) is Annotated:
        return Annotated[list[Any], *get_args(kind)[1:]]
    return list[Any]
