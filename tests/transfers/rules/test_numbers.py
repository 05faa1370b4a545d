"""Numbers that prove themselves: real ones, and what must not pass for one."""

from collections.abc import Callable

import pytest

from tramita.transfers.rules import numbers

SBER, VTB = "044525225", "044525187"
RIGHT: list[tuple[Callable[[str], bool], str]] = [
    (numbers.is_inn, "7707083893"),
    (numbers.is_inn, "500100732259"),
    (numbers.is_kpp, "773601001"),
    (numbers.is_kpp, "7736AZ001"),
    (numbers.is_ogrn, "1027700132195"),
    (numbers.is_ogrn, "304500116000157"),
    (numbers.is_ogrn, "304500116000202"),  # its remainder is 12
    (numbers.is_bik, SBER),
    (numbers.is_account, "40702810900000005555"),
    (numbers.is_uscc, "91110000600037341L"),
    (numbers.is_uscc, "N1110000MF0000001H"),
    (numbers.is_lei, "213800KUD8LAJWSQ9D15"),
    (numbers.is_iban, "DE89370400440532013000"),
    (numbers.is_iban, "AE070331234567890123456"),
    # No register has these two, and both are banks.
    (numbers.is_bic, "SABRRUMM"),
    (numbers.is_bic, "BKCHCNBJ"),
    (numbers.is_bic, "DEUTDEFF500"),
    (numbers.is_foreign_account, "6222021234567890123"),
]
WRONG: list[tuple[Callable[[str], bool], str]] = [
    (numbers.is_inn, "7707083890"),
    (numbers.is_inn, "0000000000"),
    (numbers.is_inn, "77070838933"),
    (numbers.is_inn, "770708389Z"),
    (numbers.is_kpp, "77360100"),
    (numbers.is_kpp, "77360100A"),
    (numbers.is_ogrn, "1027700132196"),
    (numbers.is_ogrn, "304500116000158"),
    (numbers.is_ogrn, "104500116000157"),
    (numbers.is_ogrn, "٣٠٤٥٠٠١١٦٠٠٠١٥٧"),
    (numbers.is_bik, "144525225"),
    (numbers.is_bik, "04452522"),
    (numbers.is_account, "4070281090000000555"),
    (numbers.is_uscc, "91110000600037341M"),
    (numbers.is_uscc, "9111000060003734IL"),
    (numbers.is_lei, "213800KUD8LAJWSQ9D16"),
    (numbers.is_lei, "98"),  # a valid sum, and much too short
    (numbers.is_iban, "DE88370400440532013000"),
    (numbers.is_iban, "CN89370400440532013000"),
    (numbers.is_bic, "DEUTDEF"),
    (numbers.is_bic, "DEUTZZFF"),
    (numbers.is_bic, "DEUTDEFF50"),
    (numbers.is_foreign_account, "6222-021"),
    (numbers.is_foreign_account, "6" * 35),
]


class TestNumber:
    @pytest.mark.parametrize(("is_one", "number"), RIGHT)
    def test_is_one(self, is_one: Callable[[str], bool], number: str) -> None:
        """What is in use is taken."""
        assert is_one(number)

    @pytest.mark.parametrize(("is_one", "number"), WRONG)
    def test_is_none(self, is_one: Callable[[str], bool], number: str) -> None:
        """A slip of the finger is found."""
        assert not is_one(number)

    @pytest.mark.parametrize(
        "is_one",
        [
            numbers.is_inn, numbers.is_kpp, numbers.is_ogrn, numbers.is_bik, numbers.is_account,
            numbers.is_uscc, numbers.is_lei, numbers.is_iban, numbers.is_bic,
            numbers.is_foreign_account,
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("text", ["", " ", "\n", "0", "\u0660" * 20, "ы" * 18, "1" * 200])
    def test_is_none_of_anything(self, is_one: Callable[[str], bool], text: str) -> None:
        """Whatever is typed, the answer is no, and no error."""
        assert not is_one(text)


class TestKey:
    @pytest.mark.parametrize(
        ("account", "bik", "goes"),
        [
            ("40702810900000005555", SBER, True),
            ("40702810900000005556", SBER, False),
            ("40702810900000005555", VTB, False),
            ("4070281090000000555", SBER, False),
        ],
    )
    def test_of_an_account_goes_with_its_bank(self, account: str, bik: str, goes: bool) -> None:
        """Twenty digits are proved by the bank's own three."""
        assert goes is numbers.is_account_at(account, bik)

    @pytest.mark.parametrize(
        ("account", "bik", "goes"),
        [
            ("30101810400000000225", SBER, True),
            ("30101810700000000187", VTB, True),
            ("30101810400000000226", SBER, False),
            ("40702810900000005555", SBER, False),
        ],
    )
    def test_of_a_banks_own_account_goes_with_the_bank_of_russia(
        self, account: str, bik: str, goes: bool
    ) -> None:
        """There the region's two digits stand for the bank."""
        assert goes is numbers.is_correspondent_account_of(account, bik)
