"""Numbers and times as 1C writes them."""

import re
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

_BLANKS: Final = re.compile(r"[\s\u00a0\u2007\u202f'’]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_RUSSIAN: Final = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
# 1C has no other word for "no date".
_NO_YEAR: Final = 1


class NotAValue(ValueError):
    """What was sent is neither the number nor the date that it should be."""


def read_number(value: object) -> Decimal | None:
    """``1234.56``, ``"1 234,56"`` with whatever blank, ``""``: none. Raises ``ValueError``."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise NotAValue(f"{value!r} is no number")
    text = _BLANKS.sub("", str(value))
    if "," in text and "." in text:
        decimal = max(",", ".", key=text.rfind)
        text = text.replace("." if decimal == "," else ",", "")
    text = text.replace(",", ".")
    if _NUMBER.fullmatch(text) is None:
        raise NotAValue(f"{value!r} is no number")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NotAValue(f"{value!r} is no number") from None


def read_time(value: object, zone: ZoneInfo) -> datetime | None:
    """A date of 1C, in the base's ``zone`` unless it says another; the empty one is none.

    ``2026-02-01T10:00:00``, with an offset or without; ``01.02.2026 10:00:00``; ``""``. Raises
    ``ValueError``.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise NotAValue(f"{value!r} is no date")
    text = value.strip()
    found = _RUSSIAN.fullmatch(text)
    if found is not None:
        day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
        at = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the base's own
    else:
        at = datetime.fromisoformat(text)
    if at.year <= _NO_YEAR:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def write_time(at: datetime, zone: ZoneInfo) -> str:
    """As 1C reads it: whole seconds in the base's zone, without an offset."""
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0).isoformat()


def write_day(at: datetime, zone: ZoneInfo) -> str:
    """A day as 1C reads it: it has no dates without a time."""
    return datetime.combine(at.astimezone(zone).date(), time()).isoformat()
