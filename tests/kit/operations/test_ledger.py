"""Set-based statements on operation rows."""

import asyncio
import time
from datetime import timedelta
from uuid import UUID

import pytest

from tests.kit.operations.acts import (
    LEASES,
    PROVIDER,
    Area,
    jobs,
    let_lease_run_out,
    prepare,
    rows,
    state_of,
)
from tramita.kit.attempt import Attempt, Exchanged
from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.kit.lifecycle import TransitionNotAllowed
from tramita.kit.operations import doubts, ledger
from tramita.kit.operations.journal import keep_exchanges
from tramita.kit.operations.ledger import Settlement
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.operations.queries import (
    OperationNotFound,
    get_operation,
    list_operations,
    tell_operation,
)
from tramita.kit.operations.taken import Taken

KIND = Area().kind


async def take(database: Database, *ids: UUID) -> dict[UUID, Taken]:
    async with database.unit_of_work(actor="taker") as work:
        return await ledger.take(work, ids, leases=LEASES)


async def settle(database: Database, *settlements: Settlement) -> set[tuple[UUID, int]]:
    async with database.unit_of_work(actor="taker") as work:
        return await ledger.settle(work, settlements)


class TestPrepare:
    async def test_writes_the_intention_and_enqueues_its_job(self, database: Database) -> None:
        """Both in the caller's transaction."""
        (operation,) = await prepare(database, KIND)

        (row,) = await rows(database, "SELECT * FROM operations")
        assert (operation, "test.order", "acme", "PREPARED", 0, 0) == tuple(
            row[name] for name in ("id", "kind", "provider", "state", "attempts", "epoch")
        )
        assert ["test.place_order"] == await jobs(database)

    async def test_leaves_out_a_subject_that_has_a_live_one(self, database: Database) -> None:
        """Nothing is done twice, and nothing is enqueued for it."""
        subject = new_id()
        async with database.unit_of_work() as work:
            await ledger.prepare(work, KIND, {subject: "first"}, provider=PROVIDER)

        async with database.unit_of_work() as work:
            again = await ledger.prepare(work, KIND, {subject: "second"}, provider=PROVIDER)

        assert {} == again
        assert 1 == len(await jobs(database))

    async def test_is_done_once_by_many_at_the_same_moment(self, database: Database) -> None:
        """The index decides, not an `if`."""
        subjects = [new_id() for _ in range(5)]

        async def prepare_all() -> int:
            async with database.unit_of_work() as work:
                keys = {one: f"order:{one}" for one in subjects}
                return len(await ledger.prepare(work, KIND, keys, provider=PROVIDER))

        prepared = await asyncio.gather(*(prepare_all() for _ in range(6)))

        assert 5 == sum(prepared)
        assert 5 == len(await jobs(database))


class TestTake:
    async def test_gives_it_to_one_taker(self, database: Database) -> None:
        """However many ask at the same moment."""
        (operation,) = await prepare(database, KIND)

        taken = await asyncio.gather(*(take(database, operation) for _ in range(8)))

        assert 1 == len([one for one in taken if one])
        assert "SENT" == await state_of(database, operation)

    async def test_tells_what_the_taker_needs(self, database: Database) -> None:
        """The stable key, which attempt it is, and that nobody tried before."""
        (operation,) = await prepare(database, KIND)

        taken = (await take(database, operation))[operation]

        assert (f"order:{taken.subject_id}", 1, 1, False) == (
            taken.key,
            taken.attempt,
            taken.epoch,
            taken.is_lost,
        )
        assert taken.taken_at.tzinfo is not None

    async def test_is_remembered(self, database: Database) -> None:
        """The history says who took it."""
        (operation,) = await prepare(database, KIND)
        await take(database, operation)

        assert [
            {"from_state": "PREPARED", "to_state": "SENT", "trigger": "send", "actor": "taker"}
        ] == await rows(database, "SELECT from_state, to_state, trigger, actor FROM history")

    async def test_says_of_a_lost_one_that_it_is_lost(self, database: Database) -> None:
        """Whoever took it first never said what became of it; a new epoch begins."""
        (operation,) = await prepare(database, KIND)
        await take(database, operation)
        assert {} == await take(database, operation)
        await let_lease_run_out(database)

        taken = (await take(database, operation))[operation]

        assert (True, 2, 1) == (taken.is_lost, taken.epoch, taken.attempt)

    async def test_waits_until_a_repetition_is_due(self, database: Database) -> None:
        """What was not sent is sent again, under the same key, but not before its time."""
        (operation,) = await prepare(database, KIND)
        taken = (await take(database, operation))[operation]
        await settle(database, Settlement(taken, T.NOT_SENT, retry_in=timedelta(hours=1)))
        assert {} == await take(database, operation)
        await rows(database, "UPDATE operations SET due_at = now()")

        again = (await take(database, operation))[operation]

        assert (taken.key, 2, False) == (again.key, again.attempt, again.is_lost)


