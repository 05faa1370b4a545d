"""Countries and currencies."""

import pytest

from tramita.kit.money import WITHOUT_HUNDREDTHS
from tramita.transfers.rules.countries import (
    countries,
    currencies,
    decimals_of,
    has_iban,
    is_same_country,
)


class TestCountries:
    def test_are_those_of_today(self) -> None:
        """No groups of them, no parts, none of the past; Kosovo as banks write it."""
        assert {"CN", "RU", "AE", "HK", "XK", "TR"} < countries()
        assert not {"EU", "UN", "ZZ", "SU", "YU", "IC"} & countries()

    @pytest.mark.parametrize(
        ("country", "has"),
        [("DE", True), ("AE", True), ("CN", False), ("HK", False), ("RU", False)],
    )
    def test_have_ibans_or_not(self, country: str, has: bool) -> None:
        """China has none; Russia's stands in a register, and on no account."""
        assert has is has_iban(country)

    def test_stand_for_their_islands(self) -> None:
        """A bank in Jersey has a British IBAN."""
        assert is_same_country("GB", "JE")
        assert is_same_country("CN", "CN")
        assert not is_same_country("CN", "HK")


class TestCurrencies:
    def test_are_those_of_today(self) -> None:
        """What nobody pays with is none."""
        assert {"CNY", "USD", "EUR", "RUB", "AED"} < currencies()
        assert not {"DEM", "XTS", "XAU", "HRK"} & currencies()

    def test_count_as_iso_says(self) -> None:
        """Yen have no parts, dinars have a thousand; what is small in shops is still paid in hundredths."""
        by_decimals = {0: "JPY KRW VND XOF", 2: "CNY USD HUF IDR COP MGA", 3: "KWD BHD TND IQD"}

        for decimals, codes in by_decimals.items():
            assert {decimals} == set(map(decimals_of, codes.split()))
        odd = {code for code in currencies() if decimals_of(code) != 2}
        assert odd == (WITHOUT_HUNDREDTHS & currencies()) - {"MRU", "MGA"}
