"""Bodies that a vendor never sends, until it does: every member gone, or of another type."""

import json
from collections.abc import Iterator
from typing import Any, Final

_NO_DOCUMENTS: Final = (
    b"",
    b"\xff",
    b"null",
    b"7",
    b'"x"',
    b"[]",
    b"{}",
    b"[" * 5000 + b"]" * 5000,
    b'{"a":' * 5000 + b"0" + b"}" * 5000,
    b"<html>Hello.</html>",
)
_STRANGE: Final[tuple[object, ...]] = (
    None,
    True,
    -1,
    10**300,
    0.1,
    "",
    "x",
    "\x00",
    "\ud800",
    "9" * 5000,
    [],
    [None],
    {},
)
# Members of one body that are bent; the lists of a page are all alike.
_MOST_MEMBERS: Final = 30


def bend(body: bytes) -> Iterator[bytes]:
    """Documents like ``body``, each with one thing wrong with it, and some that are none."""
    yield from _NO_DOCUMENTS
    try:
        document = json.loads(body)
    except ValueError:
        return
    for path in list(_members(document))[:_MOST_MEMBERS]:
        yield _with(body, path, None, is_removed=True)
        for value in _STRANGE:
            yield _with(body, path, value)


def _members(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(document, dict):
        children = list(document.items())
    else:
        children = list(enumerate(document)) if isinstance(document, list) else []
    for name, value in children:
        yield (*path, name)
        yield from _members(value, (*path, name))


def _with(body: bytes, path: tuple[Any, ...], value: object, *, is_removed: bool = False) -> bytes:
    document = json.loads(body)
    parent = document
    for name in path[:-1]:
        parent = parent[name]
    if is_removed:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return json.dumps(document).encode()
