"""Paused providers: nothing is taken there, and nothing is lost, doubted or done twice."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

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
)
from tests.locks import until_waiting
from tramita.kit.database.engine import Database
from tramita.kit.errors import InvalidError
from tramita.kit.identifiers import new_id
from tramita.kit.operations import doubts, paused, sweep
from tramita.kit.operations.check import check_operations
from tramita.kit.operations.desk import Desk
from tramita.kit.operations.kind import OperationKind
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.operations.paused import AlreadyPaused, NotPaused, ProviderPaused

AREA = Area()
KIND = AREA.kind
OTHER: OperationKind[str, str] = OperationKind("test.other", Orders, "test.do_other", AREA.load)
ASKED: OperationKind[str, str] = OperationKind(
    "test.asked", Orders, "test.do", AREA.load, ask_job="test.ask"
)
WHY = "a maintenance"


@pytest.fixture
def desk(database: Database) -> Desk[str, str]:
    """The desk of one process."""
    return Desk(database, KIND, LEASES)


@pytest.fixture
async def pause(database: Database) -> None:
    """The provider is paused."""
    await pausing(database)


async def pausing(database: Database, kind: str | None = None, **until: Any) -> None:
    async with database.unit_of_work(actor="ana") as work:
        await paused.pause(work, PROVIDER, why=WHY, kind=kind, **until)


async def resuming(database: Database, kind: str | None = None) -> None:
    async with database.unit_of_work(actor="rui") as work:
        await paused.resume(work, PROVIDER, kind=kind)


async def sweeping(database: Database) -> int:
    async with database.unit_of_work(actor="sweep") as work:
        return await sweep.enqueue_lost(work)


async def standing(database: Database) -> list[tuple[str, int, int]]:
    """State, attempts and questions of every operation."""
    found = await rows(database, "SELECT state, attempts, asked FROM operations ORDER BY id")
    return [(row["state"], row["attempts"], row["asked"]) for row in found]


async def taken(desk: Desk[str, str], ids: Sequence[UUID]) -> int:
    return sum(task is not None for task in await asyncio.gather(*map(desk.take, ids)))


class TestWhileItLasts:
    async def test_nothing_is_taken_and_nothing_counted(
        self, database: Database, desk: Desk[str, str]
    ) -> None:
        """What was prepared, was not sent, was lost, and is not known: all wait as they are."""
        ids = await prepare(database, KIND, 4)
        tasks = [await desk.take(one) for one in ids[1:]]
        await desk.hand_in(result(tasks[0], T.NOT_SENT))
        await desk.hand_in(result(tasks[1], T.UNKNOWN))
        await let_lease_run_out(database)
        before = await standing(database)
        await pausing(database)

        assert 0 == await taken(desk, ids)
        assert before == await standing(database)
        assert ["PREPARED", "NOT_SENT", "UNKNOWN", "SENT"] == [state for state, _, _ in before]

    @pytest.mark.usefixtures("pause")
    async def test_nobody_is_asked_what_became_of_anything(self, database: Database) -> None:
        """Neither by the job that asks, nor beside a worker that may have died."""
        desk = Desk(database, ASKED, LEASES)
        await resuming(database)
        unknown, sent = await prepare(database, ASKED, 2)
        await desk.hand_in(result(await desk.take(unknown), T.UNKNOWN))
        await desk.take(sent)
        await pausing(database)

        assert [None, None] == [await desk.take_to_ask(unknown), await desk.peek(sent)]

    @pytest.mark.usefixtures("pause")
    async def test_others_are_not_held_up(self, database: Database, desk: Desk[str, str]) -> None:
        """Of another provider, in the same batch."""
        ids = [*await prepare(database, KIND), *await prepare(database, KIND, provider="other")]
        both = Desk(database, KIND, LEASES | {"other": LEASES[PROVIDER]})

        tasks = await asyncio.gather(*map(both.take, ids))

        assert ["other"] == [task.operation.provider for task in tasks if task is not None]

    async def test_one_kind_may_be_paused_by_itself(
        self, database: Database, desk: Desk[str, str]
    ) -> None:
        """The rest of what the provider does goes on."""
        held, free = await prepare(database, KIND), await prepare(database, OTHER)
        await pausing(database, KIND.name)

        assert 0 == await taken(desk, held)
        assert 1 == await taken(Desk(database, OTHER, LEASES), free)

    @pytest.mark.usefixtures("pause")
    async def test_whoever_waits_is_told_to_come_again(
        self, database: Database, desk: Desk[str, str]
    ) -> None:
        """Nothing is written, not even the intention; a second key of a live one is no such case."""
        subject = new_id()

        with pytest.raises(ProviderPaused) as refused:
            async with database.unit_of_work(actor="test") as work:
                await desk.begin(work, subject, key="k", provider=PROVIDER)

        assert refused.value.retry_after == timedelta(minutes=1)
        assert [] == await standing(database)

    @pytest.mark.usefixtures("pause")
    async def test_what_is_under_way_comes_to_its_end(
        self, database: Database, desk: Desk[str, str]
    ) -> None:
        """An answer that was asked for before the pause counts."""
        await resuming(database)
        (operation,) = await prepare(database, KIND)
        task = await desk.take(operation)
        await pausing(database)

        assert await desk.hand_in(result(task))

    @pytest.mark.usefixtures("pause")
    async def test_no_job_is_enqueued_in_vain_and_no_promise_broken(
        self, database: Database, desk: Desk[str, str]
    ) -> None:
        """The sweep leaves what waits alone, and the check knows why nobody sends it."""
        await prepare(database, KIND, 3)
        await rows(database, "DELETE FROM pgqueuer")
        await rows(database, "UPDATE operations SET due_at = due_at - interval '1 hour'")
        await let_lease_run_out(database)

        assert 0 == await sweeping(database)
        assert [(), ()] == [one.differences for one in await check_operations(database)]


class TestResuming:
    async def test_has_everything_go_on_once(
        self, database: Database, desk: Desk[str, str]
    ) -> None:
        """What lost its job to the pause gets another, at the next look and not after a lease."""
        ids = await prepare(database, KIND, 5)
        await pausing(database)
        await taken(desk, ids)
        await rows(database, "DELETE FROM pgqueuer")

        await resuming(database)

        assert [5, 0] == [await sweeping(database) for _ in range(2)]
        assert [KIND.job] * 5 == await jobs(database)
        assert [5, 0] == [await taken(desk, ids) for _ in range(2)]

    async def test_leaves_a_lease_to_whoever_has_it(
        self, database: Database, desk: Desk[str, str]
    ) -> None:
        """Whoever was sent before the pause is still waited for."""
        (operation,) = await prepare(database, KIND)
        await desk.take(operation)
        await pausing(database)

        await resuming(database)

        assert 0 == await sweeping(database)
        assert await desk.take(operation) is None

    async def test_finds_doubts_as_old_as_they_were(
        self, database: Database, desk: Desk[str, str]
    ) -> None:
        """Nobody could ask meanwhile: an hour of pause brings nothing nearer to a person."""
        asked = Desk(database, ASKED, LEASES)
        old, young = await prepare(database, ASKED, 2)
        for one in (old, young):
            await asked.hand_in(result(await asked.take(one), T.UNKNOWN, found_nothing=True))
        await pausing(database)
        await rows(database, "UPDATE provider_pauses SET began_at = began_at - interval '1 hour'")
        await rows(
            database,
            "UPDATE operations SET due_at = now(), unknown_since = unknown_since - $2::interval, "
            "nothing_since = nothing_since - $2::interval WHERE id = $1",
            old,
            timedelta(minutes=70),
        )
        await rows(
            database,
            "UPDATE operations SET unknown_since = now() - interval '5 minutes' WHERE id = $1",
            young,
        )

        await resuming(database)

        doubts_left = []
        for one in (old, young):
            task = await asked.take_to_ask(one)
            assert task is not None
            assert task.operation.doubt is not None
            doubts_left.append(task.operation.doubt)
        minutes = [round(one.lasts.total_seconds() / 60) for one in doubts_left]
        assert [10, 0] == minutes
        assert doubts_left[0].nothing_for is not None
        assert 10 == round(doubts_left[0].nothing_for.total_seconds() / 60)

    @pytest.mark.parametrize("are_ended_at_once", [False, True], ids=["in_turn", "at_once"])
    async def test_of_what_is_paused_twice_counts_all_of_the_time(
        self, database: Database, are_ended_at_once: bool
    ) -> None:
        """Whichever began, and ended, first; whoever ends the other at this moment waits."""
        asked = Desk(database, ASKED, LEASES)
        [operation] = await prepare(database, ASKED)
        await asked.hand_in(result(await asked.take(operation), T.UNKNOWN))
        for kind, minutes in ((None, 60), (ASKED.name, 30)):
            await pausing(database, kind)
            await rows(
                database,
                "UPDATE provider_pauses SET began_at = now() - $2::interval "
                "WHERE kind IS NOT DISTINCT FROM $1",
                kind,
                timedelta(minutes=minutes),
            )
        await rows(
            database,
            "UPDATE operations SET due_at = now(), unknown_since = now() - interval '70 minutes'",
        )

        if are_ended_at_once:
            async with database.unit_of_work(actor="rui") as work:
                await paused.resume(work, PROVIDER)
                other = asyncio.create_task(resuming(database, ASKED.name))
                await until_waiting(database)
            await other
        else:
            await resuming(database)
            await resuming(database, ASKED.name)

        task = await asked.take_to_ask(operation)
        assert task is not None
        assert task.operation.doubt is not None
        assert 10 == round(task.operation.doubt.lasts.total_seconds() / 60)

    async def test_of_one_kind_leaves_the_others_paused(
        self, database: Database, desk: Desk[str, str]
    ) -> None:
        """And what is paused twice waits, as it is, until the last of them ends."""
        ids = await prepare(database, KIND)
        await pausing(database)
        await pausing(database, KIND.name)
        written = "SELECT xmin::text FROM operations"

        before = await rows(database, written)
        await resuming(database)
        after = await rows(database, written)
        still_held = await taken(desk, ids)
        await resuming(database, KIND.name)

        assert [0, 1] == [still_held, await taken(desk, ids)]
        assert before == after

    async def test_comes_by_itself_when_its_time_is_over(self, database: Database) -> None:
        """The platform's time, at the next look of the sweep; in the clock's name."""
        async with database.unit_of_work() as work:
            now = await work.now()
        await pausing(database, until=now + timedelta(hours=1))
        async with database.unit_of_work(actor=paused.CLOCK) as work:
            early = await paused.resume_due(work)
        await rows(database, "UPDATE provider_pauses SET until = tramita_now()")

        async with database.unit_of_work(actor=paused.CLOCK) as work:
            due = await paused.resume_due(work)
            [past] = await paused.find_past_pauses(work, PROVIDER, limit=9)

        assert [0, 1] == [early, due]
        assert ("ana", "clock", WHY) == (past.paused_by, past.resumed_by, past.why)


class TestTwoPeople:
    async def test_pause_it_once(self, database: Database) -> None:
        """At the same time: one does it, the other is told who did."""
        said = await asyncio.gather(*(pausing(database) for _ in range(4)), return_exceptions=True)

        refused = [one for one in said if one is not None]
        assert 3 == len(refused)
        assert all(isinstance(one, AlreadyPaused) and "by ana" in str(one) for one in refused)

    async def test_resume_it_once(self, database: Database) -> None:
        """Whoever comes second is told that it runs."""
        await pausing(database)

        said = await asyncio.gather(*(resuming(database) for _ in range(4)), return_exceptions=True)

        refused = [one for one in said if one is not None]
        assert [NotPaused] * 3 == [type(one) for one in refused]

    @pytest.mark.parametrize(
        "until", [timedelta(days=-1), timedelta(days=400), datetime.max.replace(tzinfo=UTC)]
    )
    async def test_cannot_pause_until_yesterday_or_for_ever(
        self, database: Database, until: timedelta | datetime
    ) -> None:
        """A slip of the pen would pause nothing, and seem to; or nobody could be told the time."""
        async with database.unit_of_work() as work:
            now = await work.now()

        with pytest.raises(InvalidError):
            await pausing(database, until=now + until if isinstance(until, timedelta) else until)


class TestAQuestion:
    async def test_by_a_person_waits_as_well(self, database: Database) -> None:
        """Asked again while it is paused, a parked one is asked about when it goes on."""
        desk = Desk(database, ASKED, LEASES)
        (operation,) = await prepare(database, ASKED)
        await desk.hand_in(result(await desk.take(operation), T.PARK))
        await pausing(database)

        async with database.unit_of_work(actor="ana") as work:
            await doubts.ask_now(work, [operation])
        meanwhile = await desk.take_to_ask(operation)
        await resuming(database)

        assert meanwhile is None
        assert await desk.take_to_ask(operation) is not None
