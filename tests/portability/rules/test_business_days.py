"""Business days in Brazil."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.portability.rules.business_days import (
    add_business_days,
    is_business_day,
    next_business_day,
)

DAYS = st.dates(date(2001, 1, 1), date(2090, 12, 31))


class TestIsBusinessDay:
    @pytest.mark.parametrize(
        "day",
        [
            "2026-11-20",
            "2026-02-16",
            "2026-02-17",
            "2026-04-03",
            "2026-06-04",
            "2026-12-25",
            "2026-11-21",
            "2026-11-22",
        ],
    )
    def test_is_false_on_a_holiday_or_weekend(self, day: str) -> None:
        """Carnival, Good Friday, Corpus Christi and Black Consciousness Day count."""
        assert not is_business_day(date.fromisoformat(day))

    @pytest.mark.parametrize("day", ["2023-11-20", "2026-02-18", "2026-12-31", "2026-10-28"])
    def test_is_true_on_any_other_weekday(self, day: str) -> None:
        """Ash Wednesday, 31 December, the civil servant's day, and 20 November before 2024."""
        assert is_business_day(date.fromisoformat(day))

    def test_agrees_with_the_published_holidays(self) -> None:
        """The public list, plus Carnival and Corpus Christi, is the bankers' list."""
        calendar = holidays.country_holidays("BR", years=range(2022, 2041), language="pt_BR")
        around_easter = {
            good_friday + timedelta(days=offset)
            for good_friday in calendar.get_named("Sexta-feira Santa")
            for offset in (-46, -45, 62)
        }
        published = calendar.keys() | around_easter
        first, last = date(2022, 1, 1), date(2040, 12, 31)
        weekdays = [
            day
            for day in (first + timedelta(days=i) for i in range((last - first).days + 1))
            if day.weekday() < 5
        ]

        differing = [day for day in weekdays if is_business_day(day) is (day in published)]

        assert [] == differing


class TestAddBusinessDays:
    def test_skips_the_twentieth_of_november(self) -> None:
        """The golden case: a library of 2023 says 25 November here."""
        assert date(2026, 11, 26) == add_business_days(date(2026, 11, 18), 5)

    @given(day=DAYS, count=st.integers(1, 30))
    def test_counts_exactly_that_many(self, day: date, count: int) -> None:
        """It ends on a business day, with ``count`` of them after the start."""
        end = add_business_days(day, count)

        passed = [day + timedelta(days=i) for i in range(1, (end - day).days + 1)]
        assert is_business_day(end)
        assert count == sum(map(is_business_day, passed))

    @given(day=DAYS)
    def test_of_none_is_the_next_business_day(self, day: date) -> None:
        """Zero days from a Sunday is Monday, from a Monday the same Monday."""
        assert next_business_day(day) == add_business_days(day, 0)


class TestNextBusinessDay:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [("2026-11-20", "2026-11-23"), ("2026-11-23", "2026-11-23"), ("2027-01-01", "2027-01-04")],
    )
    def test_is_the_day_itself_or_the_first_after(self, day: str, expected: str) -> None:
        """A holiday on Friday moves to Monday."""
        assert date.fromisoformat(expected) == next_business_day(date.fromisoformat(day))
