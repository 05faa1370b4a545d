"""Which fields are asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transfers.rules.examples import CHINESE, GERMAN, fields_of
from tramita.transfers.rules.fields import PATHS, Fields, change, is_filled, value_at
from tramita.transfers.rules.form import Need, asked_only, payer_kind, shape
from tramita.transfers.rules.kinds import TRAITS, Kind

_BANK = ("beneficiary_bank.iban", "beneficiary_bank.account", "beneficiary_bank.local_code")
HIDDEN, OPTIONAL, REQUIRED = Need.HIDDEN, Need.OPTIONAL, Need.REQUIRED


class TestShape:
    @pytest.mark.parametrize(
        ("country", "currency", "expected"),
        [
            ("CN", "CNY", (HIDDEN, REQUIRED, REQUIRED)),
            ("CN", "USD", (HIDDEN, REQUIRED, OPTIONAL)),
            ("HK", "CNY", (HIDDEN, REQUIRED, HIDDEN)),
            ("IN", "USD", (HIDDEN, REQUIRED, OPTIONAL)),
            ("DE", "EUR", (REQUIRED, HIDDEN, HIDDEN)),
            ("AE", "CNY", (REQUIRED, HIDDEN, HIDDEN)),
            ("RU", "RUB", (HIDDEN, REQUIRED, HIDDEN)),
            ("", "", (OPTIONAL, OPTIONAL, HIDDEN)),
        ],
    )
    def test_of_the_bank_follows_its_country(
        self, country: str, currency: str, expected: tuple[Need, ...]
    ) -> None:
        """An IBAN where there are some, else an account; CNAPS with yuan in China."""
        fields = fields_of(CHINESE, beneficiary_bank__country=country, money__currency=currency)

        assert expected == tuple(shape(fields, Kind.TELEGRAM)[path] for path in _BANK)

    def test_of_a_sole_trader_has_no_kpp(self) -> None:
        """Whether it says so, or its INN does."""
        trader, company = fields_of(GERMAN), fields_of(CHINESE)

        assert HIDDEN is shape(trader, Kind.SPECIAL)["payer.kpp"]
        assert OPTIONAL is shape(company, Kind.SPECIAL)["payer.kpp"]
        assert ("sole_trader", "legal_entity") == (payer_kind(trader), payer_kind(company))

    def test_of_services_has_no_customs(self) -> None:
        """Nor do they come from anywhere."""
        needs = shape(fields_of(GERMAN), Kind.SPECIAL)

        assert {HIDDEN} == {needs["purpose.hs_code"], needs["delivery.shipment_country"]}

    @pytest.mark.parametrize("kind", Kind)
    def test_has_a_deadline_where_time_counts(self, kind: Kind) -> None:
        """Whoever has no deadlines is not asked for one."""
        hidden = shape(Fields(), kind)["terms.deadline"] is HIDDEN

        assert TRAITS[kind].has_deadline is not hidden

    def test_wants_a_uscc_of_who_is_paid_in_yuan(self) -> None:
        """In China; in euros it may be left out."""
        yuan, euros = fields_of(CHINESE), fields_of(CHINESE, money__currency="EUR")

        assert REQUIRED is shape(yuan, Kind.TELEGRAM)["beneficiary.local_id"]
        assert OPTIONAL is shape(euros, Kind.TELEGRAM)["beneficiary.local_id"]


class TestAskedOnly:
    @given(
        st.dictionaries(
            st.sampled_from([path for path in PATHS if path != "consent.personal_data"]),
            st.sampled_from(["CN", "DE", "CNY", "services", "sole_trader", "500100732259", "x"]),
        ),
        st.sampled_from(Kind),
    )
    def test_leaves_what_is_asked_and_nothing_else(
        self, values: dict[str, str], kind: Kind
    ) -> None:
        """Dropping what is hidden never hides anything more."""
        fields = Fields()
        for path, value in values.items():
            group, _, name = path.partition(".")
            fields = change(fields, {group: {name: value}})

        asked = asked_only(fields, kind)

        for path, need in shape(fields, kind).items():
            if need is HIDDEN:
                assert not is_filled(asked, path)
            else:
                assert value_at(fields, path) == value_at(asked, path)
        assert asked == asked_only(asked, kind)
