"""What is due when: a total in instalments, by the dates of a course.

The first instalment is due when the time to withdraw is over (so many days after the signature,
on a working day), unless the course begins by then: it is due with the signature, because
whoever gets the course at once pays at once. The second is due when the course begins, or a month
after the first where that is later; the others a month after one another, counted from the second
(of 31 January comes 29 February, then 31 March). What would be due after the course's end is due
at its end, and is the last. The last instalment is what is left of the total.

Two instalments are never due on one day, and none is of nothing: they would be two debits for
one. A course that is over when it is bought is paid at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from dateutil.relativedelta import relativedelta

from tramita.kit.errors import ConflictError
from tramita.kit.money import Money
from tramita.payments.rules.working_days import next_working_day

LIMITS: Final[Mapping[int, Sequence[int]]] = {
    200: (30, 70),
    500: (30, 35, 35),
    1000: (30, 25, 25, 20),
}


class CourseWithoutDates(ConflictError):
    """Instalments follow the dates of the course, and it has no {missing}."""


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment as a schedule has it."""

    due_date: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Terms:
    """What is sold, and the dates by which it is paid; ``at_once``: in one instalment, today."""

    total: Money
    signed_on: date
    starts_on: date | None = None
    ends_on: date | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """``limits`` are percentages by the largest total that they are for, the last for all above."""

    limits: Mapping[int, Sequence[int]] = field(default_factory=lambda: LIMITS)
    withdrawal_days: int = 16
    country: str = "FR"

    def percentages(self, total: Money) -> Sequence[int]:
        """In how many parts, and how large ones, a total is paid."""
        fitting = (limit for limit in sorted(self.limits) if total.amount <= Decimal(limit))
        return self.limits[next(fitting, max(self.limits))]


def make_schedule(terms: Terms, policy: Policy) -> list[Due]:
    """The instalments in order; none of a total of nothing. Raises ``CourseWithoutDates``."""
    if not terms.total:
        return []
    if terms.at_once:
        return [Due(terms.signed_on, terms.total)]
    if terms.starts_on is None or terms.ends_on is None:
        raise CourseWithoutDates(missing="first day" if terms.starts_on is None else "last day")
    percentages = policy.percentages(terms.total)
    days = _days(terms.signed_on, terms.starts_on, terms.ends_on, len(percentages), policy)
    # The dates that there are take the first percentages, and the last of them what is left.
    parts = terms.total.split(percentages[: len(days)])
    return [Due(day, part) for day, part in zip(days, parts, strict=True) if part]


def withdrawal_limit(signed_on: date, policy: Policy) -> date:
    """The first working day on which nobody can withdraw any more."""
    return next_working_day(signed_on + timedelta(days=policy.withdrawal_days), policy.country)


def _days(
    signed_on: date, starts_on: date, ends_on: date, count: int, policy: Policy
) -> list[date]:
    limit = withdrawal_limit(signed_on, policy)
    first = limit if limit < starts_on else signed_on
    second = starts_on if first < starts_on else first + relativedelta(months=1)
    days = [first]
    for number in range(count - 1):
        day = second + relativedelta(months=number)
        if day > ends_on:
            return [*days, ends_on] if ends_on > days[-1] else days
        days.append(day)
    return days
