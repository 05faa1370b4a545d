"""The time zone of whoever reads a page, as their browser has said it."""

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tramita.kit.http.forms import AnyConnection

# A page's script writes it, for the pages of its own path; nothing personal hangs on it.
ZONE_COOKIE: Final = "tramita_zone"
_LONGEST_ZONE: Final = 60


def zone_of(connection: AnyConnection, *, default: str) -> str:
    """Where the reader is; ``default`` where their browser says nothing, or no zone there is."""
    return find_zone(connection.cookies.get(ZONE_COOKIE, "")) or default


def find_zone(name: str) -> str | None:
    """The zone of this name, if there is one."""
    try:
        return ZoneInfo(name).key if 0 < len(name) <= _LONGEST_ZONE else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
