"""Brazilian bank business days, by the national holidays."""

from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

# Month and day; 20 November is a national holiday since 2024.
_FIXED = ((1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (12, 25))
_AROUND_EASTER = (-48, -47, -2, 60)  # Carnival Monday and Tuesday, Good Friday, Corpus Christi
_DAY = timedelta(days=1)


@lru_cache
def _holidays(year: int) -> frozenset[date]:
    days = {date(year, month, day) for month, day in _FIXED}
    if year >= 2024:
        days.add(date(year, 11, 20))
    sunday = easter(year)
    return frozenset(days | {sunday + timedelta(days=shift) for shift in _AROUND_EASTER})


def is_business_day(day: date) -> bool:
    """Whether banks settle on this day."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def business_day_from(day: date) -> date:
    """The day itself or the next business day."""
    while not is_business_day(day):
        day += _DAY
    return day


def business_days_between(start: date, end: date) -> int:
    """How many business days lie after ``start``, up to and with ``end``."""
    days = (start + _DAY * number for number in range(1, (end - start).days + 1))
    return sum(map(is_business_day, days))


def business_days_later(day: date, count: int) -> date:
    """The ``count``-th business day after ``day``."""
    while count:
        day += _DAY
        count -= is_business_day(day)
    return day
