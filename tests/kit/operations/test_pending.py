"""Operations that were accepted without an answer: asked about, and settled."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tests.kit.operations.acts import LEASE, LEASES, Area, jobs, prepare, rows
from tramita.kit.database.engine import Database
from tramita.kit.operations import ledger
from tramita.kit.operations.ledger import Settlement
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.pending import ask_again, take_pending

ASK_JOB = "test.ask_order"
KIND = replace(Area().kind, ask_job=ASK_JOB)


class TestTakePending:
    async def test_gives_it_to_one_asker(self, database: Database) -> None:
        """Of many who ask at the same moment one gets it, until the lease is over."""
        operation = await pending(database)

        taken = await asyncio.gather(*(take(database, operation) for _ in range(8)))

        assert 1 == len([one for one in taken if one])

    async def test_leaves_out_what_is_known(self, database: Database) -> None:
        """Settled meanwhile: there is nothing to ask."""
        operation = await pending(database)
        async with database.unit_of_work() as work:
            await ledger.close(work, [operation], OperationTrigger.DONE, cause="It is done.")

        assert not await take(database, operation)


class TestAskAgain:
    async def test_has_it_asked_about_after_a_pause(self, database: Database) -> None:
        """One job, and nobody gets it before its time."""
        operation = await pending(database)
        assert await take(database, operation)

        async with database.unit_of_work() as work:
            await ask_again(work, operation, timedelta(minutes=1))

        assert [ASK_JOB] == [name for name in await jobs(database) if name == ASK_JOB]
        assert not await take(database, operation)


class TestClose:
    async def test_takes_the_first_word_only(self, database: Database) -> None:
        """Message and answer may both come; when, and why, stands with the operation."""
        operation = await pending(database)
        settled = []
        for trigger in (OperationTrigger.REFUSED, OperationTrigger.DONE):
            async with database.unit_of_work() as work:
                settled.append(await ledger.close(work, [operation], trigger, cause="It says."))

        assert [{operation}, set()] == settled
        [row] = await rows(database, "SELECT * FROM operations WHERE id = $1", operation)
        assert ("REFUSED", "It says.") == (row["state"], row["reason"])
        assert row["settled_at"] is not None


async def pending(database: Database) -> UUID:
    """An operation that was accepted, and is due to be asked about."""
    [operation] = await prepare(database, KIND)
    async with database.unit_of_work() as work:
        taken = await ledger.take(work, [operation], leases=LEASES)
        await ledger.settle(work, [Settlement(taken[operation], OperationTrigger.PENDING)])
    return operation


async def take(database: Database, operation: UUID) -> bool:
    """Take it to ask about; whether somebody else has it."""
    async with database.unit_of_work() as work:
        return await take_pending(work, operation, lease=LEASE) is not None
