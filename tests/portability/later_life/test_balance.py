"""What is done about the true balance: the policy's table, and what holds for any loan."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.portability.later_life.balance import Accept, Course, Loan, Lower, Stop, settle
from tramita.portability.ports import Policy
from tramita.portability.price import installment_amount, present_value

POLICY: Final = Policy()
LOAN: Final = Loan(Decimal("8912.77"), Decimal("0.0167"), 80, Decimal("202.73"))
SMALL: Final = Loan(Decimal("700.00"), Decimal("0.0167"), 96, Decimal("14.68"))


class TestSettle:
    @pytest.mark.parametrize(
        ("loan", "balance", "expected"),
        [
            (LOAN, "8912.77", "accept"),
            (LOAN, "8957.33", "accept"),  # 0.5 % more
            (LOAN, "8957.34", "balance_too_high"),
            (LOAN, "8868.21", "accept"),  # 0.5 % less
            (LOAN, "8868.20", "lower"),
            (replace(LOAN, issue_amount=Decimal("100.00")), "101.00", "accept"),  # one real
            (replace(LOAN, issue_amount=Decimal("100.00")), "101.01", "balance_too_high"),
            (SMALL, "400.00", "installment_below_minimum"),
        ],
    )
    def test_decides_by_the_table(self, loan: Loan, balance: str, expected: str) -> None:
        """The tolerance is the greater of one real and half a percent, both ends included."""
        assert expected == _name(settle(loan, Decimal(balance), POLICY))

    @pytest.mark.parametrize(
        ("balance", "expected"),
        [("8868.21", "accept"), ("8868.20", "balance_too_low"), ("8957.34", "balance_too_high")],
    )
    def test_ends_what_a_lender_cannot_lower(self, balance: str, expected: str) -> None:
        """More than is owed must not be lent, and less was not agreed to."""
        course = settle(LOAN, Decimal(balance), POLICY, can_lower=False)

        assert expected == _name(course)

    def test_goes_by_the_lender_s_policy(self) -> None:
        """What one lender takes for the same amount, another does not."""
        strict = Policy(balance_tolerance_fraction=Decimal(0))

        courses = [settle(LOAN, Decimal("8957.33"), one) for one in (POLICY, strict)]

        assert ["accept", "balance_too_high"] == list(map(_name, courses))

    @given(
        balance=st.decimals("500", "80000", places=2),
        rate=st.decimals("0.0001", "0.03", places=4),
        number=st.integers(6, 96),
    )
    def test_lowers_to_what_repays_the_balance(
        self, balance: Decimal, rate: Decimal, number: int
    ) -> None:
        """The client never pays for more than is owed, and at most a cent a month less."""
        signed = balance * 2
        amount = installment_amount(signed, monthly_rate=rate, installments=number)

        course = settle(Loan(signed, rate, number, amount), balance, POLICY)

        if isinstance(course, Lower):
            lowered = course.installment_amount
            assert lowered < amount
            worth = present_value([lowered] * number, monthly_rate=rate)
            assert balance - Decimal("0.01") * number <= worth <= balance + Decimal("0.01")
        else:
            assert "installment_below_minimum" == _name(course)


def _name(course: Course) -> str:
    match course:
        case Accept():
            return "accept"
        case Lower():
            return "lower"
        case Stop(reason):
            return reason.code
