"""The conditions of a list: what is asked for, and nothing that it could be mistaken for."""

import pytest

from tramita.kit.database.conditions import is_written, only_given
from tramita.kit.database.engine import Database

NASTY = ["'", "''", "\\", "\\'", "'; DROP TABLE clock; --", "$1", "E'\\x41'", "ção", "\n", "", "%"]


class TestWhatIsWrittenOut:
    @pytest.mark.parametrize("conforming", ["on", "off"])
    @pytest.mark.parametrize("text", NASTY)
    async def test_is_only_ever_a_text(
        self, database: Database, text: str, conforming: str
    ) -> None:
        """Nothing in it ends it, however the server reads backslashes."""
        async with database.unit_of_work() as work:
            await work.fetch(f"SET LOCAL standard_conforming_strings = {conforming}")
            condition = is_written("given.text", text)
            [row] = await work.fetch(
                f"SELECT {condition} FROM (SELECT $1::text) AS given(text)", text
            )

        assert row[0]

    @pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800"])
    def test_matches_nothing_where_no_column_can_hold_it(self, text: str) -> None:
        """It does not even reach the server."""
        assert "false" == is_written("x", text)


class TestOnlyGiven:
    def test_leaves_out_what_is_empty(self) -> None:
        """So that the plan is made for what is asked."""
        found = only_given({"a": "x", "b": None}, {"c >": 7, "d =": None}, first=3)

        assert ("a = E'x' AND c > $3", [7]) == found

    def test_of_nothing_lets_everything_pass(self) -> None:
        """A list without filters."""
        assert ("true", []) == only_given({}, {"c": None})
