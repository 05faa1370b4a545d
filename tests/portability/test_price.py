"""The Price table's arithmetic."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.portability.price import annual_rate, installment_amount, present_value

PRINCIPALS = st.decimals("100", "500000", places=2)
RATES = st.decimals("0.0001", "0.2", places=4)
NUMBERS = st.integers(1, 96)


class TestInstallmentAmount:
    @pytest.mark.parametrize(
        ("rate", "expected"), [("0.0185", "120.24"), ("0.0221", "133.78"), ("0", "62.50")]
    )
    def test_of_5000_in_80_instalments_is_known(self, rate: str, expected: str) -> None:
        """These figures were calculated apart from this code."""
        amount = installment_amount(Decimal(5000), monthly_rate=Decimal(rate), installments=80)

        assert Decimal(expected) == amount

    @given(principal=PRINCIPALS, rate=RATES, number=NUMBERS)
    def test_pays_back_more_than_the_loan(
        self, principal: Decimal, rate: Decimal, number: int
    ) -> None:
        """With interest, the instalments together exceed what was lent, but for a cent each."""
        amount = installment_amount(principal, monthly_rate=rate, installments=number)

        assert amount * number >= principal - Decimal("0.005") * number

    @given(principal=PRINCIPALS, rate=RATES, number=st.integers(1, 95))
    def test_falls_when_the_loan_gets_longer(
        self, principal: Decimal, rate: Decimal, number: int
    ) -> None:
        """A longer loan never has a higher instalment."""
        shorter = installment_amount(principal, monthly_rate=rate, installments=number)
        longer = installment_amount(principal, monthly_rate=rate, installments=number + 1)

        assert longer <= shorter


class TestPresentValue:
    @given(principal=PRINCIPALS, rate=RATES, number=NUMBERS)
    def test_undoes_the_instalment(self, principal: Decimal, rate: Decimal, number: int) -> None:
        """Discounting the instalments gives the loan back, but for their rounding."""
        amount = installment_amount(principal, monthly_rate=rate, installments=number)

        value = present_value([amount] * number, monthly_rate=rate)

        assert abs(value - principal) <= Decimal("0.005") * number + Decimal("0.01")

    def test_discounts_a_longer_first_period_for_longer(self) -> None:
        """Money that arrives two months later is worth two months less."""
        rate = Decimal("0.02")

        value = present_value([Decimal(100)], monthly_rate=rate, months_to_first=Decimal(2))

        assert Decimal("96.12") == value

    def test_of_nothing_is_nothing(self) -> None:
        """An empty schedule is worth zero."""
        assert Decimal(0) == present_value([], monthly_rate=Decimal("0.02"))


class TestAnnualRate:
    def test_compounds_twelve_months(self) -> None:
        """1.85 % a month are 24.6 % a year, not 22.2 %."""
        assert Decimal("0.2460") == annual_rate(Decimal("0.0185")).quantize(Decimal("0.0001"))
