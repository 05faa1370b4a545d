"""The seed's demonstration."""

import io
from pathlib import Path

from tramita.demo.contracts import show_contracts
from tramita.kit.database.engine import Database

SEED_OUTPUT = Path(__file__).with_name("seed_output.txt")


class TestShowContracts:
    async def test_prints_the_seeds_text(self, database: Database) -> None:
        """Line by line what the seed shows, but for trailing blanks."""
        out = io.StringIO()

        await show_contracts(database, out)

        expected = [line.rstrip() for line in SEED_OUTPUT.read_text().splitlines()]
        assert expected == [line.rstrip() for line in out.getvalue().splitlines()]
