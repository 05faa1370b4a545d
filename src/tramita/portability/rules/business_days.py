"""Business days in Brazil, as banks and the clearing house count them.

Nine fixed holidays and four that follow Easter: the list of ANBIMA, which this rule
equals on every weekday of 2001–2099. Local and state holidays do not count. A
published library is not used here, because one upgrade of its financial calendar
began to add closures of the stock exchange and so moved settlement dates.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from dateutil.easter import easter

_FIXED: Final = ((1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (12, 25))
# Day of Zumbi and Black Consciousness, national since Law 14.759 of 2023.
_BLACK_CONSCIOUSNESS: Final = (11, 20)
_BLACK_CONSCIOUSNESS_SINCE: Final = 2024
# Carnival Monday and Tuesday, Good Friday, Corpus Christi.
_AROUND_EASTER: Final = (-48, -47, -2, 60)

_ONE_DAY: Final = timedelta(days=1)


def is_business_day(day: date) -> bool:
    """Whether banks settle on ``day``."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def next_business_day(day: date) -> date:
    """``day`` itself when it is a business day, otherwise the first after it."""
    while not is_business_day(day):
        day += _ONE_DAY
    return day


def add_business_days(day: date, count: int) -> date:
    """The ``count``-th business day after ``day``; ``day`` itself is not counted.

    With a ``count`` of zero, ``next_business_day(day)``. It never counts backwards.
    """
    if count < 1:
        return next_business_day(day)
    while count:
        day += _ONE_DAY
        count -= is_business_day(day)
    return day


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    days = {date(year, month, day) for month, day in _FIXED}
    if year >= _BLACK_CONSCIOUSNESS_SINCE:
        days.add(date(year, *_BLACK_CONSCIOUSNESS))
    sunday = easter(year)
    return frozenset(days | {sunday + timedelta(days=offset) for offset in _AROUND_EASTER})
