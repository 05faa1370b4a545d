"""Operations that were accepted without an answer: asked about, and settled."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tests.kit.operations.acts import LEASES, Area, jobs, prepare, result, rows, state_of
from tests.locks import until_waiting
from tramita.kit.database.engine import Database
from tramita.kit.operations import doubts, ledger
from tramita.kit.operations.desk import Desk
from tramita.kit.operations.ledger import Settlement
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.taken import Taken

ASK_JOB = "test.ask_order"
KIND = replace(Area().kind, ask_job=ASK_JOB)


class TestTakeToAsk:
    async def test_gives_it_to_one_asker(self, database: Database) -> None:
        """Of many who ask at the same moment one gets it, until the lease is over."""
        operation = await pending(database)

        taken = await asyncio.gather(*(take(database, operation) for _ in range(8)))

        assert [True] == [one.doubt.is_pending for one in taken if one and one.doubt]

    async def test_leaves_out_what_is_known(self, database: Database) -> None:
        """Settled meanwhile: there is nothing to ask."""
        operation = await pending(database)
        async with database.unit_of_work() as work:
            await ledger.close(work, [operation], OperationTrigger.DONE, cause="It is done.")

        assert not await take(database, operation)


class TestAskAgain:
    async def test_has_it_asked_about_after_a_pause(self, database: Database) -> None:
        """One job, and nobody gets it before its time; nothing is new, so nothing is written."""
        operation, area = await pending(database), Area()
        desk = Desk(database, replace(KIND, record=area.record), LEASES)
        task = await desk.take_to_ask(operation)

        await desk.hand_in(result(task, OperationTrigger.PENDING, retry_in=timedelta(minutes=1)))

        assert [ASK_JOB] == [name for name in await jobs(database) if name == ASK_JOB]
        assert not await take(database, operation)
        assert [] == area.recorded
        history = await rows(database, "SELECT FROM history WHERE to_state = 'PENDING'")
        assert 1 == len(history)


class TestEndPending:
    async def test_ends_it_by_the_providers_message(self, database: Database) -> None:
        """The first word counts: what has an end already is left as it is."""
        operation = await pending(database)
        [row] = await rows(database, "SELECT subject_id FROM operations")
        ended = []
        for trigger in (OperationTrigger.DONE, OperationTrigger.REFUSED):
            async with database.unit_of_work() as work:
                ended.append(
                    await doubts.end_pending(
                        work, KIND, row["subject_id"], trigger, cause="It says."
                    )
                )

        assert [True, False] == ended
        assert "SUCCEEDED" == await state_of(database, operation)

    async def test_waits_for_whoever_records_that_it_was_accepted(self, database: Database) -> None:
        """A message may overtake the end of the call that it is about."""
        [operation] = await prepare(database, KIND)
        [row] = await rows(database, "SELECT subject_id FROM operations")
        async with database.unit_of_work() as work:
            taken = await ledger.take(work, [operation], leases=LEASES)

        async def end() -> bool:
            async with database.unit_of_work() as work:
                done = OperationTrigger.DONE
                return await doubts.end_pending(
                    work, KIND, row["subject_id"], done, cause="It says."
                )

        async with database.unit_of_work() as work:
            await ledger.settle(work, [Settlement(taken[operation], OperationTrigger.PENDING)])
            ending = asyncio.create_task(end())
            await until_waiting(database)

        assert await ending
        assert "SUCCEEDED" == await state_of(database, operation)


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


async def take(database: Database, operation: UUID) -> Taken | None:
    """Take it to ask about."""
    async with database.unit_of_work() as work:
        return (await doubts.take_to_ask(work, [operation], leases=LEASES)).get(operation)
