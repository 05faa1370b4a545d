"""The day in Brazil."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

# Brazil has had no daylight saving time since 2019, so Brasília time is a constant offset.
BRASILIA: Final = timezone(timedelta(hours=-3))


def day_in_brazil(at: datetime) -> date:
    """The calendar day in Brasília at an aware time."""
    return at.astimezone(BRASILIA).date()
