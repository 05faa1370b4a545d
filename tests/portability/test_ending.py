"""Ending an envelope where others work on it at the same time."""

import asyncio
import time
from decimal import Decimal
from uuid import UUID

import pytest

from tests.locks import until_waiting
from tests.portability.later import offered, tell
from tests.portability.stored import LEASES, start
from tramita.kit.attempt import Exchanged
from tramita.kit.database.engine import Database
from tramita.kit.operations.desk import Desk
from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.portability.ending import EnvelopeBeingPaid, cancel_envelope
from tramita.portability.journey.accept_balance import ACCEPTANCE
from tramita.portability.journey.open_proposals import OpenProposal
from tramita.portability.ports import Stage


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
                await until_waiting(database)
                await recording.fetch("SELECT id FROM envelope_contracts ORDER BY id FOR UPDATE")
                await recording.fetch("SELECT id FROM envelopes FOR NO KEY UPDATE")
            state = await cancelling

        assert "cancelled" == state

    async def test_is_refused_once_the_balance_was_agreed_to(self, database: Database) -> None:
        """Our word is out, and nobody has told of the payment yet: nobody can take it back."""
        taken, token = await agreeing(database)

        async with database.unit_of_work() as work:
            with pytest.raises(EnvelopeBeingPaid):
                await cancel_envelope(work, token)
        called = taken.attempt
        called.exchanges.append(Exchanged("PATCH", "/", "", 200, "", None, time.monotonic(), 1))
        await Desk(database, ACCEPTANCE.kind, LEASES).hand_in(
            Result(taken, None, OperationTrigger.DONE)
        )

        async with database.unit_of_work() as work:
            with pytest.raises(EnvelopeBeingPaid):
                await cancel_envelope(work, token)

    async def test_is_done_where_there_was_nothing_to_agree_to(self, database: Database) -> None:
        """The provider was asked, and our word never went out."""
        taken, token = await agreeing(database)
        await Desk(database, ACCEPTANCE.kind, LEASES).hand_in(
            Result(taken, None, OperationTrigger.DONE)
        )

        async with database.unit_of_work() as work:
            assert "cancelled" == (await cancel_envelope(work, token)).state


async def agreeing(database: Database) -> tuple[Task[OpenProposal], UUID]:
    """The taken operation that agrees to a contract's balance; its envelope's token."""
    [contract] = await offered(database)
    balance = Decimal("8912.77")
    await tell(database, contract.news(Stage.BALANCE_RETURNED, final_balance=balance))
    async with database.unit_of_work() as work:
        [row] = await work.fetch(
            "SELECT o.id, e.token FROM operations AS o CROSS JOIN envelopes AS e WHERE o.kind = $1",
            ACCEPTANCE.kind.name,
        )
    taken = await Desk(database, ACCEPTANCE.kind, LEASES).take(row["id"])
    assert taken is not None
    return taken, row["token"]
