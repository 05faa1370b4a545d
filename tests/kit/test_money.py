"""Amounts of money are exact, and outside they are texts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.money import CurrenciesDiffer, Money, NotAnAmount


def euros(text: str) -> Money:
    return Money(Decimal(text), "EUR")


class TestAmounts:
    def test_are_written_with_two_decimals(self) -> None:
        """However they came about."""
        assert ["30.00", "30.50", "0.00"] == [
            str(euros(one).amount) for one in ("30", "30.5", "0.0000")
        ]

    def test_are_cents_to_those_who_count_so(self) -> None:
        """There and back."""
        assert 10501 == euros("105.01").cents
        assert euros("105.01") == Money.of_cents(10501, "EUR")

    @pytest.mark.parametrize(
        "text", ["30", "30.5", "30.555", "-1.00", "€30.00", "1e3", "30,00", 30, None]
    )
    def test_of_no_known_form_are_refused(self, text: object) -> None:
        """An amount from outside has one form."""
        with pytest.raises(NotAnAmount):
            Money.parse(text, "EUR")

    @pytest.mark.parametrize(
        ("amount", "currency"), [("0.001", "EUR"), ("1e15", "EUR"), ("NaN", "EUR"), ("1", "eur")]
    )
    def test_that_are_none_cannot_be_made(self, amount: str, currency: str) -> None:
        """Nor in a currency that is none."""
        with pytest.raises(NotAnAmount):
            Money(Decimal(amount), currency)

    def test_of_dinars_have_thousandths(self) -> None:
        """Written with all three of them, and not counted in hundredths."""
        dinars = Money.parse("12.125", "KWD")
        halves = [str(one.amount) for one in Money(Decimal("0.125"), "KWD").split([50, 50])]

        assert "12.500" == str(Money(Decimal("12.5"), "KWD").amount)
        assert ["0.063", "0.062"] == halves
        for wrong in (lambda: dinars.cents, lambda: Money.parse("12.50", "KWD")):
            with pytest.raises(NotAnAmount):
                wrong()

    def test_of_two_currencies_are_kept_apart(self) -> None:
        """They are neither added nor compared."""
        for mix in (Money.__add__, Money.__sub__, Money.__lt__):
            with pytest.raises(CurrenciesDiffer):
                mix(euros("1"), Money(Decimal(1), "BRL"))


class TestParts:
    @given(
        cents=st.integers(0, 10**9),
        percentages=st.lists(st.integers(0, 100), min_size=1, max_size=6),
    )
    def test_are_together_the_whole(self, cents: int, percentages: list[int]) -> None:
        """Whatever the percentages, nothing is lost and nothing is below nothing."""
        whole = Money.of_cents(cents, "EUR")

        parts = whole.split(percentages)

        assert cents == sum(part.cents for part in parts)
        assert len(percentages) == len(parts)
        assert all(part.cents >= 0 for part in parts)
