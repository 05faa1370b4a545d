"""What is wrong with an application, by path and code."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transfers.rules.examples import CHINESE, GERMAN, fields_of
from tramita.kit.errors import InvalidError
from tramita.kit.languages.words import words_in
from tramita.transfers.lifecycle import ApplicationTrigger
from tramita.transfers.rules.faults import (
    Fault,
    amount_of,
    expect_complete,
    fault,
    find_faults,
    find_missing,
)
from tramita.transfers.rules.fields import PATHS, Fields, change
from tramita.transfers.rules.form import REQUIRED_OF_CLIENT, Need, shape
from tramita.transfers.rules.hints import HINTS
from tramita.transfers.rules.kinds import Kind

TODAY = date(2026, 11, 30)
SUBMIT, CHECK = ApplicationTrigger.SUBMIT, ApplicationTrigger.CHECK
# One value of a right application made wrong: path, value, codes.
WRONG: list[tuple[str, str, str]] = [
    ("payer__kind", "bank", "choice"),
    ("payer__inn", "7707083890", "inn"),
    ("payer__inn", "500100732259", "inn_of_other_kind"),
    ("payer__kpp", "77360100", "kpp"),
    ("payer__ogrn", "1027700132196", "ogrn"),
    ("payer__ogrn", "304500116000157", "ogrn_of_other_kind"),
    ("payer_bank__bik", "44525225", "bik"),
    ("payer_bank__account", "4070281", "account"),
    ("payer_bank__account", "40702810900000005556", "account_key"),
    ("payer_bank__correspondent_account", "30101810400000000226", "account_key"),
    ("beneficiary__name", "ООО Ромашка", "latin"),
    ("beneficiary__city", "深圳", "letters"),
    ("beneficiary__country", "ZZ", "country"),
    ("beneficiary__local_id", "91110000600037341M", "uscc"),
    ("beneficiary__lei", "98", "lei"),
    ("beneficiary__address", "A" * 106, "address_too_long"),
    ("beneficiary_bank__country", "XX", "country"),
    ("beneficiary_bank__bic", "BKCHCN", "bic"),
    ("beneficiary_bank__bic", "COBADEFF", "bic_of_other_country"),
    ("beneficiary_bank__intermediary_bic", "COBA", "bic"),
    ("beneficiary_bank__account", "6222/021", "foreign_account"),
    ("beneficiary_bank__local_code", "10410", "bank_code"),
    ("money__amount", "1,000", "amount"),
    ("money__amount", "-5", "amount"),
    ("money__amount", "0.00", "amount_zero"),
    ("money__amount", "1.005", "decimals"),
    ("money__currency", "DEM", "currency"),
    ("money__fee_bearer", "US", "choice"),
    ("money__source_currency", "XAU", "currency"),
    ("purpose__text", "Оплата", "latin"),
    ("purpose__text", "A" * 141, "purpose_too_long"),
    ("purpose__hs_code", "12", "hs_code"),
    ("basis__invoice_date", "2026-02-30", "date"),
    ("basis__invoice_date", "20261102", "date"),
    ("basis__invoice_date", "2026-12-01", "date_in_future"),
    ("basis__contract_date", "2027-01-01", "date_in_future"),
]
WRONG_IN_GERMANY = [
    ("beneficiary_bank__iban", "DE88370400440532013000", "iban"),
    ("beneficiary_bank__iban", "AE070331234567890123456", "iban_of_other_country"),
    ("payer__kind", "legal_entity", "inn_of_other_kind ogrn_of_other_kind"),
]


def codes(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(one.path, one.code) for one in faults]


class TestFaults:
    @pytest.mark.parametrize("example", [CHINESE, GERMAN])
    @pytest.mark.parametrize("kind", Kind)
    def test_are_none_where_all_is_right(
        self, example: dict[str, dict[str, Any]], kind: Kind
    ) -> None:
        """Such an application counts."""
        expect_complete(fields_of(example), kind, CHECK, TODAY)

    @pytest.mark.parametrize(
        ("example", "path", "value", "code"),
        [(CHINESE, *one) for one in WRONG] + [(GERMAN, *one) for one in WRONG_IN_GERMANY],
    )
    def test_are_found_one_by_one(
        self, example: dict[str, dict[str, Any]], path: str, value: str, code: str
    ) -> None:
        """One wrong value is one fault with a code of its own, told at its field."""
        found = find_faults(fields_of(example, **{path: value}), Kind.TELEGRAM, TODAY)

        assert code.split() == [one.code for one in found]
        assert path.replace("__", ".") in {one.path for one in found} | {"payer.kind"}

    def test_are_known_all(self) -> None:
        """Each code that has a hint is one that is found, and the reverse."""
        found = {code for *_, said in WRONG + WRONG_IN_GERMANY for code in said.split()}

        assert {*found, "required", "invoice", "amount_limit"} == set(HINTS)

    @pytest.mark.parametrize(
        ("amount", "limits", "found"),
        [
            ("12500.00", {"CNY": "12500.00"}, []),
            ("12500.01", {"CNY": "12500.00"}, [("money.amount", "amount_limit")]),
            ("12500.01", {"USD": "1.00"}, []),
        ],
    )
    def test_are_found_where_it_is_more_than_the_tenant_takes(
        self, amount: str, limits: dict[str, str], found: list[tuple[str, str]]
    ) -> None:
        """Of one currency; of others nothing is said."""
        fields = fields_of(CHINESE, money__amount=amount)

        assert found == codes(find_faults(fields, Kind.TELEGRAM, TODAY, limits))

    def test_say_how_it_would_be_right(self) -> None:
        """In English and Russian; a name is offered in Latin letters."""
        [found] = find_faults(
            fields_of(CHINESE, beneficiary__name="ООО Ромашка"), Kind.TELEGRAM, TODAY
        )

        assert "OOO Romashka" in found.message
        assert found.message == found.hint(words_in("en"))
        russian = found.hint(words_in("ru"))
        assert "OOO Romashka" in russian
        assert russian != found.message

    def test_pass_over_what_is_hidden(self) -> None:
        """An account that was typed before the country was chosen disturbs nobody."""
        fields = fields_of(GERMAN, beneficiary_bank__account="?", payer__kpp="?")

        assert [] == find_faults(fields, Kind.TELEGRAM, TODAY)

    def test_know_amounts_of_other_currencies(self) -> None:
        """Yen have no hundredths, dinars have thousandths, and zeros at the end are none."""
        fields = [
            fields_of(CHINESE, money__currency=currency, money__amount=amount)
            for currency, amount in (("JPY", "5.5"), ("JPY", "5.00"), ("KWD", "5.125"))
        ]

        found = [codes(find_faults(one, Kind.TELEGRAM, TODAY)) for one in fields]

        assert [[("money.amount", "decimals")], [], []] == found
        assert ["None", "5.00", "5.125"] == [str(amount_of(one)) for one in fields]
        assert amount_of(fields_of(CHINESE, money__currency="")) is None
        assert amount_of(Fields()) is None

    @given(
        st.dictionaries(
            st.sampled_from([path for path in PATHS if path != "consent.personal_data"]),
            st.text(max_size=30) | st.sampled_from(["CN", "DE", "CNY", "2026-11-30", "-1", "٣"]),
        )
    )
    def test_are_found_in_anything(self, values: dict[str, str]) -> None:
        """Whatever is typed has an answer, a hint in each language, and never an error of ours."""
        fields = Fields()
        for path, value in values.items():
            group, _, name = path.partition(".")
            fields = change(fields, {group: {name: value}})

        for kind in Kind:
            for one in find_faults(fields, kind, TODAY):
                assert one.path in PATHS
                assert one.message == one.hint(words_in("en"))
                assert one.hint(words_in("ru"))


class TestMissing:
    def test_is_what_the_form_requires(self) -> None:
        """An agent needs everything, a client less."""
        empty = Fields()

        checked = codes(find_missing(empty, Kind.TELEGRAM, CHECK))
        submitted = codes(find_missing(empty, Kind.TELEGRAM, SUBMIT))

        required = {
            path for path, need in shape(empty, Kind.TELEGRAM).items() if need is Need.REQUIRED
        }
        assert {(path, "required") for path in required} == set(checked)
        assert {(path, "required") for path in REQUIRED_OF_CLIENT} == set(submitted)
        assert required > REQUIRED_OF_CLIENT

    def test_is_told_with_what_is_wrong(self) -> None:
        """All at once, so that nobody comes back for the next."""
        fields = fields_of(CHINESE, payer__inn="1", beneficiary_bank__local_code="")

        with pytest.raises(InvalidError) as refused:
            expect_complete(fields, Kind.TELEGRAM, CHECK, TODAY)

        assert [("beneficiary_bank.local_code", "required"), ("payer.inn", "inn")] == [
            (one.path, one.code) for one in refused.value.errors
        ]

    def test_is_said_in_words(self) -> None:
        """As any fault is."""
        assert "This must be filled in." == fault("payer.inn", "required").message