class TestSettle:
    @pytest.mark.parametrize(
        ("trigger", "state", "is_over"),
        [
            (T.DONE, "SUCCEEDED", True),
            (T.PENDING, "PENDING", False),
            (T.REFUSED, "REFUSED", True),
            (T.NOT_SENT, "NOT_SENT", False),
            (T.UNKNOWN, "UNKNOWN", False),
        ],
    )
    async def test_records_the_outcome(
        self, database: Database, trigger: T, state: str, is_over: bool
    ) -> None:
        """State, reason and reference, with a line of history; what is over names no job any more."""
        (operation,) = await prepare(database, KIND)
        taken = (await take(database, operation))[operation]

        applied = await settle(database, Settlement(taken, trigger, "because", "their-7"))

        (row,) = await rows(database, "SELECT * FROM operations")
        assert {(operation, 1)} == applied
        assert (state, "because", "their-7", is_over) == (
            row["state"],
            row["reason"],
            row["reference"],
            row["settled_at"] is not None,
        )
        assert (None if is_over else "test.place_order") == row["job"]
        assert {"to_state": state, "trigger": trigger.value, "cause": "because"} == (
            await rows(database, "SELECT to_state, trigger, cause FROM history ORDER BY id")
        )[-1]

    async def test_does_not_apply_a_late_answer(self, database: Database) -> None:
        """Somebody else has taken the operation meanwhile; his word counts."""
        (operation,) = await prepare(database, KIND)
        late = (await take(database, operation))[operation]
        await let_lease_run_out(database)
        present = (await take(database, operation))[operation]

        first = await settle(database, Settlement(late, T.REFUSED, "late"))
        second = await settle(database, Settlement(present, T.UNKNOWN, "present"))

        assert (set(), {(operation, 2)}) == (first, second)
        assert "UNKNOWN" == await state_of(database, operation)

    async def test_tells_a_late_answer_from_the_present_one_beside_it(
        self, database: Database
    ) -> None:
        """Also when both come in one batch."""
        (operation,) = await prepare(database, KIND)
        late = (await take(database, operation))[operation]
        await let_lease_run_out(database)
        present = (await take(database, operation))[operation]

        applied = await settle(
            database,
            Settlement(late, T.REFUSED, "late"),
            Settlement(present, T.UNKNOWN, "present"),
        )

        assert {(operation, 2)} == applied
        assert [{"state": "UNKNOWN", "reason": "present"}] == await rows(
            database, "SELECT state, reason FROM operations"
        )

    async def test_refuses_a_trigger_that_is_no_outcome(self, database: Database) -> None:
        """The life cycle decides, and nothing changes."""
        (operation,) = await prepare(database, KIND)
        taken = (await take(database, operation))[operation]

        with pytest.raises(TransitionNotAllowed):
            await settle(database, Settlement(taken, T.ASK_AGAIN))

        assert "SENT" == await state_of(database, operation)


