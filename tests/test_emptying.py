"""Emptying tables that somebody else is at."""

import asyncio

from tests.emptying import empty
from tramita.kit.database.engine import Database


class TestEmptying:
    async def test_gives_way_to_who_holds_one_table_and_wants_another(
        self, database: Database
    ) -> None:
        """What is worked on ends well, and the tables are empty afterwards."""
        async with asyncio.timeout(30), database.unit_of_work(actor="test") as work:
            await work.fetch("LOCK TABLE inbox IN ROW EXCLUSIVE MODE")
            emptying = asyncio.create_task(empty(database, "exchanges", "inbox"))
            held = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'inbox'::regclass"
            while not await database.fetch(held):
                await asyncio.sleep(0)

            await work.fetch("LOCK TABLE exchanges IN ACCESS SHARE MODE")
        await emptying
