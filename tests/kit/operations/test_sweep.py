"""The sweep: operations on which nobody will act any more."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tests.kit.operations.acts import (
    LEASES,
    Area,
    jobs,
    let_lease_run_out,
    prepare,
    rows,
)
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import ledger, sweep
from tramita.kit.operations.ledger import Settlement
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.operations.taken import Taken

KIND = Area().kind


async def take(database: Database, *ids: UUID) -> dict[UUID, Taken]:
    async with database.unit_of_work(actor="taker") as work:
        return await ledger.take(work, ids, leases=LEASES)


async def settle(database: Database, *settlements: Settlement) -> set[tuple[UUID, int]]:
    async with database.unit_of_work(actor="taker") as work:
        return await ledger.settle(work, settlements)


async def enqueue_lost(database: Database) -> int:
    async with database.unit_of_work() as work:
        return await sweep.enqueue_lost(work)


class TestEnqueueLost:
    async def test_finds_what_lost_its_job(self, database: Database) -> None:
        """Prepared, sent and waiting ones alike, and leaves them time to be carried out."""
        ids = await prepare(database, KIND, 3)
        taken = await take(database, *ids[1:])
        await settle(database, Settlement(taken[ids[2]], T.NOT_SENT, retry_in=timedelta(0)))
        await rows(database, "DELETE FROM pgqueuer")
        await let_lease_run_out(database)

        found = [await enqueue_lost(database) for _ in range(3)]

        assert [3, 0, 0] == found
        assert ["test.place_order"] * 3 == await jobs(database)

    async def test_looks_again_at_what_is_lost_for_good(self, database: Database) -> None:
        """A job that fails on a bug comes again after a while, not at every look."""
        (operation,) = await prepare(database, KIND)
        await take(database, operation)
        await let_lease_run_out(database)
        await enqueue_lost(database)
        await rows(database, "DELETE FROM pgqueuer")
        await rows(database, "UPDATE operations SET due_at = due_at - interval '1 minute'")

        found = [await enqueue_lost(database) for _ in range(2)]

        assert [1, 0] == found

    async def test_judges_by_the_job_and_not_by_the_lease(self, database: Database) -> None:
        """Where one waits or runs somebody will act, so there is only more time for it."""
        await prepare(database, KIND, 2)
        await rows(database, "UPDATE pgqueuer SET status = 'picked' WHERE id % 2 = 0")
        await let_lease_run_out(database)

        assert 0 == await enqueue_lost(database)
        assert 2 == len(await jobs(database))
        [row] = await rows(database, "SELECT min(lease_until) > now() AS lives FROM operations")
        assert row["lives"]

    async def test_finds_what_lost_its_job_within_half_a_minute(self, database: Database) -> None:
        """Also one that was prepared a moment before everything went away."""
        await prepare(database, KIND)
        await rows(database, "DELETE FROM pgqueuer")
        await rows(database, "UPDATE operations SET lease_until = lease_until - interval '31 s'")

        assert 1 == await enqueue_lost(database)

    async def test_enqueues_nothing_beside_a_held_job(self, database: Database) -> None:
        """It stands before a person once, however long that takes and in whatever state."""
        ids = await prepare(database, KIND, 2)
        await take(database, ids[1])
        await rows(database, "UPDATE pgqueuer SET status = 'failed'")
        told: list[UUID] = []

        async def hold(_work: UnitOfWork, subjects: Sequence[UUID]) -> None:
            told.extend(subjects)

        found = []
        for _ in range(3):
            await let_lease_run_out(database)
            await rows(database, "UPDATE operations SET due_at = now() - interval '1 minute'")
            async with database.unit_of_work() as work:
                found.append(await sweep.enqueue_lost(work, on_held={KIND.name: hold}))

        assert [0, 0, 0] == found
        assert 2 == len(told) == len(await jobs(database))
        [row] = await rows(database, "SELECT count(*) AS n FROM operations WHERE parked_at IS NULL")
        assert 0 == row["n"]

    async def test_leaves_alone_what_is_in_good_hands(self, database: Database) -> None:
        """A lease that has not run out, and whatever is finished or waits for a person."""
        ids = await prepare(database, KIND, 4)
        taken = await take(database, *ids[1:])
        await settle(
            database, Settlement(taken[ids[2]], T.DONE), Settlement(taken[ids[3]], T.UNKNOWN)
        )

        assert 0 == await enqueue_lost(database)

    async def test_lets_the_taker_see_that_it_was_lost(self, database: Database) -> None:
        """Looking does not prolong the lease of one that was sent."""
        (operation,) = await prepare(database, KIND)
        await take(database, operation)
        await let_lease_run_out(database)
        await enqueue_lost(database)

        assert (await take(database, operation))[operation].is_lost
