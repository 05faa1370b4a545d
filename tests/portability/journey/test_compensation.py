"""What must not live is given up once, however many want it gone at the same moment."""

import asyncio
from uuid import uuid4

from tests.locks import until_waiting
from tests.portability.later import offered
from tramita.kit.database.engine import Database
from tramita.portability.journey.compensation import want_gone


class TestWantGone:
    async def test_keeps_nobody_waiting_for_each_other(self, database: Database) -> None:
        """A webhook names a double while the answer that refuses it is being recorded."""
        [contract] = await offered(database)
        double = str(uuid4())

        async def hear_of_it() -> None:
            async with database.unit_of_work() as work:
                await want_gone(work, [(double, contract.id, "one too many")])

        async with asyncio.timeout(20):
            async with database.unit_of_work() as recording:
                # As whoever writes the keys of a proposal holds its contract.
                await recording.fetch("SELECT FROM envelope_contracts FOR UPDATE")
                hearing = asyncio.create_task(hear_of_it())
                await until_waiting(database)
                await want_gone(recording, [(double, contract.id, "refused by our rules")])
            await hearing

        async with database.unit_of_work() as work:
            rows = await work.fetch("SELECT proposal_key, reason FROM unwanted_proposals")
        assert [(double, "refused by our rules")] == [tuple(row) for row in rows]
