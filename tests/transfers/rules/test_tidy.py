"""What was typed, as it is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.transfers.rules.fields import PATHS
from tramita.transfers.rules.tidy import tidy


class TestTidy:
    @pytest.mark.parametrize(
        ("path", "typed", "kept"),
        [
            ("payer.inn", " 7707 083\u00a0893 ", "7707083893"),
            ("payer.name", "  ООО «Ромашка» ", "ООО «Ромашка»"),
            ("beneficiary_bank.iban", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
            ("beneficiary_bank.bic", "bkch-cn-bj", "BKCHCNBJ"),
            ("money.currency", "cny ", "CNY"),
            ("basis.invoice_date", "5.3.2026", "2026-03-05"),
            ("basis.invoice_date", "05/03/2026", "2026-03-05"),
            ("basis.invoice_date", "March 5", "March 5"),
            ("money.amount", "1 000,50", "1000.50"),
            ("money.amount", "1\u202f000\u00a0000", "1000000"),
            ("money.amount", "1.000,50", "1000.50"),
            ("money.amount", "1,000.50", "1000.50"),
            ("money.amount", "1,000,000", "1000000"),
            ("money.amount", "1000.500", "1000.500"),
            ("money.amount", "1,000", "1,000"),  # a thousand, or one to the thousandth
            ("money.amount", "1.000.50", "1.000.50"),
            ("money.amount", "a lot", "a lot"),
        ],
    )
    def test_keeps_what_was_meant(self, path: str, typed: str, kept: str) -> None:
        """As people write numbers, codes, dates and amounts; what may mean two things stays."""
        assert kept == tidy(path, typed)

    @given(st.sampled_from(PATHS), st.text(alphabet="0123456789., -аёAz\u00a0/'", max_size=24))
    def test_is_done_once(self, path: str, typed: str) -> None:
        """What is tidy is left alone, so that saving a form again changes nothing."""
        once = tidy(path, typed)

        assert once == tidy(path, once)
