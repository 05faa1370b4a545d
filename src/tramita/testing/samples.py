"""Values of any type of a port's, made up: one that fits, as short as can be."""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from tramita.kit.money import Money

_AT: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
_PLAIN: Final[Mapping[object, object]] = {
    type(None): None,
    bool: True,
    int: 1,
    float: 1.0,
    str: "x",
    bytes: b"x",
    Decimal: Decimal("1.00"),
    date: _AT.date(),
    datetime: _AT,
    timedelta: timedelta(minutes=1),
    UUID: UUID(int=1),
    Money: Money(Decimal("1.00"), "EUR"),
}


class NoSample(TypeError):
    """Nobody knows what a value of this type looks like."""


def sample(kind: Any, known: Mapping[Any, Any] = types.MappingProxyType({})) -> Any:
    """A value of ``kind``; ``known`` are what type variables stand for."""
    kind = known.get(kind, kind) if isinstance(kind, TypeVar) else kind
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    origin = get_origin(kind) or kind
    if is_dataclass(origin) and isinstance(origin, type):
        return _fill(origin, dict(zip(_variables(origin), get_args(kind), strict=False)))
    make = _MADE_OF.get(origin)
    if make is None:
        raise NoSample(str(kind))
    return make([sample(one, known) for one in get_args(kind)[:1]])


def _fill(kind: type, known: Mapping[Any, Any]) -> Any:
    hints = get_type_hints(kind)
    needed = [one.name for one in fields(kind) if MISSING is one.default is one.default_factory]
    return kind(**{name: sample(hints[name], known) for name in needed})


def _variables(kind: type) -> tuple[Any, ...]:
    return getattr(kind, "__parameters__", ())


# What holds others is made of one of its first kind; a choice is its first.
_MADE_OF: Final[Mapping[object, Callable[[list[Any]], Any]]] = {
    tuple: tuple,
    list: list,
    Sequence: list,
    Union: lambda found: found[0],
    types.UnionType: lambda found: found[0],
}
