"""The journey's document names tests, and they are there."""

import re

from tests.architecture.sources import ROOT, functions

DOCUMENT = ROOT / "docs/journeys/orders.md"


class TestTheDocument:
    def test_names_tests_that_exist(self) -> None:
        """Each of the file that was named last in its line."""
        missing = []
        for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
            path = ""
            for named, test in re.findall(r"`(tests/[\w/.]+\.py)?(?:::)?(test_\w+)`", line):
                path = named or path
                known = {one.name for one in functions(ROOT / path)}
                missing += [] if test in known else [f"{path}::{test}"]

        assert [] == missing

    def test_names_some(self) -> None:
        """Else nothing would be shown by the one above."""
        assert DOCUMENT.read_text(encoding="utf-8").count("::test_") > 10
