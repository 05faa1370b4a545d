"""Ending an envelope where others work on it at the same time."""

import asyncio

from tests.portability.stored import start
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.portability.ending import cancel_envelope


class TestCancelEnvelope:
    async def test_waits_for_whoever_records_outcomes(self, database: Database) -> None:
        """Both lock operations, contracts, envelope, in this order: neither waits for ever."""
        [run] = await start(database, envelopes=1)

        async def cancel() -> str:
            async with database.unit_of_work() as work:
                return (await cancel_envelope(work, run.token)).state

        async with asyncio.timeout(20):
            async with database.unit_of_work() as recording:
                await recording.fetch("SELECT id FROM operations ORDER BY id FOR UPDATE")
                cancelling = asyncio.create_task(cancel())
                await until_somebody_waits(recording)
                await recording.fetch("SELECT id FROM envelope_contracts ORDER BY id FOR UPDATE")
                await recording.fetch("SELECT id FROM envelopes FOR NO KEY UPDATE")
            state = await cancelling

        assert "cancelled" == state


async def until_somebody_waits(work: UnitOfWork) -> None:
    """Wait until another session waits for a lock."""
    while True:
        rows = await work.fetch(
            "SELECT FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        if rows:
            return