class TestPark:
    async def test_hands_what_is_unknown_to_a_person(self, database: Database) -> None:
        """And only that: a finished one stays finished."""
        unknown, done = await prepare(database, KIND, 2)
        taken = await take(database, unknown, done)
        await settle(
            database, Settlement(taken[unknown], T.UNKNOWN), Settlement(taken[done], T.DONE)
        )

        async with database.unit_of_work() as work:
            await doubts.park(work, [unknown, done])

        assert ["NEEDS_ATTENTION", "SUCCEEDED"] == [
            await state_of(database, one) for one in (unknown, done)
        ]


class TestJournal:
    async def test_keeps_what_was_said_with_its_outcome(self, database: Database) -> None:
        """One row per exchange, whoever made it."""
        said = Exchanged("POST", "/orders", "{}", 503, "", "HTTP 503", time.monotonic(), 12)
        first, second = await prepare(database, KIND, 2)
        attempts = [Attempt(first, "a", 2, [said, said]), Attempt(second, "b")]

        async with database.unit_of_work() as work:
            await keep_exchanges(work, [(one, PROVIDER, "unknown") for one in attempts])

        assert [("acme", 2, 503, "HTTP 503", "unknown", 12)] * 2 == [
            tuple(row.values())
            for row in await rows(
                database,
                "SELECT provider, attempt, status, error, outcome, milliseconds FROM exchanges",
            )
        ]

    async def test_of_nothing_is_nothing(self, database: Database) -> None:
        """A task that was refused before it was sent has said nothing."""
        async with database.unit_of_work() as work:
            await keep_exchanges(work, [(Attempt(new_id(), "a"), PROVIDER, "refused")])

        assert [] == await rows(database, "SELECT * FROM exchanges")


class TestQueries:
    async def test_list_operations_by_age_and_state(self, database: Database) -> None:
        """A page at a time; the operator's list is one of its states."""
        ids = await prepare(database, KIND, 3)
        await take(database, ids[1])

        async with database.unit_of_work() as work:
            first = await list_operations(work, state=None, after=None, limit=2)
            rest = await list_operations(work, state=None, after=first[-1].id, limit=2)
            sent = await list_operations(work, state="SENT", after=None, limit=2)

        assert (ids[:2], ids[2:], [ids[1]]) == tuple(
            [one.id for one in page] for page in (first, rest, sent)
        )

    async def test_show_one_with_everything_that_was_said(self, database: Database) -> None:
        """In the order it was said."""
        (operation,) = await prepare(database, KIND)
        said = [
            Exchanged("GET", f"/{n}", "", 200, "{}", None, time.monotonic(), n) for n in range(3)
        ]
        async with database.unit_of_work() as work:
            await keep_exchanges(work, [(Attempt(operation, "k", 1, said), PROVIDER, "done")])

            view, exchanges = await get_operation(work, operation)

        assert operation == view.id
        assert ["/0", "/1", "/2"] == [one.path for one in exchanges]

    async def test_keep_one_clock_for_whatever_is_shown_together(self, database: Database) -> None:
        """A call begins after its sending and before its outcome, however far the clock is moved."""
        for by in (timedelta(), timedelta(days=30)):
            await rows(database, f"UPDATE clock SET \"offset\" = interval '{by.days} days'")
            (operation,) = await prepare(database, KIND)
            taken = (await take(database, operation))[operation]
            said = Exchanged("POST", "/", "{}", 200, "{}", None, time.monotonic(), 0)
            async with database.unit_of_work() as work:
                await ledger.settle(work, [Settlement(taken, T.DONE)])
                await keep_exchanges(work, [(Attempt(operation, "k", 1, [said]), PROVIDER, "done")])

            async with database.unit_of_work() as work:
                story = await tell_operation(work, operation, exchanges=5, moves=5)

            [shown], [settled, sent] = story.exchanges, story.history
            line = story.operation
            assert line.created_at <= sent.at <= shown.started_at <= settled.at <= story.now
            assert line.sent_at == sent.at
            assert timedelta() <= line.due_at - line.created_at < timedelta(hours=1)

    async def test_say_which_operation_there_is_not(self, database: Database) -> None:
        """A sentence with the id."""
        missing = new_id()
        async with database.unit_of_work() as work:
            with pytest.raises(OperationNotFound, match=str(missing)):
                await get_operation(work, missing)
