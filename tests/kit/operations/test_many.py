"""One action on many operations: each answered for itself, none done twice, whoever dies."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from tests.kit.operations.acts import Area, jobs, prepare, rows
from tests.locks import until_waiting
from tramita.kit.attention import find_groups
from tramita.kit.claims import CaseTaken, find_claims, release_case, take_case
from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.kit.operations import many
from tramita.kit.operations.actions import OperationAction
from tramita.kit.operations.kind import OperationKind
from tramita.kit.operations.many import Chosen, NothingChosen, begin_many, tell_many
from tramita.kit.operations.parked import CLAIMED_AS, find_parked

AREA = Area()
KIND: OperationKind[str, str] = OperationKind(
    "test.order", Area, "test.place_order", AREA.load, AREA.record, ask_job="test.ask"
)
MANY, SENDABLE = 500, 420


@dataclass
class Process:
    """A process with its database and every kind."""

    database: Database
    kinds: dict[str, OperationKind[Any, Any]] = field(default_factory=lambda: {KIND.name: KIND})


@pytest.fixture
def process(database: Database) -> Process:
    return Process(database)


async def parked(database: Database, count: int, reason: str = "no answer in 30 s") -> list[UUID]:
    """Operations that need a person; of none has the provider said that there is nothing."""
    ids = await prepare(database, KIND, count)
    await rows(
        database,
        "UPDATE operations SET state = 'NEEDS_ATTENTION', reason = $2, parked_at = tramita_now() "
        "WHERE id = ANY($1)",
        ids,
        reason,
    )
    await rows(database, "DELETE FROM pgqueuer")
    return ids


async def begin(
    database: Database, chosen: Chosen, action: OperationAction = OperationAction.SEND_AGAIN
) -> UUID:
    async with database.unit_of_work(actor="ana") as work:
        return await begin_many(work, action, chosen, note="the line was down")


async def sent(database: Database) -> Counter[int]:
    """How many operations were moved how often by a person."""
    found = await rows(
        database,
        "SELECT count(*) FILTER (WHERE h.trigger = 'not_sent') AS n FROM operations AS o "
        "LEFT JOIN history AS h ON h.subject_id = o.id GROUP BY o.id",
    )
    return Counter(row["n"] for row in found)


class TestMany:
    async def test_are_answered_each_for_itself(self, database: Database, process: Process) -> None:
        """Five hundred, of which some may not be sent: the reason stands with each."""
        ids = await parked(database, MANY)
        await rows(
            database,
            "UPDATE operations SET nothing_since = now() WHERE id = ANY($1)",
            ids[:SENDABLE],
        )
        bulk = await begin(database, Chosen(ids=ids))

        await many.act_on_many(process, bulk)

        async with database.unit_of_work() as work:
            told, answers = await tell_many(work, bulk, limit=MANY)
        assert (MANY, SENDABLE, MANY - SENDABLE, 0) == (
            told.total,
            told.done,
            told.refused,
            told.left,
        )
        assert told.ended_at is not None
        assert set(ids[:SENDABLE]) == {one.operation_id for one in answers if one.said is None}
        assert all("ask again first" in one.said for one in answers if one.said is not None)
        assert {1: SENDABLE, 0: MANY - SENDABLE} == await sent(database)
        assert SENDABLE == (await jobs(database)).count(KIND.job)

    async def test_are_each_done_once_whoever_dies(
        self, database: Database, process: Process
    ) -> None:
        """The job is killed in the middle, run again, and run twice at the same time."""
        ids = await parked(database, 60)
        await rows(database, "UPDATE operations SET nothing_since = now()")
        bulk = await begin(database, Chosen(ids=ids))

        async with database.unit_of_work() as other:
            await other.fetch("SELECT FROM operations WHERE id = $1 FOR UPDATE", sorted(ids)[30])
            dying = asyncio.create_task(many.act_on_many(process, bulk))
            await until_waiting(database)
            dying.cancel()
            await asyncio.gather(dying, return_exceptions=True)
        halfway = (await sent(database))[1]
        await asyncio.gather(*(many.act_on_many(process, bulk) for _ in range(3)))
        await many.act_on_many(process, bulk)

        assert 0 < halfway < 60
        assert {1: 60} == await sent(database)
        async with database.unit_of_work() as work:
            told, _ = await tell_many(work, bulk)
        assert (60, 0) == (told.done, told.refused)

    async def test_are_those_of_a_group(self, database: Database, process: Process) -> None:
        """Alike are those whose reasons differ in numbers and ids alone."""
        first = await parked(database, 2, f"no answer to {new_id()} within 30 s")
        first += await parked(database, 1, f"no answer to {new_id()} within 7 s")
        await parked(database, 1, "they say no")
        async with database.unit_of_work() as work:
            groups = await find_groups(work)
        assert [3, 1] == [one.count for one in groups]
        [alike] = [one.alike for one in groups if one.count == 3]
        assert alike is not None

        bulk = await begin(database, Chosen(alike=alike), OperationAction.MARK_REFUSED)
        await many.act_on_many(process, bulk)

        async with database.unit_of_work() as work:
            _, answers = await tell_many(work, bulk)
            assert [] == await find_parked(work, alike, after=None, limit=9)
        assert sorted(first) == [one.operation_id for one in answers]

    async def test_must_be_some(self, database: Database) -> None:
        """Where somebody was quicker there is nothing to do, and nothing is written."""
        with pytest.raises(NothingChosen):
            await begin(database, Chosen(provider="acme"))

        assert [] == await rows(database, "SELECT FROM bulk_acts")

    async def test_keep_the_note_no_longer_than_needed(
        self, database: Database, process: Process
    ) -> None:
        """What was typed stands in the history of each, and nowhere else."""
        bulk = await begin(
            database, Chosen(ids=await parked(database, 1)), OperationAction.ASK_AGAIN
        )
        await many.act_on_many(process, bulk)

        [row] = await rows(database, "SELECT note FROM bulk_acts")
        assert row["note"] is None


class TestACase:
    async def test_is_taken_by_one(self, database: Database) -> None:
        """The other is told by whom; released, it is anybody's."""
        [case] = map(str, await parked(database, 1))
        async with database.unit_of_work(actor="ana") as work:
            await take_case(work, CLAIMED_AS, case)
            await take_case(work, CLAIMED_AS, case)

        with pytest.raises(CaseTaken, match="ana looks after this"):
            async with database.unit_of_work(actor="rui") as work:
                await take_case(work, CLAIMED_AS, case)
        async with database.unit_of_work(actor="rui") as work:
            assert await release_case(work, CLAIMED_AS, case)
            await take_case(work, CLAIMED_AS, case)

        async with database.unit_of_work() as work:
            found = await find_claims(work, CLAIMED_AS, [case])
        assert {case: "rui"} == {key: one.taken_by for key, one in found.items()}
