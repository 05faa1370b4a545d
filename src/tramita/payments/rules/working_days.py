"""Working days of a country: Monday to Friday, without its public holidays."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

_ONE_DAY = timedelta(days=1)


def is_country(code: str) -> bool:
    """Whether the holidays of a country are known, by its two capitals."""
    return code in holidays.list_supported_countries(include_aliases=False)


def is_working_day(day: date, country: str) -> bool:
    """Whether people work there on this day."""
    return day.weekday() < 5 and day not in _calendar(country)


def next_working_day(day: date, country: str) -> date:
    """``day`` itself when it is one, else the first after it."""
    while not is_working_day(day, country):
        day += _ONE_DAY
    return day


@lru_cache(maxsize=8)
def _calendar(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
