from tramita.providers.gsim.simulator.digits import is_iccid
from tramita.providers.gsim.simulator.sims import stock_of


class TestStockOf:
    def test_is_the_same_for_a_seed(self) -> None:
        """A thousand SIM cards, most of nineteen digits, some of twenty, all by Luhn."""
        stock = stock_of(7)

        assert (list(stock), 1000) == (list(stock_of(7)), len(stock))
        assert {19: 750, 20: 250} == {
            length: sum(len(iccid) == length for iccid in stock) for length in (19, 20)
        }
        assert all(iccid.startswith("8955") and is_iccid(iccid) for iccid in stock)
        assert not set(stock) & set(stock_of(8))
