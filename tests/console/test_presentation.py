"""What the templates show of an operation."""

import pytest

from tramita.console.presentation import Part


class TestPart:
    @pytest.mark.parametrize("body", ["[" * 5000, "[" * 900 + "]" * 900, "\ud800", '{"a":', ""])
    def test_shows_whatever_the_journal_has(self, body: str) -> None:
        """An operator can look at, and decide about, every operation."""
        assert Part.of(body).body.replace(" ", "").replace("\n", "").startswith(body[:10])
