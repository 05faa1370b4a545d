"""VAT in a price: what is left without it, and both together."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.money import Money
from tramita.payments.rules.vat import split_vat


class TestSplitVAT:
    @pytest.mark.parametrize(
        ("total", "rate", "net", "vat"),
        [
            ("300.00", "20", "250.00", "50.00"),
            ("-90.00", "20", "-75.00", "-15.00"),
            ("100.00", "5.5", "94.79", "5.21"),
            ("0.01", "20", "0.01", "0.00"),
            ("100.00", "0", "100.00", "0.00"),
        ],
    )
    def test_takes_it_out_of_the_price(self, total: str, rate: str, net: str, vat: str) -> None:
        """Not off it: of 300 at 20 % there are 50, and not 60."""
        said = split_vat(Money(Decimal(total), "EUR"), Decimal(rate))

        assert (net, vat) == tuple(str(one.amount) for one in said)

    @given(st.integers(-(10**9), 10**9), st.decimals(0, 100, places=2))
    def test_loses_no_cent(self, cents: int, rate: Decimal) -> None:
        """Both together are the total, and neither is on the other side of nothing."""
        total = Money.of_cents(cents, "EUR")

        net, vat = split_vat(total, rate)

        assert total == net + vat
        assert net.cents * cents >= 0
        assert vat.cents * cents >= 0
