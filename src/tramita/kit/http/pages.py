"""Pages of lists: keyset cursors that stay right while rows come and go."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Final, Generic, TypeAlias, TypeVar

import msgspec
from litestar.params import QueryParameter

from tramita.kit.clock import FIRST_MOMENT, LAST_MOMENT
from tramita.kit.errors import FieldError, InvalidError

T = TypeVar("T")
R = TypeVar("R")

DEFAULT_LIMIT = 50
_NUMBERS: Final = range(-(2**63), 2**63)

Limit: TypeAlias = Annotated[
    int, QueryParameter(ge=1, le=200, description="How many items at most, 1 to 200.")
]
Cursor: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        max_length=500, description="`next_cursor` of the page before; empty: first page."
    ),
]

# PostgreSQL stores no NUL in a text, so no row can be found by one.
Text: TypeAlias = Annotated[str | None, QueryParameter(max_length=200, pattern=r"^[^\x00]*$(?!\n)")]


class Page(msgspec.Struct, Generic[T]):
    """Some items of a list; ``next_cursor`` leads to the next ones, if there are any."""

    items: list[T]
    next_cursor: str | None


class CursorNotReadable(InvalidError):
    """The cursor is none of ours."""

    def __init__(self) -> None:
        """Point at the query parameter."""
        super().__init__([FieldError("query.cursor", "invalid_cursor", str(type(self).__doc__))])


def encode_cursor(key: object) -> str:
    """The sort key of a page's last row as an opaque text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str | None, kind: type[T]) -> T | None:
    """The sort key again, of the first page none; raises ``CursorNotReadable``."""
    if not cursor:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        key = base64.b64decode(padded, altchars=b"-_", validate=True)
        if b"\\u0000" in key:
            raise CursorNotReadable  # No row has a NUL in its key.
        decoded = msgspec.json.decode(key, type=kind)
    except (binascii.Error, UnicodeError, msgspec.MsgspecError):
        raise CursorNotReadable from None
    if not _is_of_a_row(decoded):
        raise CursorNotReadable
    return decoded


def _is_of_a_row(key: object) -> bool:
    """Whether the database knows such a thing: a moment, a number of its size, and what has only these."""
    match key:
        case datetime():
            return key.tzinfo is not None and FIRST_MOMENT <= key <= LAST_MOMENT
        case int():
            return key in _NUMBERS
        case tuple():
            return all(map(_is_of_a_row, key))
        case msgspec.Struct():
            return _is_of_a_row(msgspec.structs.astuple(key))
        case _:
            return True


def to_page(
    rows: Sequence[R], limit: int, *, present: Callable[[R], T], key: Callable[[R], object]
) -> Page[T]:
    """A page from ``limit + 1`` rows: the one too many only tells that there are more."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page([present(row) for row in shown], encode_cursor(key(shown[-1])) if more else None)
