"""Rules 10 to 14: instalment, amount, change and fees."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from tramita.portability.ports import CreditOperation
from tramita.portability.price import present_value
from tramita.portability.rules.case import Case, Part
from tramita.portability.rules.verdict import Code, Failure, doubt, reject

_DAYS_OF_A_MONTH: Final = 30
# Dates further apart are nonsense, which rules 9 and 16 name.
_LONGEST_FIRST_PERIOD: Final = 180


def has_no_higher_installment(case: Case) -> Iterator[Failure]:
    """Rule 10: a portability must not raise the instalment; none is below the minimum."""
    smallest, origin = case.policy.smallest_installment, case.proposal.origin.installment_amount
    for part in case.parts():
        amounts = [line.amount for line in part.offered.installments] or [Decimal(0)]
        if not part.is_refinancing and max(amounts) > origin:
            sentence = f"The instalment of {max(amounts)} BRL is above the {origin} paid today."
            yield reject(10, Code.INSTALLMENT_ABOVE_ORIGIN, sentence)
        if min(amounts) < smallest:
            sentence = f"The {part.name}'s instalment of {min(amounts)} BRL is below {smallest}."
            yield reject(10, Code.INSTALLMENT_BELOW_MINIMUM, sentence)


def lends_what_is_owed(case: Case) -> Iterator[Failure]:
    """Rule 11: the amount is the last known balance, before the true one is known."""
    balance, policy = case.proposal.origin.last_due_balance, case.policy
    amount = case.answer.portability.terms.issue_amount
    allowed = max(policy.balance_tolerance, balance * policy.balance_tolerance_fraction)
    if abs(amount - balance) > allowed:
        sentence = f"{amount} BRL would be lent for a balance of {balance} (± {allowed:.2f})."
        yield reject(11, Code.AMOUNT_DIFFERS_FROM_BALANCE, sentence)


def repays_what_is_lent(case: Case) -> Iterator[Failure]:
    """Rule 12: the schedule is worth the amount at the stated rate; catches unit slips."""
    for part in case.parts():
        # Without a positive rate nothing can be discounted; rule 7 has said so.
        if part.offered.monthly_interest_rate <= 0:
            continue
        lowest, highest = _worth(part)
        amount = part.offered.issue_amount
        fraction = case.policy.present_value_tolerance_fraction
        if not lowest * (1 - fraction) <= amount <= highest * (1 + fraction):
            sentence = (
                f"The {part.name}'s schedule is worth {lowest} to {highest} BRL "
                f"at its own rate, but {amount} would be lent."
            )
            yield doubt(12, Code.SCHEDULE_DOES_NOT_REPAY_AMOUNT, sentence)


def has_no_change_or_fees(case: Case) -> Iterator[Failure]:
    """Rule 13: inside a portability only the rate changes, and it is free."""
    if case.proposal.refinancing is not None:
        return
    portability = case.answer.portability
    if case.answer.refinancing is not None:
        yield reject(13, Code.REFINANCING_NOT_ASKED, "A refinancing was answered, none asked for.")
    if portability.final_disbursement_amount != 0:
        sentence = f"{portability.final_disbursement_amount} BRL would be paid to the client."
        yield reject(13, Code.CHANGE_IN_PURE_PORTABILITY, sentence)
    if portability.terms.fees != 0:
        sentence = f"The client would be charged {portability.terms.fees} BRL of fees."
        yield reject(13, Code.FEES_CHARGED, sentence)


def has_enough_change(case: Case) -> Iterator[Failure]:
    """Rule 14: a refinancing pays out at least 5 % of what it adds to the instalments."""
    refinancing = case.answer.refinancing
    if case.proposal.refinancing is None or refinancing is None:
        return
    added = _total(refinancing) - _total(case.answer.portability)
    needed = max(case.policy.smallest_change, added * case.policy.smallest_change_fraction)
    change = refinancing.final_disbursement_amount
    if change < needed:
        sentence = f"The change of {change} BRL is below the minimum of {needed:.2f}."
        yield reject(14, Code.CHANGE_TOO_SMALL, sentence)


def _worth(part: Part) -> tuple[Decimal, Decimal]:
    """The schedule's present value, lowest and highest, by the two usual conventions.

    The plain Price table takes the first period for one month; interest by days takes
    its real length. Which of them a provider uses is not published.
    """
    offered = part.offered
    lines, rate = offered.installments, offered.monthly_interest_rate
    amounts = [line.amount for line in lines]
    if not lines:
        return Decimal(0), Decimal(0)
    plain = present_value(amounts, monthly_rate=rate)
    days = (lines[0].due_date - offered.disbursement_date).days
    if not 0 < days <= _LONGEST_FIRST_PERIOD:
        return plain, plain
    months = Decimal(days) / _DAYS_OF_A_MONTH
    by_days = present_value(amounts, monthly_rate=rate, months_to_first=months)
    return min(plain, by_days), max(plain, by_days)


def _total(operation: CreditOperation) -> Decimal:
    return sum((line.amount for line in operation.terms.installments), Decimal(0))
