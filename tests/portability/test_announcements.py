"""What is counted and told of an envelope, in whose row all of its contracts meet."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from tests.locks import until_waiting
from tests.portability.stored import Running, start
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.portability.announcements import count_down, tell_changes

Meeting = Callable[[UnitOfWork, Running, UUID], Awaitable[None]]


async def counting(work: UnitOfWork, run: Running, _: UUID) -> None:
    """A contract is done."""
    await count_down(work, {run.id: 1})


async def telling(work: UnitOfWork, _: Running, contract: UUID) -> None:
    """A contract has moved."""
    await tell_changes(work, [contract])


class TestAnEnvelope:
    @pytest.mark.parametrize("meet", [counting, telling])
    async def test_lets_its_contracts_through_one_after_the_other(
        self, database: Database, meet: Meeting
    ) -> None:
        """Two that wait for a third, while a fourth refers to it, do not wait for each other."""
        run = (await start(database, envelopes=1, contracts=4))[-1]
        found = await database.fetch(
            "SELECT id FROM envelope_contracts WHERE envelope_id = $1", run.id
        )
        first, *others = [row["id"] for row in found[:3]]

        async def alone(contract: UUID) -> None:
            async with database.unit_of_work(actor="test") as work:
                await meet(work, run, contract)

        async with database.unit_of_work(actor="test") as referring:
            await referring.fetch("SELECT FROM envelopes WHERE id = $1 FOR KEY SHARE", run.id)
            async with database.unit_of_work(actor="test") as work:
                before = await work.fetch("SELECT version FROM envelopes WHERE id = $1", run.id)
                await meet(work, run, first)
                waiting = [asyncio.create_task(alone(one)) for one in others]
                await until_waiting(database, len(waiting))
            await asyncio.gather(*waiting)

        [after] = await database.fetch("SELECT version FROM envelopes WHERE id = $1", run.id)
        assert before[0]["version"] + 3 == after["version"]
