"""Signature groups where several work on one at the same time."""

import asyncio

from tests.locks import count_waiting
from tests.portability.stored import LEASES, Running, desk, start
from tests.world import until
from tramita.kit.database.engine import Database
from tramita.kit.operations import ledger
from tramita.portability.acts import SEND_GROUP
from tramita.portability.grouping import find_groups, want_sent
from tramita.portability.journey.send_group import load_sendings

ACCEPTED = """
    UPDATE envelope_contracts SET is_proposal_being_inserted = false,
        portability_status = 'FORMALIZACAO_CLIENTE', contract_status = 'AGUARDANDO_FORMALIZACAO'
"""


class TestWantSent:
    async def test_waits_for_nobody_who_settles(self, database: Database) -> None:
        """Whoever records a closing wants the envelope next: waiting for them would deadlock."""
        run = await accepted_in_a_group(database)
        await close(database, run)

        async with database.unit_of_work() as settling:
            await settling.fetch(
                "UPDATE operations SET state = 'SENT' WHERE kind = $1", SEND_GROUP.name
            )
            async with asyncio.timeout(10):
                await close(database, run)

        assert 1 == await closings(database)

    async def test_closes_a_group_that_was_found_unwanted_before(self, database: Database) -> None:
        """What was accepted after that is to have its link too."""
        run = await accepted_in_a_group(database)
        await close(database, run)
        await execute(database, "UPDATE envelopes SET version = version + 1")
        await execute(
            database, f"UPDATE operations SET state = 'REFUSED' WHERE kind = '{SEND_GROUP.name}'"
        )

        await close(database, run)

        assert 2 == await closings(database)

    async def test_leaves_a_run_that_goes_on(self, database: Database) -> None:
        """The last contract decides."""
        run = await accepted_in_a_group(database)
        await execute(database, "UPDATE envelopes SET run_left = 1")

        await close(database, run)

        assert 0 == await closings(database)


class TestLoadSendings:
    async def test_sees_a_proposal_on_its_way(self, database: Database) -> None:
        """It would be refused by a group that is closed before it arrives."""
        run = await accepted_in_a_group(database)
        async with database.unit_of_work() as work:
            before = await load_sendings(work, [run.id])
        assert await desk(database).take(run.operations[0]) is not None

        async with database.unit_of_work() as work:
            after = await load_sendings(work, [run.id])

        assert (False, True) == (
            before[run.id].is_one_on_its_way,
            after[run.id].is_one_on_its_way,
        )

    async def test_waits_for_whoever_is_taking_a_proposal(self, database: Database) -> None:
        """They may have seen the group open, and would send into a closed one."""
        run = await accepted_in_a_group(database)

        async def load() -> bool:
            async with database.unit_of_work() as work:
                return (await load_sendings(work, [run.id]))[run.id].is_one_on_its_way

        async def is_met() -> bool:
            return loading.done() or await count_waiting(database) > 0

        async with database.unit_of_work() as taking:
            assert await ledger.take(taking, run.operations[:1], leases=LEASES)
            loading = asyncio.create_task(load())
            await until(is_met)

        assert await loading


class TestFindGroups:
    async def test_keeps_proposals_out_of_a_group_that_is_being_closed(
        self, database: Database
    ) -> None:
        """From the moment it is wanted, not only when it was done."""
        run = await accepted_in_a_group(database)
        async with database.unit_of_work() as work:
            before = (await find_groups(work, [run.id]))[run.id]
        await close(database, run)

        async with database.unit_of_work() as work:
            after = (await find_groups(work, [run.id]))[run.id]

        assert before.key is not None
        assert (None, False) == (after.key, after.is_awaited)


async def accepted_in_a_group(database: Database) -> Running:
    """An envelope whose run is over and whose contracts wait for a link."""
    [run] = await start(database, envelopes=1)
    await execute(database, ACCEPTED)
    await execute(database, "UPDATE envelopes SET group_key = gen_random_uuid(), run_left = 0")
    return run


async def close(database: Database, run: Running) -> None:
    """What the end of a run does."""
    async with database.unit_of_work() as work:
        await want_sent(work, [run.id])


async def closings(database: Database) -> int:
    """How many operations there are that close a group."""
    async with database.unit_of_work() as work:
        return len(await work.fetch("SELECT FROM operations WHERE kind = $1", SEND_GROUP.name))


async def execute(database: Database, statement: str) -> None:
    """Run one statement."""
    async with database.unit_of_work() as work:
        await work.fetch(statement)
