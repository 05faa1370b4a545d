"""The table of troubles: complete, true to its tests, and the one in the documentation."""

from tests.architecture.sources import ROOT
from tests.transfers.troubles import TROUBLES, render
from tests.troubles import missing_tests

PAGE = ROOT / "docs" / "reference" / "transfers-troubles.md"


class TestTheTable:
    def test_has_every_trouble(self) -> None:
        """Twenty-one of Telegram's and twenty of 1C's, each with a test."""
        codes = [f"TG-{n:02}" for n in range(1, 22)] + [f"1C-{n:02}" for n in range(1, 21)]
        assert codes == [one.number for one in TROUBLES]
        assert [] == [one.number for one in TROUBLES if not one.tests]

    def test_names_tests_that_exist(self) -> None:
        """File and function."""
        assert [] == missing_tests(TROUBLES)

    def test_is_the_one_in_the_documentation(self) -> None:
        """docs/reference/transfers-troubles.md is what ``python -m tests.transfers.troubles`` prints."""
        assert render() == PAGE.read_text(encoding="utf-8")
