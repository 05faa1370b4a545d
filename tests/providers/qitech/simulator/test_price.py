from datetime import date

import holidays
import pytest

from tramita.providers.qitech.simulator.business_days import (
    business_day_from,
    business_days_between,
    is_business_day,
)
from tramita.providers.qitech.simulator.price import (
    amortize,
    annuity_factor,
    due_days,
    uniform_installment,
)


class TestUniformInstallment:
    @pytest.mark.parametrize(("rate", "installment"), [(0.0185, 12024), (0.0221, 13378)])
    def test_equals_the_published_figures(self, rate: float, installment: int) -> None:
        """5,000 over 80 months is 120.24 at 1.85 % and 133.78 at 2.21 %."""
        assert installment == uniform_installment(500_000, rate, 80)

    def test_divides_evenly_without_interest(self) -> None:
        """At no interest the instalment is a share."""
        assert 10_000 == uniform_installment(120_000, 0.0, 12)


class TestAmortize:
    @pytest.mark.parametrize("principal", [100_000, 891_277, 1_234_567])
    @pytest.mark.parametrize("rate", [0.0115, 0.0167, 0.0185])
    @pytest.mark.parametrize("count", [1, 2, 80, 96])
    def test_repays_the_principal(self, principal: int, rate: float, count: int) -> None:
        """Principal parts add up; instalments are equal but for a cent each in the last."""
        installment = uniform_installment(principal, rate, count)

        lines = amortize(principal, rate=rate, count=count, installment=installment)

        assert principal == sum(line.principal for line in lines)
        assert all(line.total == line.principal + line.interest for line in lines)
        assert {installment} >= {line.total for line in lines[:-1]}
        assert abs(lines[-1].total - installment) <= count

    def test_is_worth_what_was_lent(self) -> None:
        """The present value of the instalments is the principal within 0.5 %."""
        installment = uniform_installment(891_277, 0.0167, 80)

        assert abs(installment * annuity_factor(0.0167, 80) - 891_277) < 0.005 * 891_277


class TestDueDays:
    def test_are_strictly_monthly(self) -> None:
        """Every month has one, on the wanted day or the last day of a short month."""
        days = due_days(date(2026, 11, 23), date(2027, 1, 31), 3)

        assert ["2027-01-31", "2027-02-28", "2027-03-31"] == [day.due_date for day in days]
        assert ["2027-02-01", "2027-03-01", "2027-03-31"] == [day.business_due_date for day in days]
        assert [69, 28, 31] == [day.calendar_days for day in days]


class TestIsBusinessDay:
    def test_agrees_with_the_public_calendar(self) -> None:
        """Weekdays are business days but for national holidays, Carnival and Corpus Christi."""
        public = holidays.country_holidays("BR", years=range(2024, 2031))
        bank_only = {
            date(2026, 2, 16),
            date(2026, 2, 17),
            date(2026, 6, 4),
        }
        year = (date.fromordinal(number) for number in range(739_617, 739_617 + 365))

        for day in year:
            is_open = day.weekday() < 5 and day not in public and day not in bank_only
            assert is_open == is_business_day(day), day

    def test_counts_across_a_holiday(self) -> None:
        """From 18 November 2026 the fifth business day is the 26th; the 20th is a holiday."""
        assert 5 == business_days_between(date(2026, 11, 18), date(2026, 11, 26))
        assert date(2026, 11, 23) == business_day_from(date(2026, 11, 20))
