"""The table of troubles: complete, true to its tests, and the one in the documentation."""

from tests.architecture.sources import ROOT
from tests.orders.troubles import TROUBLES, render
from tests.troubles import missing_tests

PAGE = ROOT / "docs" / "reference" / "courses-troubles.md"


class TestTheTable:
    def test_has_every_trouble(self) -> None:
        """Each with a test, or the reason why it cannot happen."""
        assert list(range(1, 30)) == [one.number for one in TROUBLES]
        assert [] == [one.number for one in TROUBLES if not one.shown]

    def test_names_tests_that_exist(self) -> None:
        """File and function."""
        assert [] == missing_tests(TROUBLES)

    def test_is_the_one_in_the_documentation(self) -> None:
        """docs/reference/courses-troubles.md is what ``python -m tests.orders.troubles`` prints."""
        assert render() == PAGE.read_text(encoding="utf-8")
