"""The desk: where jobs take operations and hand in what became of them."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.kit.operations.acts import (
    LEASES,
    PROVIDER,
    Area,
    Orders,
    jobs,
    let_lease_run_out,
    prepare,
    result,
    rows,
    state_of,
)
from tramita.kit.attempt import Exchanged
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import doubts
from tramita.kit.operations.desk import Desk
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.provider import ProviderMissing


@pytest.fixture
def area() -> Area:
    """The area whose operations these are."""
    return Area()


@pytest.fixture
def desk(database: Database, area: Area) -> Desk[str, str]:
    """The desk of one process."""
    return Desk(database, area.kind, LEASES)


class TestTaking:
    async def test_gives_each_operation_to_one(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """Of two processes, and of two jobs in one batch."""
        ids = await prepare(database, area.kind, 20)
        other = Desk(database, area.kind, LEASES)

        tasks = await asyncio.gather(*(one.take(id_) for id_ in ids for one in (desk, other, desk)))

        taken = [task.operation.id for task in tasks if task is not None]
        assert sorted(ids) == sorted(taken)

    async def test_gives_each_provider_its_own_time(self, database: Database, area: Area) -> None:
        """Operations of a kind may be of several; one that answers slowly is waited for longer."""
        slow = {**LEASES, "slow": timedelta(hours=2)}
        (quick,) = await prepare(database, area.kind)
        (other,) = await prepare(database, area.kind, provider="slow")
        desk = Desk(database, area.kind, slow)

        tasks = await asyncio.gather(desk.take(quick), desk.take(other))

        assert [PROVIDER, "slow"] == [task.operation.provider for task in tasks if task]
        left = await rows(
            database,
            "SELECT round(extract(epoch FROM lease_until - now()) / 60) AS minutes "
            "FROM operations ORDER BY id",
        )
        assert [0, 120] == [int(row["minutes"]) for row in left]

    async def test_takes_nothing_of_a_provider_that_is_missing(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """What cannot be sent must not be marked as sent; whoever is beside it is served."""
        (ours,) = await prepare(database, area.kind)
        (other,) = await prepare(database, area.kind, provider="nobody")

        task, error = await asyncio.gather(
            desk.take(ours), desk.take(other), return_exceptions=True
        )

        assert isinstance(task, Task)
        assert isinstance(error, ProviderMissing)
        assert ("SENT", "PREPARED") == (
            await state_of(database, ours),
            await state_of(database, other),
        )

    async def test_brings_the_request_and_the_attempt(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """Everything a job needs for its outside act."""
        (operation,) = await prepare(database, area.kind)

        task = await desk.take(operation)

        assert task is not None
        subject = task.operation.subject_id
        assert (f"order {subject}", False) == (task.request, task.is_lost)
        assert (operation, f"order:{subject}", 1) == (
            task.attempt.operation_id,
            task.attempt.key,
            task.attempt.number,
        )

    async def test_of_a_finished_one_is_nothing(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """A job delivered twice finds nothing to do."""
        (operation,) = await prepare(database, area.kind)
        await desk.hand_in(result(await desk.take(operation)))

        assert await desk.take(operation) is None

    async def test_is_not_spoilt_by_one_without_a_request(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """The others are taken; that one is not, so nobody will think that it was sent."""
        ids = await prepare(database, area.kind, 6)
        (row,) = await rows(database, "SELECT subject_id FROM operations WHERE id = $1", ids[3])
        area.without_request.add(row["subject_id"])

        tasks = await asyncio.gather(*(desk.take(one) for one in ids), return_exceptions=True)

        assert isinstance(tasks.pop(3), KeyError)
        assert all(task is not None and not isinstance(task, BaseException) for task in tasks)
        assert "PREPARED" == await state_of(database, ids[3])


class TestHandingIn:
    async def test_is_planned_once(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """To plan it anew each time costs as much as to carry it out, and PostgreSQL would where
        there are more operations than a few: it imagines sets of ten, and these are of one."""
        await prepare(database, area.kind, 1_000)
        await database.fetch("ANALYZE operations")

        for operation in await prepare(database, area.kind, 8):
            task = await desk.take(operation)
            assert task is not None
            task.attempt.exchanges.append(
                Exchanged("POST", "/", "{}", 200, "{}", None, time.monotonic(), 1)
            )
            assert await desk.hand_in(result(task))

        # One after the other they had the same connection, which this has now.
        planned = await database.fetch(
            "SELECT custom_plans, generic_plans FROM pg_prepared_statements "
            "WHERE statement LIKE 'WITH told AS%'"
        )
        assert [(0, 8)] == [tuple(one) for one in planned]

    async def test_records_many_in_few_transactions(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """What arrives together is written together."""
        ids = await prepare(database, area.kind, 30)
        tasks = await asyncio.gather(*(desk.take(one) for one in ids))

        applied = await asyncio.gather(*(desk.hand_in(result(one)) for one in tasks))

        assert ([True] * 30, 30) == (applied, len(area.recorded))
        assert len(area.batches) <= 3
        assert [{"state": "SUCCEEDED", "n": 30}] == await rows(
            database, "SELECT state, count(*) AS n FROM operations GROUP BY state"
        )

    async def test_keeps_a_refusals_words_from_everybody_but_the_area(
        self, database: Database, area: Area
    ) -> None:
        """A provider whose people write why not, may write of whom: beside the act stands the code."""
        said: list[str | None] = []

        async def record(_: UnitOfWork, results: Sequence[Result[str, str]]) -> None:
            said.extend(one.reason for one in results)

        kind = replace(area.kind, record=record, keeps_codes=True)
        desk = Desk(database, kind, LEASES)
        (operation,) = await prepare(database, kind)
        words = "not_accepted: there is no agreement with Ana"

        await desk.hand_in(result(await desk.take(operation), T.REFUSED, reason=words))

        kept = "SELECT reason FROM operations UNION SELECT cause FROM history WHERE trigger = 'refused'"
        assert ([words], [{"reason": "not_accepted"}]) == (said, await rows(database, kept))

    async def test_of_a_late_answer_reaches_only_the_journal(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """It is there for whoever looks into it, and changes nothing."""
        (operation,) = await prepare(database, area.kind)
        late = await desk.take(operation)
        assert late is not None
        late.attempt.exchanges.append(
            Exchanged("POST", "/", "{}", 200, "{}", None, time.monotonic(), 1)
        )
        await let_lease_run_out(database)
        lost = await desk.take(operation)

        applied = await asyncio.gather(
            desk.hand_in(result(late, decision="late")),
            desk.hand_in(result(lost, T.UNKNOWN, decision="lost")),
        )

        assert (False, True) == tuple(applied)
        assert ["lost"] == [decision for _, decision in area.recorded]
        kept = "SELECT kind, outcome FROM exchanges"
        assert [{"kind": "test.order", "outcome": "done"}] == await rows(database, kept)
        assert "UNKNOWN" == await state_of(database, operation)

    async def test_of_two_about_the_same_taking_records_one(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """Whoever has it, and whoever asked beside them: the first word counts."""
        (operation,) = await prepare(database, area.kind)
        held = await desk.take(operation)
        beside = await desk.peek(operation)

        applied = await asyncio.gather(
            desk.hand_in(result(beside, decision="beside")),
            desk.hand_in(result(held, T.UNKNOWN, decision="held")),
        )

        assert (True, False) == tuple(applied)
        assert ["beside"] == [decision for _, decision in area.recorded]
        assert "SUCCEEDED" == await state_of(database, operation)

    async def test_enqueues_what_was_not_sent(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """With the wait it asks for; nothing else is enqueued again."""
        ids = await prepare(database, area.kind, 2)
        await rows(database, "DELETE FROM pgqueuer")
        first, second = [await desk.take(one) for one in ids]

        await desk.hand_in(result(first, T.NOT_SENT, retry_in=timedelta(hours=1)))
        await desk.hand_in(result(second, T.REFUSED))

        assert ["test.place_order"] == await jobs(database)
        assert [{"later": True}] == await rows(
            database, "SELECT execute_after > now() + interval '59 minutes' AS later FROM pgqueuer"
        )

    async def test_has_an_unknown_one_taken_up_by_its_own_job(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """No other job asks about it: taken again, it is known to be in doubt, and since when."""
        (operation,) = await prepare(database, area.kind)
        await rows(database, "DELETE FROM pgqueuer")
        await desk.hand_in(
            result(await desk.take(operation), T.UNKNOWN, retry_in=timedelta(hours=1))
        )
        early = await desk.take(operation)
        await rows(database, "UPDATE operations SET due_at = now()")

        again = await desk.take(operation)

        assert early is None
        assert again is not None
        assert (2, True) == (again.operation.attempt, again.operation.is_in_doubt)
        assert ["test.place_order"] == await jobs(database)
        assert [{"state": "SENT", "is_known": True}] == await rows(
            database, "SELECT state, unknown_since IS NOT NULL AS is_known FROM operations"
        )

    async def test_leaves_an_unknown_one_to_the_job_that_asks(
        self, database: Database, area: Area
    ) -> None:
        """Where there is one, the job that sent it does not take it up."""
        desk = Desk(database, replace(area.kind, ask_job="test.ask_order"), LEASES)
        (operation,) = await prepare(database, desk.kind)
        await desk.hand_in(result(await desk.take(operation), T.UNKNOWN))

        assert None is await desk.take(operation)

    async def test_has_one_in_other_hands_asked_about(self, database: Database, area: Area) -> None:
        """Its job has come once more; one that is in nobody's hands needs no question."""
        desk = Desk(database, replace(area.kind, ask_job="test.ask_order"), LEASES)
        taken, waiting = await prepare(database, desk.kind, 2)
        await desk.take(taken)
        await rows(database, "DELETE FROM pgqueuer")

        await desk.ask_early(taken)
        await desk.ask_early(waiting)

        assert ["test.ask_order"] == await jobs(database)

    async def test_parks_within_the_area_s_own_record(self, database: Database) -> None:
        """An area may hand what is unknown to a person in the same transaction."""
        area = Area()

        async def park(work: UnitOfWork, results: Sequence[Result[str, str]]) -> None:
            await doubts.park(work, [one.task.operation.id for one in results])

        kind = OperationKind("test.order", Orders, "test.place_order", area.load, park)
        desk = Desk(database, kind, LEASES)
        (operation,) = await prepare(database, kind)

        await desk.hand_in(result(await desk.take(operation), T.UNKNOWN))

        assert "NEEDS_ATTENTION" == await state_of(database, operation)

    async def test_is_not_spoilt_by_one_that_cannot_be_recorded(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """The error reaches its own job; the others are settled."""
        ids = await prepare(database, area.kind, 5)
        tasks = [await desk.take(one) for one in ids]
        assert tasks[2] is not None
        area.unrecordable.add(tasks[2].operation.subject_id)

        applied = await asyncio.gather(
            *(desk.hand_in(result(one)) for one in tasks), return_exceptions=True
        )

        assert isinstance(applied.pop(2), ValueError)
        assert [True] * 4 == applied
        assert "SENT" == await state_of(database, ids[2])

    async def test_waits_for_a_database_that_is_away(
        self, database: Database, area: Area, desk: Desk[str, str]
    ) -> None:
        """What an outside system said is not lost because ours is down."""
        (operation,) = await prepare(database, area.kind)
        task = await desk.take(operation)
        area.failures.append(ConnectionResetError())

        assert await desk.hand_in(result(task))
        assert "SUCCEEDED" == await state_of(database, operation)

    async def test_gives_up_with_its_lease(self, database: Database, area: Area) -> None:
        """By then somebody else answers for the operation."""
        desk = Desk(database, area.kind, {PROVIDER: timedelta(seconds=0.1)})
        (operation,) = await prepare(database, area.kind)
        task = await desk.take(operation)
        area.failures.append(ConnectionResetError())

        with pytest.raises(ConnectionResetError):
            await desk.hand_in(result(task))

        assert "SENT" == await state_of(database, operation)
