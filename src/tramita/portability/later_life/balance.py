"""What to do when the origin bank tells the true balance: accept, lower, or stop.

Pure. Rule 11 once more, now against what is really owed: by law no more may be lent than
that. The table stands in ``docs/journeys/portability-later-life.md``.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final, TypeAlias

from tramita.portability.later_life.course import Standing
from tramita.portability.lifecycle import PortabilityStatus
from tramita.portability.ports import Policy, Stage
from tramita.portability.price import CENT
from tramita.portability.reasons import Reason

BALANCE_TOO_HIGH: Final = "balance_too_high"
BALANCE_TOO_LOW: Final = "balance_too_low"
INSTALLMENT_BELOW_MINIMUM: Final = "installment_below_minimum"


@dataclass(frozen=True, slots=True)
class Loan:
    """The loan as it was offered and signed; the rate is a monthly fraction, amounts BRL."""

    issue_amount: Decimal
    monthly_interest_rate: Decimal
    number_of_installments: int
    installment_amount: Decimal


@dataclass(frozen=True, slots=True)
class Accept:
    """The balance is what was agreed to, within the tolerance."""


@dataclass(frozen=True, slots=True)
class Lower:
    """Less is owed than was agreed to: the instalment falls with it, then accept."""

    installment_amount: Decimal


@dataclass(frozen=True, slots=True)
class Stop:
    """The client agreed to something else."""

    reason: Reason


Course: TypeAlias = Accept | Lower | Stop


def settle(loan: Loan, balance: Decimal, policy: Policy, *, can_lower: bool = True) -> Course:
    """What to do about the true ``balance`` (BRL), by the lender's policy.

    ``can_lower``: its instalment follows a balance that is lower than what was agreed to.
    """
    difference = balance - loan.issue_amount
    allowed = max(policy.balance_tolerance, loan.issue_amount * policy.balance_tolerance_fraction)
    if abs(difference) <= allowed:
        return Accept()
    agreed = f"{balance} BRL are owed, {loan.issue_amount} (± {allowed:.2f}) were agreed to"
    if difference > 0:
        return Stop(Reason(BALANCE_TOO_HIGH, f"{agreed}."))
    if not can_lower:
        return Stop(Reason(BALANCE_TOO_LOW, f"{agreed}, and the lender lowers no instalment."))
    lowered = lowered_installment(loan, balance)
    if lowered < policy.smallest_installment:
        sentence = f"The instalment would fall to {lowered} BRL, below the minimum of "
        return Stop(Reason(INSTALLMENT_BELOW_MINIMUM, f"{sentence}{policy.smallest_installment}."))
    return Lower(lowered)


def next_course(
    standing: Standing, loan: Loan | None, policy: Policy, *, can_lower: bool = True
) -> Course | None:
    """What the true balance asks for now; ``None`` where it is not known, or settled."""
    is_open = (
        standing.stage is Stage.BALANCE_RETURNED
        and standing.status is PortabilityStatus.SALDO_RETORNADO
    )
    if not is_open or standing.final_balance is None or loan is None:
        return None
    return settle(loan, standing.final_balance, policy, can_lower=can_lower)


def lowered_installment(loan: Loan, balance: Decimal) -> Decimal:
    """The instalment that repays ``balance`` at the agreed rate and number, never a cent more."""
    rate, number = loan.monthly_interest_rate, loan.number_of_installments
    exact = balance * rate / (1 - (1 + rate) ** -number)  # Rule 7: the rate is positive.
    return min(exact.quantize(CENT, ROUND_DOWN), loan.installment_amount)
