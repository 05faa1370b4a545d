"""What is due when."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.money import Money
from tramita.payments.rules.schedule import (
    CourseWithoutDates,
    Policy,
    Terms,
    make_schedule,
    withdrawal_limit,
)
from tramita.payments.rules.working_days import is_country, is_working_day

# The limits under which the golden vectors were taken.
GOLDEN = Policy(limits={150: (100,), 200: (30, 70), 500: (30, 35, 35), 1000: (30, 25, 25, 20)})


def terms(total: str, *days: str, at_once: bool = False) -> Terms:
    signed, starts, ends = (date.fromisoformat(f"2024-{day}") for day in days)
    return Terms(Money(Decimal(total), "EUR"), signed, starts, ends, at_once)


def written(given: Terms, policy: Policy = GOLDEN) -> str:
    schedule = make_schedule(given, policy)
    return " · ".join(f"{one.due_date:%m-%d} {one.amount.amount}" for one in schedule)


class TestTheSchedule:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (terms("100", "01-17", "03-01", "05-01"), "02-02 100.00"),
            (terms("150.01", "01-17", "03-01", "05-01"), "02-02 45.00 · 03-01 105.01"),
            (terms("200", "01-01", "03-01", "05-01"), "01-17 60.00 · 03-01 140.00"),
            (
                terms("999.99", "01-17", "03-01", "12-01"),
                "02-02 300.00 · 03-01 250.00 · 04-01 250.00 · 05-01 199.99",
            ),
            (
                terms("1000", "01-17", "03-01", "04-15"),
                "02-02 300.00 · 03-01 250.00 · 04-01 250.00 · 04-15 200.00",
            ),
            (terms("300", "04-15", "04-20", "09-01"), "04-15 90.00 · 04-20 105.00 · 05-20 105.00"),
            (terms("300", "01-17", "01-10", "09-01"), "01-17 90.00 · 02-17 105.00 · 03-17 105.00"),
        ],
    )
    def test_is_that_of_the_golden_vectors(self, given: Terms, expected: str) -> None:
        """As the platform that the rules come from has executed them."""
        assert expected == written(given)

    def test_begins_on_a_working_day(self) -> None:
        """1 May 2024 is a holiday in France, and none in the United Kingdom."""
        in_may = terms("100", "04-15", "06-20", "09-01")

        assert "05-02 100.00" == written(in_may)
        assert "05-01 100.00" == written(in_may, Policy(GOLDEN.limits, country="GB"))

    def test_counts_months_from_the_second_date(self) -> None:
        """A short month takes nothing from the ones after it."""
        at_the_end = terms("1000", "01-02", "01-31", "12-01")

        assert "01-18 300.00 · 01-31 250.00 · 02-29 250.00 · 03-31 200.00" == written(at_the_end)

    def test_never_has_two_instalments_on_a_day(self) -> None:
        """They would be two debits for one."""
        assert "03-01 60.00 · 04-01 140.00" == written(terms("200", "03-01", "03-01", "05-01"))
        assert "01-17 60.00 · 01-20 140.00" == written(terms("200", "01-17", "01-10", "01-20"))

    def test_of_a_course_that_is_over_is_one_instalment(self) -> None:
        """There is no later day to wait for."""
        assert "05-02 300.00" == written(terms("300", "05-02", "01-10", "05-01"))

    def test_of_a_certificate_is_one_instalment_today(self) -> None:
        """It has no course to wait for."""
        assert "01-17 300.00" == written(terms("300", "01-17", "03-01", "05-01", at_once=True))

    def test_of_nothing_is_empty(self) -> None:
        """What is free needs no dates either."""
        assert "" == written(Terms(Money(Decimal(0), "EUR"), date(2024, 1, 17)))

    def test_is_refused_without_dates(self) -> None:
        """With a sentence that says which is missing."""
        course = Terms(Money(Decimal(300), "EUR"), date(2024, 1, 17), date(2024, 3, 1))

        with pytest.raises(CourseWithoutDates) as refused:
            make_schedule(course, GOLDEN)

        expected = "Instalments follow the dates of the course, and it has no last day."
        assert expected == str(refused.value)

    @given(
        cents=st.integers(1, 10**7),
        signed_on=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
        until_start=st.integers(-400, 400),
        length=st.integers(0, 400),
    )
    def test_keeps_its_promises_whatever_the_dates(
        self, cents: int, signed_on: date, until_start: int, length: int
    ) -> None:
        """Sum exact, dates ordered and clamped, first after the time to withdraw or at once."""
        starts_on = signed_on + timedelta(days=until_start)
        ends_on = starts_on + timedelta(days=length)
        total, policy = Money.of_cents(cents, "EUR"), Policy()

        schedule = make_schedule(Terms(total, signed_on, starts_on, ends_on), policy)

        days = [one.due_date for one in schedule]
        assert cents == sum(one.amount.cents for one in schedule)
        assert all(one.amount for one in schedule)
        assert days == sorted(set(days))
        assert 1 <= len(schedule) <= len(policy.percentages(total))
        assert all(day <= max(ends_on, days[0]) for day in days)
        limit = withdrawal_limit(signed_on, policy)
        if starts_on > limit and cents > 3:
            assert limit == days[0]
        elif cents > 3:
            assert signed_on == days[0]


class TestWorkingDays:
    def test_are_those_of_the_country(self) -> None:
        """14 July, a Monday, is one everywhere but in France."""
        assert not is_working_day(date(2025, 7, 14), "FR")
        assert is_working_day(date(2025, 7, 14), "BR")

    def test_are_known_of_countries_only(self) -> None:
        """By their two capitals."""
        assert [True, True, False, False] == [is_country(one) for one in ("FR", "BR", "XX", "fr")]
