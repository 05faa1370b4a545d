"""Rules 8, 9 and 16: how many instalments, when each is due, and when the loan is paid."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from tramita.portability.ports import Installment
from tramita.portability.price import CENT
from tramita.portability.rules.business_days import is_business_day
from tramita.portability.rules.case import Case, Part
from tramita.portability.rules.verdict import Code, Failure, reject


def has_the_term_asked_for(case: Case) -> Iterator[Failure]:
    """Rule 8: as many instalments as asked, within the origin's rest and the cap."""
    cap = case.policy.caps_on(case.today).installments
    remaining = case.proposal.origin.remaining_installments
    for part in case.parts():
        number, asked = part.offered.number_of_installments, part.asked.number_of_installments
        if number != asked:
            sentence = f"The {part.name} has {number} instalments, {asked} were asked for."
            yield reject(8, Code.INSTALLMENT_COUNT_DIFFERS, sentence)
        # A refinancing is a new loan: only the portability is bound to the old term.
        if not part.is_refinancing and number > remaining:
            sentence = f"{number} instalments are more than the {remaining} still to pay."
            yield reject(8, Code.TERM_ABOVE_ORIGIN, sentence)
        if number > cap:
            sentence = f"The {part.name}'s {number} instalments are above the cap of {cap}."
            yield reject(8, Code.TERM_ABOVE_CAP, sentence)


def has_a_uniform_schedule(case: Case) -> Iterator[Failure]:
    """Rule 9: the social security's register takes equal monthly instalments only."""
    for part in case.parts():
        yield from _numbering(part)
        yield from _due_dates(part)
        yield from _amounts(part)


def is_paid_out_in_time(case: Case) -> Iterator[Failure]:
    """Rule 16: on a business day, from the day of sending to the limit we set."""
    last = case.today + timedelta(days=case.policy.days_to_disburse)
    for part in case.parts():
        day = part.offered.disbursement_date
        if not is_business_day(day):
            sentence = f"The {part.name} would be paid on {day}, not a business day."
            yield reject(16, Code.DISBURSEMENT_NOT_ON_BUSINESS_DAY, sentence)
        if not case.today <= day <= last:
            sentence = f"The {part.name} would be paid on {day}, not by {last}."
            yield reject(16, Code.DISBURSEMENT_OUTSIDE_WINDOW, sentence)


def _numbering(part: Part) -> Iterator[Failure]:
    lines, number = part.offered.installments, part.offered.number_of_installments
    numbers = [line.number for line in lines]
    if len(lines) != number or numbers != list(range(1, len(lines) + 1)):
        sentence = f"The {part.name}'s schedule has {len(lines)} lines, not 1 to {number}."
        yield reject(9, Code.SCHEDULE_INCOMPLETE, sentence)


def _due_dates(part: Part) -> Iterator[Failure]:
    lines, asked = part.offered.installments, part.asked.first_due_date
    if not lines:
        return
    first = lines[0].due_date
    # What is registered after the second business day of a month is first deducted
    # one month later, so the provider may move the first due date by one month.
    if not (first == asked or _follows(first, asked, 1)):
        sentence = f"The {part.name}'s first instalment is due on {first}, not on {asked}."
        yield reject(9, Code.FIRST_DUE_DATE_DIFFERS, sentence)
    if (odd := _first_irregular(lines)) is not None:
        sentence = f"The {part.name}'s instalment {odd.number} is due on {odd.due_date}."
        yield reject(9, Code.DUE_DATES_IRREGULAR, sentence)


def _first_irregular(lines: Sequence[Installment]) -> Installment | None:
    first = lines[0].due_date
    later = enumerate(lines[1:], start=1)
    return next((line for i, line in later if not _follows(line.due_date, first, i)), None)


def _follows(day: date, first: date, months: int) -> bool:
    """Whether ``day`` is ``months`` after ``first``, on the same day or the month's last."""
    distance = (day.year - first.year) * 12 + day.month - first.month
    if distance != months or day.day > first.day:
        return False
    return day.day == first.day or day.day == monthrange(day.year, day.month)[1]


def _amounts(part: Part) -> Iterator[Failure]:
    amounts = [line.amount for line in part.offered.installments]
    if not amounts:
        return
    drift = CENT * len(amounts)
    if len(set(amounts[:-1])) > 1 or abs(amounts[-1] - amounts[0]) > drift:
        sentence = (
            f"The {part.name}'s instalments run from {min(amounts)} to {max(amounts)} BRL; "
            f"only the last may differ, by {drift} at most."
        )
        yield reject(9, Code.INSTALLMENTS_UNEVEN, sentence)
