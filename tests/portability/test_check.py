"""``check_portability`` finds what breaks a promise, and says when it could not look."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from tests.world import World, envelope, running_world, until
from tramita.kit.database.engine import Database
from tramita.portability.check import check_portability, count_portability
from tramita.portability.journey.insert_proposal import INSERTION


@pytest.fixture
async def world(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world whose one envelope of two contracts has ended well."""
    async with running_world(database, database_url, tmp_path) as world:
        token = await world.make_envelope(envelope(portabilities=2))
        await world.send_link(token)
        await world.until_done(token)
        yield world


SPOILED = {
    "no lease": (
        "UPDATE envelope_contracts SET is_proposal_being_inserted = position = 0",
        ["P3", "P4"],
    ),
    "a lease long over": (
        "WITH o AS (UPDATE operations SET state = 'SENT', job = kind, "
        "lease_until = now() - interval '1 hour' RETURNING id) "
        "UPDATE envelope_contracts SET is_proposal_being_inserted = true",
        ["P3", "P4"],
    ),
    "not announced": ("DELETE FROM envelope_announcements", ["P4"]),
    "announced for another run": ("UPDATE envelope_announcements SET run = 2", ["P4"]),
    "counted wrongly": ("UPDATE envelopes SET run_left = 1", ["P4"]),
    "the contract itself cancelled": (
        "UPDATE contracts SET state = 'cancelled', cancelled_at = now()",
        ["P2", "P5"],
    ),
    "another proposal": ("UPDATE envelope_contracts SET proposal_key = gen_random_uuid()", ["P1"]),
    "no proposal": ("UPDATE envelope_contracts SET proposal_key = NULL", ["P1"]),
}


class TestCheckPortability:
    async def test_finds_nothing_where_all_is_well(self, world: World) -> None:
        """Every promise looked at, both contracts among them, none broken."""
        findings = await check_portability(world.runtime)

        assert ["P1", "P2", "P3", "P4", "P5", "P6"] == [one.invariant for one in findings]
        assert [2, 2, 2, 1, 2] == [one.looked_at for one in findings[:5]]
        assert [0] * 6 == [len(one.differences) + one.not_verified for one in findings]

    @pytest.mark.parametrize(("statement", "broken"), SPOILED.values(), ids=SPOILED)
    async def test_finds_what_is_broken(
        self, world: World, statement: str, broken: list[str]
    ) -> None:
        """Each promise broken by hand is found, and no other is blamed."""
        await world.fetch(statement)

        findings = await check_portability(world.runtime)

        assert broken == [one.invariant for one in findings if one.differences]

    async def test_blames_nobody_who_stands_still_for_a_moment(self, world: World) -> None:
        """Between two statements of a transaction, as any process may on a busy machine."""
        other = await asyncpg.connect(world.database.dsn)
        try:
            await other.execute("BEGIN")
            await until(partial(_stands_still, world))

            findings = await check_portability(world.runtime)
        finally:
            await other.close()

        assert () == findings[5].differences

    async def test_finds_a_second_proposal(self, world: World) -> None:
        """What a blind resend leaves at the provider, until the second is cancelled there."""
        [number, _] = await world.qitech.created()
        await world.qitech.fail("http_503", operation="update_proposal", count=None)
        [(operation, attempts)] = await world.fetch(
            "UPDATE operations SET state = 'PREPARED', job = $2, ask_job = $3, "
            "lease_until = now() - interval '1 second' WHERE key = $1 RETURNING id, attempts",
            f"insert_proposal:{number}",
            INSERTION.job,
            INSERTION.ask_job,
        )
        async with world.database.unit_of_work() as work:
            work.enqueue("portability.insert_portability_proposal", operation_id=operation)
        await world.until_attempts(operation, attempts + 1)

        findings = await check_portability(world.runtime)

        [difference] = findings[0].differences
        assert number == difference.subject
        assert difference.sentence.startswith("2 live proposals: ")

    async def test_finds_what_lives_on_of_a_dead_contract(self, world: World) -> None:
        """Refused here by hand, alive there, and nobody cancels it: said in one sentence."""
        number, _ = sorted(await world.qitech.created())
        await world.fetch(
            "UPDATE envelope_contracts SET portability_status = 'REPROVADO', "
            "contract_status = 'CANCELADO' WHERE number = $1",
            number,
        )

        findings = await check_portability(world.runtime)

        [difference] = findings[1].differences
        assert number == difference.subject
        assert difference.sentence.startswith("ended here, alive there: ")
        assert difference.sentence.endswith("nobody cancels it")

    async def test_says_when_the_provider_does_not_answer(self, world: World) -> None:
        """Where QI Tech offers no such query, nothing is claimed to be verified."""
        await world.qitech.act(query_by_contract_number=False)

        findings = await check_portability(world.runtime)

        assert (2, ()) == (findings[0].not_verified, findings[0].differences)


async def _stands_still(world: World) -> bool:
    rows = await world.fetch(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() "
        "AND state = 'idle in transaction' AND state_change < clock_timestamp() - interval '1.5 s'"
    )
    return bool(rows)


class TestCountPortability:
    async def test_counts_contracts_by_where_they_stand(self, world: World) -> None:
        """Both statuses, and how many stand with a person."""
        await world.fetch("UPDATE operations SET state = 'NEEDS_ATTENTION', job = kind")

        counts = await count_portability(world.runtime)

        assert {"AGUARDANDO_FORMALIZACAO/FORMALIZACAO_CLIENTE/needs attention": 2} == counts
