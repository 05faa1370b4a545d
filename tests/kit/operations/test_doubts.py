"""Operations nobody knows the outcome of: asked about, parked, decided by a person."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.kit.operations.acts import LEASES, Area, jobs, let_lease_run_out, prepare, rows
from tramita.kit.database.engine import Database
from tramita.kit.operations import doubts, ledger, sweep
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.taken import Taken

ASK_JOB = "test.ask_order"
KIND = replace(Area().kind, ask_job=ASK_JOB)


class TestTakeUnknown:
    async def test_gives_it_to_one_asker(self, database: Database) -> None:
        """Of many who ask at the same moment one gets it, with what is known so far."""
        [operation] = await unknown(database, 1)

        taken = await asyncio.gather(*(ask(database, operation) for _ in range(8)))

        [one] = [found for found in taken if found is not None]
        assert one.doubt is not None
        assert (1, None, "P-1") == (one.doubt.asked, one.doubt.nothing_for, one.doubt.reference)

    async def test_leaves_out_what_is_known(self, database: Database) -> None:
        """A finished one, and one that is being sent, are not asked about."""
        done, sent = await prepare(database, KIND, 2)
        await send(database, done, OperationTrigger.DONE)
        async with database.unit_of_work() as work:
            await ledger.take(work, [sent], leases=LEASES)

        assert [None, None] == [await ask(database, one) for one in (done, sent)]

    async def test_makes_an_older_answer_late(self, database: Database) -> None:
        """What the first asker learns after the second took it changes nothing."""
        [operation] = await unknown(database, 1)
        first = await ask(database, operation)
        await make_due(database, operation)
        second = await ask(database, operation)
        assert first is not None
        assert second is not None

        applied = [
            await settle(database, first, OperationTrigger.REFUSED),
            await settle(database, second, OperationTrigger.DONE),
        ]

        assert [False, True] == applied
        assert "SUCCEEDED" == (await row_of(database, operation))["state"]


class TestSettlingAQuestion:
    async def test_remembers_since_when_there_is_nothing(self, database: Database) -> None:
        """The first "nothing there" counts; the next question knows how long ago it was."""
        [operation] = await unknown(database, 1)
        for _ in range(2):
            taken = await ask(database, operation)
            assert taken is not None
            await settle(database, taken, OperationTrigger.UNKNOWN, found_nothing=True)
            await make_due(database, operation)
        taken = await ask(database, operation)

        assert taken is not None
        assert taken.doubt is not None
        assert 3 == taken.doubt.asked
        assert taken.doubt.nothing_for is not None
        assert timedelta(0) < taken.doubt.nothing_for <= taken.doubt.lasts

    async def test_forgets_it_when_there_is_something(self, database: Database) -> None:
        """What the provider says last counts, even where that cannot be read yet."""
        [operation] = await unknown(database, 1, reference=None)
        for found_nothing in (True, None, False):
            taken = await ask(database, operation)
            assert taken is not None
            await settle(database, taken, OperationTrigger.UNKNOWN, found_nothing=found_nothing)
            await make_due(database, operation)
            since = (await row_of(database, operation))["nothing_since"]
            assert (found_nothing is False) == (since is None)

    async def test_forgets_it_when_it_is_sent_again(self, database: Database) -> None:
        """Each sending starts with no doubts."""
        [operation] = await unknown(database, 1)
        taken = await ask(database, operation)
        assert taken is not None
        await settle(database, taken, OperationTrigger.UNKNOWN, found_nothing=True)
        await make_due(database, operation)
        taken = await ask(database, operation)
        assert taken is not None
        await settle(database, taken, OperationTrigger.NOT_SENT)
        async with database.unit_of_work() as work:
            await ledger.take(work, [operation], leases=LEASES)

        row = await row_of(database, operation)

        assert (0, None, None) == (row["asked"], row["unknown_since"], row["nothing_since"])


class TestAskNow:
    async def test_brings_back_what_was_parked(self, database: Database) -> None:
        """A parked one is asked about at once, by the key that was learnt; its job waits."""
        [operation] = await unknown(database, 1)
        async with database.unit_of_work() as work:
            await doubts.park(work, [operation])
        async with database.unit_of_work() as work:
            asked = await doubts.ask_now(work, [operation], references=["P-2"])

        taken = await ask(database, operation)

        assert {operation} == asked
        assert taken is not None
        assert taken.doubt is not None
        assert "P-2" == taken.doubt.reference
        assert [ASK_JOB] == await jobs(database)

    async def test_sends_it_to_its_own_job_where_no_other_asks(self, database: Database) -> None:
        """Nobody is certain that nothing happened: it is in doubt when it is taken."""
        kind = Area().kind
        [operation] = await prepare(database, kind)
        await send(database, operation, OperationTrigger.PARK)
        await rows(database, "DELETE FROM pgqueuer")
        async with database.unit_of_work() as work:
            await doubts.look_again(
                work, [(await row_of(database, operation))["subject_id"]], cause="it has moved on"
            )

        async with database.unit_of_work() as work:
            [taken] = (await ledger.take(work, [operation], leases=LEASES)).values()

        assert taken.is_in_doubt
        assert [kind.job] == await jobs(database)

    async def test_makes_the_question_under_way_late(self, database: Database) -> None:
        """Asked before the key was learnt, it may say "nothing there": nothing is sent for that."""
        [operation] = await unknown(database, 1)
        asked_before = await ask(database, operation)
        assert asked_before is not None
        async with database.unit_of_work() as work:
            await doubts.ask_now(work, [operation], references=["P-2"])

        applied = await settle(database, asked_before, OperationTrigger.NOT_SENT)

        assert not applied
        assert "UNKNOWN" == (await row_of(database, operation))["state"]

    async def test_forgets_that_there_was_nothing(self, database: Database) -> None:
        """A key was learnt: nobody may send it again for what was said before."""
        [operation] = await unknown(database, 1, reference=None)
        taken = await ask(database, operation)
        assert taken is not None
        await settle(database, taken, OperationTrigger.UNKNOWN, found_nothing=True)
        async with database.unit_of_work() as work:
            await doubts.ask_now(work, [operation], references=["P-2"])

        assert (await row_of(database, operation))["nothing_since"] is None


class TestSendNow:
    @pytest.mark.parametrize("is_parked", [True, False])
    async def test_sends_what_is_certain_not_to_exist(
        self, database: Database, is_parked: bool
    ) -> None:
        """It may be taken at once, and its job waits."""
        [operation] = await unknown(database, 1)
        async with database.unit_of_work() as work:
            if is_parked:
                await doubts.park(work, [operation])
            sent = await doubts.send_now(work, [operation])
        async with database.unit_of_work() as work:
            taken = await ledger.take(work, [operation], leases=LEASES)

        assert {operation} == sent == set(taken)


class TestWithdraw:
    async def test_ends_what_nobody_wants_any_more(self, database: Database) -> None:
        """With the reason; again is nothing."""
        [operation] = await unknown(database, 1)
        async with database.unit_of_work() as work:
            first = await doubts.withdraw(work, [operation], cause="the client gave up")
            second = await doubts.withdraw(work, [operation], cause="again")

        row = await row_of(database, operation)

        assert ({operation}, set()) == (first, second)
        assert ("REFUSED", "the client gave up") == (row["state"], row["reason"])


class TestEnqueueLost:
    async def test_finds_a_question_that_nobody_asks(self, database: Database) -> None:
        """Whoever was asking has died: the job that asks is enqueued, not the one that sends."""
        [operation] = await unknown(database, 1)
        await ask(database, operation)
        await let_lease_run_out(database)
        async with database.unit_of_work() as work:
            found = await sweep.enqueue_lost(work)

        assert 1 == found
        assert [ASK_JOB] == await jobs(database)

    async def test_finds_one_that_its_own_job_was_to_take_up(self, database: Database) -> None:
        """No other job asks about it, and its own was lost."""
        [operation] = await prepare(database, Area().kind)
        await send(database, operation, OperationTrigger.UNKNOWN)
        await rows(database, "DELETE FROM pgqueuer")
        await let_lease_run_out(database)
        async with database.unit_of_work() as work:
            found = await sweep.enqueue_lost(work)

        assert 1 == found
        assert [Area().kind.job] == await jobs(database)


async def unknown(database: Database, count: int, *, reference: str | None = "P-1") -> list[UUID]:
    """Operations that were sent and whose outcome is unknown; nothing waits in the queue."""
    operations = await prepare(database, KIND, count)
    for operation in operations:
        await send(database, operation, OperationTrigger.UNKNOWN, reference=reference)
    await rows(database, "DELETE FROM pgqueuer")
    return operations


async def send(database: Database, operation: UUID, trigger: OperationTrigger, **more: Any) -> None:
    """Take an operation and settle it."""
    async with database.unit_of_work() as work:
        taken = await ledger.take(work, [operation], leases=LEASES)
    assert await settle(database, taken[operation], trigger, **more)


async def ask(database: Database, operation: UUID) -> Taken | None:
    """Take an unknown operation to ask about it."""
    async with database.unit_of_work() as work:
        return (await doubts.take_to_ask(work, [operation], leases=LEASES)).get(operation)


async def settle(database: Database, taken: Taken, trigger: OperationTrigger, **more: Any) -> bool:
    """Record what became of a question; whether it was applied."""
    async with database.unit_of_work() as work:
        return bool(await ledger.settle(work, [ledger.Settlement(taken, trigger, **more)]))


async def make_due(database: Database, operation: UUID) -> None:
    """Let the time of the next question come."""
    await rows(database, "UPDATE operations SET due_at = now() WHERE id = $1", operation)


async def row_of(database: Database, operation: UUID) -> Any:
    """The row."""
    [row] = await rows(database, "SELECT * FROM operations WHERE id = $1", operation)
    return row
