"""Whoever finishes an envelope's run announces it, and nobody else does."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.databases import opened
from tests.portability.stored import Running, Work, desk, outcome, start
from tramita.kit.database.engine import Database
from tramita.kit.database.work import LIVE_CHANNEL
from tramita.kit.operations.desk import Desk
from tramita.portability.announcements import count_down

# A thousand are for the soak.
RUNS = [150, pytest.param(1000, marks=pytest.mark.soak)]
RUNS_IN_BATCHES = 300
BATCH = 50


@pytest.fixture
async def other_database(database_url: str) -> AsyncIterator[Database]:
    """The same database as another process sees it, through connections of its own."""
    async with opened(database_url) as other:
        yield other


class TestTheLastTwoContracts:
    """The last two contracts of an envelope, finishing at the same instant."""

    @pytest.mark.parametrize("envelopes", RUNS)
    async def test_announce_once_from_two_processes(
        self, database: Database, other_database: Database, envelopes: int
    ) -> None:
        """Again and again two processes record at once: one announcement and one message each."""
        runs = await start(database, envelopes=envelopes)
        one, other = desk(database), desk(other_database)
        firsts = await take_all(one, [run.operations[0] for run in runs])
        seconds = await take_all(other, [run.operations[1] for run in runs])

        async with hearing(database) as heard:
            for first, second in zip(firsts, seconds, strict=True):
                await asyncio.gather(one.hand_in(first), other.hand_in(second))

        assert await are_announced_once(database, runs, heard)

    async def test_announce_once_when_batches_cross(
        self, database: Database, other_database: Database
    ) -> None:
        """Two processes record the same fifty envelopes at once, in opposite order."""
        runs = await start(database, envelopes=RUNS_IN_BATCHES)
        one, other = desk(database), desk(other_database)
        firsts = await take_all(one, [run.operations[0] for run in runs])
        seconds = await take_all(other, [run.operations[1] for run in runs])

        async with hearing(database) as heard:
            for at in range(0, RUNS_IN_BATCHES, BATCH):
                await asyncio.gather(
                    *map(one.hand_in, firsts[at : at + BATCH]),
                    *map(other.hand_in, reversed(seconds[at : at + BATCH])),
                )

        assert await are_announced_once(database, runs, heard)

    async def test_announce_once_from_one_batch(self, database: Database) -> None:
        """Both outcomes in one transaction count down by two, and announce once."""
        runs = await start(database, envelopes=RUNS_IN_BATCHES)
        one = desk(database)
        results = await take_all(one, [each for run in runs for each in run.operations])

        async with hearing(database) as heard:
            for at in range(0, len(results), BATCH):
                await asyncio.gather(*map(one.hand_in, results[at : at + BATCH]))

        assert await are_announced_once(database, runs, heard)


class TestCountDown:
    async def test_waits_for_nobody_who_only_changed_a_contract(
        self, database: Database, other_database: Database
    ) -> None:
        """Two updates of a row in one transaction share-lock the envelope's key; no more."""
        [run] = await start(database, envelopes=1)
        twice = "UPDATE envelope_contracts SET reasons = '[]' WHERE insertion_id = $1"

        async with other_database.unit_of_work() as slow:
            for _ in range(2):
                await slow.fetch(twice, run.operations[1])
            async with asyncio.timeout(10), database.unit_of_work() as quick:
                for _ in range(2):
                    await quick.fetch(twice, run.operations[0])
                await count_down(quick, {run.id: 1})
            await count_down(slow, {run.id: 1})

        assert [(run.id, 1)] == await announcements(database)


class TestALateResult:
    async def test_changes_nothing(self, database: Database, other_database: Database) -> None:
        """Who lost the lease may hand in as often as it likes: the other's word stands."""
        [run] = await start(database, envelopes=1, contracts=1)
        slow, quick = desk(database), desk(other_database)
        [late] = await take_all(slow, run.operations)
        await lose_leases(database)
        taken_over = await quick.take(run.operations[0])
        assert taken_over is not None
        in_time = outcome(taken_over, Random(2))

        applied = [await quick.hand_in(in_time), await slow.hand_in(late), await slow.hand_in(late)]

        assert taken_over.is_lost
        assert [True, False, False] == applied
        assert [(run.id, 1)] == await announcements(database)


@asynccontextmanager
async def hearing(database: Database) -> AsyncIterator[Counter[str]]:
    """How often "all done" was said on each topic; complete when the block has ended."""
    heard: Counter[str] = Counter()
    is_all = asyncio.Event()

    def listen(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        notice = msgspec.json.decode(str(payload))
        heard[notice["topic"]] += notice["message"]["type"] == "CONTRACTS_PROCESSED"
        if notice["topic"] == "the end":
            is_all.set()

    connection = await database.connect()
    try:
        await connection.add_listener(LIVE_CHANNEL, listen)
        yield heard
        # Messages arrive in the order of their commits, so what was said came before this.
        async with database.unit_of_work(actor="test") as work:
            work.publish("the end", {"type": "MARK"})
        async with asyncio.timeout(30):
            await is_all.wait()
        del heard["the end"]
    finally:
        await connection.close()


async def take_all(
    desk: Desk[Any, Any], operations: Sequence[UUID], *, seed: int = 1
) -> list[Work]:
    """Take operations and draw an outcome for each."""
    random = Random(seed)
    tasks = await asyncio.gather(*map(desk.take, operations))
    return [outcome(task, random) for task in tasks if task is not None]


async def lose_leases(database: Database) -> None:
    """Let every lease have run out."""
    async with database.unit_of_work(actor="test") as work:
        await work.fetch("UPDATE operations SET lease_until = now() - interval '1 second'")


async def announcements(database: Database) -> list[tuple[UUID, int]]:
    """Every announcement, as ``(envelope, run)``."""
    async with database.unit_of_work(actor="test") as work:
        rows = await work.fetch("SELECT envelope_id, run FROM envelope_announcements")
    return [(row["envelope_id"], row["run"]) for row in rows]


async def are_announced_once(
    database: Database, runs: Sequence[Running], heard: Counter[str]
) -> bool:
    """Whether each run was announced once, in the table and over the wire, and none is left."""
    async with database.unit_of_work(actor="test") as work:
        [left] = await work.fetch("SELECT coalesce(sum(run_left), 0) AS n FROM envelopes")
    assert 0 == left["n"]
    assert Counter((run.id, 1) for run in runs) == Counter(await announcements(database))
    assert Counter(f"envelope:{run.token}" for run in runs) == heard
    return True
