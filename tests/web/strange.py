"""What is at the edge of anything that a text can stand for, and addresses with ids in them."""

import base64
import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from tramita.kit.identifiers import new_id


def cursor(*key: object) -> str:
    """As an address has where a page of a list ends."""
    text = json.dumps(key[0] if len(key) == 1 else key)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def fill(path: str, ids: Mapping[str, str]) -> str:
    """A route's address with ids of things that there are, and of others where there are none."""
    return "/".join(
        quote(ids.get(part[1:-1].partition(":")[0]) or _any_of(part), safe="")
        if part.startswith("{")
        else part
        for part in path.split("/")
    )


def _any_of(part: str) -> str:
    return {"int": "1", "uuid": str(new_id())}.get(part[1:-1].partition(":")[2], "anything")


_MOMENTS: Final = (
    "2026-03-02T09:00:00",
    "2026-03-02T09:00:00Z",
    "0001-01-01T00:00:00+12:00",
    "9999-12-31T23:59:59.999999-12:00",
)
_ID: Final = "00000000-0000-0000-0000-000000000000"
CURSORS: Final = (
    *(cursor(one) for one in (*_MOMENTS, _ID, "a", "a\x00", "\ud800", 1, 2**63, 10**40, None)),
    *(cursor(at, _ID) for at in _MOMENTS),
    *(cursor(_MOMENTS[1], number) for number in (1, -(2**63) - 1)),
    *(cursor(at, _ID, number) for at in _MOMENTS for number in (1, 2**63)),
    cursor("a", "b"),
    cursor({"at": _MOMENTS[0]}),
    base64.urlsafe_b64encode(b"[" * 300).decode(),
)
# As a number of anything.
TOO_LONG: Final = "9" * 40
STRANGE: Final = (
    *("", "x", "!", "0", "-1", "2147483648", "9223372036854775808", TOO_LONG, "1e999", "NaN"),
    *("true", "\x00", "\ud800", "\udc80", "\U0001f4a9", "\u202e", "a\n", "'\"\\", "%", "a" * 1000),
    *("0001-01-01", "9999-12-31", "2026-02-30", "9999-12-31T23:59", "0001-01-01T00:00"),
    *("0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59-12:00", _ID),
)
