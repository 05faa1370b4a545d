"""Price arithmetic: uniform instalments, amounts in whole cents."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tramita.providers.qitech.simulator.business_days import (
    business_day_from,
    business_days_between,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One instalment; ``balance`` is the principal owed before it. All in cents."""

    balance: int
    principal: int
    interest: int
    total: int


@dataclass(frozen=True, slots=True)
class DueDay:
    """When an instalment is due; days are counted from the one before it."""

    due_date: str
    business_due_date: str
    calendar_days: int
    workdays: int


def annuity_factor(rate: float, count: int) -> float:
    """What ``count`` monthly payments of one are worth a month before the first."""
    if rate == 0:
        return float(count)
    return float((1 - (1 + rate) ** -count) / rate)


def uniform_installment(principal: int, rate: float, count: int) -> int:
    """The instalment, in cents, that repays ``principal`` cents at a monthly fraction."""
    return round(principal / annuity_factor(rate, count))


@lru_cache(maxsize=512)
def amortize(principal: int, *, rate: float, count: int, installment: int) -> tuple[Line, ...]:
    """The whole schedule, cached. The last instalment carries the rounding, up to a cent for each.

    Whatever rounding is left beyond that goes into the last line's interest, since
    the payroll system wants instalments as good as uniform.
    """
    lines: list[Line] = []
    balance = principal
    for _ in range(count - 1):
        interest = round(balance * rate)
        repaid = installment - interest
        lines.append(Line(balance, repaid, interest, installment))
        balance -= repaid
    residue = balance + round(balance * rate) - installment
    total = installment + max(-count, min(count, residue))
    lines.append(Line(balance, balance, total - balance, total))
    return tuple(lines)


@lru_cache(maxsize=512)
def due_days(disbursed_on: date, first_due_date: date, count: int) -> tuple[DueDay, ...]:
    """The due dates, strictly monthly. Cached: most contracts of a day share them."""
    days: list[DueDay] = []
    previous = disbursed_on
    for number in range(count):
        due = months_later(first_due_date, number)
        days.append(
            DueDay(
                due.isoformat(),
                business_day_from(due).isoformat(),
                (due - previous).days,
                business_days_between(previous, due),
            )
        )
        previous = due
    return tuple(days)


def months_later(day: date, months: int) -> date:
    """The same day ``months`` later or, below zero, earlier; the last of too short a month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
