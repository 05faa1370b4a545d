"""Use cases of an envelope where others work on it at the same time."""

import asyncio

import pytest

from tests.portability.stored import start
from tramita.kit.database.engine import Database
from tramita.portability.service import EnvelopeBusy, cancel_envelope


class TestCancelEnvelope:
    async def test_waits_for_no_contract_at_the_provider(self, database: Database) -> None:
        """Whoever records an outcome locks contract, then envelope: the other way deadlocks."""
        [run] = await start(database, envelopes=1)

        async with database.unit_of_work() as recording:
            await recording.fetch("SELECT id FROM envelope_contracts FOR UPDATE")
            async with asyncio.timeout(10), database.unit_of_work() as work:
                with pytest.raises(EnvelopeBusy):
                    await cancel_envelope(work, run.token)
