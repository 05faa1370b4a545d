"""Who wants the same operation at the same moment: nobody's work is lost for it."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from tests.kit.operations.acts import LEASES, PROVIDER, Area, prepare, rows
from tests.locks import count_waiting
from tests.world import until
from tramita.kit.database.engine import Database
from tramita.kit.operations import doubts, ledger
from tramita.kit.operations.desk import Take
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.taken import Taken

KIND = replace(Area().kind, ask_job="test.ask_order")


class TestTakingWhatSomebodyHolds:
    @pytest.mark.parametrize("take", [ledger.take, doubts.take_to_ask])
    async def test_waits_for_it(self, database: Database, take: Take) -> None:
        """Whoever held it left it as it was: the only job there is must not come in vain."""
        [operation] = await prepare(database, KIND)
        if take is doubts.take_to_ask:
            await lose(database, operation)
        async with database.unit_of_work() as holder:
            await holder.fetch("SELECT FROM operations WHERE id = $1 FOR UPDATE", operation)
            taking = asyncio.create_task(take_one(database, take, operation))
            await until(lambda: is_waiting_or_done(database, taking))

        assert {operation} == set(await taking)


class TestPreparingWhatIsBeingSettled:
    async def test_does_not_wait(self, database: Database) -> None:
        """Whoever settles may want a row of ours next: both would wait forever."""
        [operation] = await prepare(database, KIND)
        taken = await take_one(database, ledger.take, operation)
        [row] = await rows(database, "SELECT key, subject_id FROM operations")
        done = ledger.Settlement(taken[operation], OperationTrigger.DONE)
        async with database.unit_of_work() as settling, asyncio.timeout(60):
            await ledger.settle(settling, [done])
            async with database.unit_of_work() as work:
                again = await ledger.prepare(
                    work, KIND, {row["subject_id"]: row["key"]}, provider=PROVIDER
                )

        assert {} == again


async def take_one(database: Database, take: Take, operation: UUID) -> dict[UUID, Taken]:
    """Take it in a transaction of its own."""
    async with database.unit_of_work() as work:
        return await take(work, [operation], leases=LEASES)


async def lose(database: Database, operation: UUID) -> None:
    """Nobody knows what became of it."""
    taken = await take_one(database, ledger.take, operation)
    lost = ledger.Settlement(taken[operation], OperationTrigger.UNKNOWN)
    async with database.unit_of_work() as work:
        await ledger.settle(work, [lost])


async def is_waiting_or_done(database: Database, taking: "asyncio.Task[object]") -> bool:
    """Whether a statement waits for a lock, or the taking is over without having waited."""
    return await count_waiting(database) > 0 or taking.done()
