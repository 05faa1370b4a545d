"""How quickly we may write, and what of a text fits: pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

_NOTHING: Final = timedelta(0)


def wait_for(recent: Sequence[datetime], most: int, within: timedelta, now: datetime) -> timedelta:
    """How long until one more may go, where ``most`` may in any such time; ``recent`` is in order."""
    if len(recent) < most:
        return _NOTHING
    return max(recent[-most] + within - now, _NOTHING)


def wait_until(closed: datetime | None, now: datetime) -> timedelta:
    """How long something is closed yet."""
    return max(closed - now, _NOTHING) if closed is not None else _NOTHING


def units(text: str) -> int:
    """How long a messenger counts a text: in UTF-16 units, of which an emoji has two."""
    return len(text.encode("utf-16-le", errors="replace")) // 2


def cut(text: str, most: int) -> str:
    """As much of a text as may be sent, whole characters, with a sign where it goes on."""
    if units(text) <= most:
        return text
    kept = text.encode("utf-16-le", errors="replace")[: 2 * (most - 1)]
    return kept.decode("utf-16-le", errors="ignore") + "\N{HORIZONTAL ELLIPSIS}"
