"""Asking what was not told: who is due, when, and what comes of it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from tests.portability.later import (
    ScriptedProvider,
    fetch,
    offered,
    run_jobs,
    runtime_with,
    stored,
    waiting,
)
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.jobs import Job
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.portability.journey.poll_proposal import poll_proposal
from tramita.portability.later_life.polling import POLL, poll_due
from tramita.portability.ports import FoundProposal, Stage

S = Stage
ASK: Job[Runtime] = Job(POLL, poll_proposal)


async def advance(database: Database, by: timedelta) -> None:
    """Move the platform's time, as ``tramita clock advance`` does."""
    async with database.unit_of_work() as work:
        await advance_clock(work, Settings(mode=Mode.DEMO), by)


class TestPollDue:
    async def test_takes_what_is_due_by_the_platforms_time(self, database: Database) -> None:
        """A day after the offer; not before, and not again at once."""
        runtime = runtime_with(database, ScriptedProvider())
        [contract] = await offered(database)
        await poll_due(runtime)
        early = await waiting(database, POLL)

        await advance(database, timedelta(days=1, hours=12))
        await poll_due(runtime)
        await poll_due(runtime)

        assert [] == early
        assert [{"contract_id": str(contract.id)}] == await waiting(database, POLL)
        [row] = await fetch(
            database, "SELECT poll_at > tramita_now() AS later FROM envelope_contracts"
        )
        assert row["later"]

    async def test_spreads_the_questions_of_many(self, database: Database) -> None:
        """A full batch takes the whole minute; few are asked about at once."""
        runtime = runtime_with(database, ScriptedProvider())
        await offered(database, contracts=4)
        await advance(database, timedelta(days=2))

        await poll_due(runtime)

        rows = await fetch(
            database,
            "SELECT extract(epoch FROM execute_after - min(execute_after) OVER ())::float AS wait "
            "FROM pgqueuer WHERE entrypoint = $1 ORDER BY wait",
            POLL,
        )
        assert [0.0, 0.6, 1.2, 1.8] == [round(row["wait"], 1) for row in rows]

    async def test_leaves_alone_what_is_over(self, database: Database) -> None:
        """A dead contract that still had a date is asked about no more."""
        runtime = runtime_with(database, ScriptedProvider())
        await offered(database)
        await fetch(
            database,
            "UPDATE envelope_contracts SET portability_status = 'REPROVADO', "
            "contract_status = 'CANCELADO', poll_at = tramita_now()",
        )

        await poll_due(runtime)

        assert [] == await waiting(database, POLL)
        [row] = await fetch(database, "SELECT poll_at FROM envelope_contracts")
        assert row["poll_at"] is None


class TestPollProposal:
    async def test_applies_what_webhooks_lost(self, database: Database) -> None:
        """The second source goes the same way as the first."""
        provider = ScriptedProvider()
        runtime = runtime_with(database, provider)
        [contract] = await offered(database)
        provider.stands[contract.proposal_key] = contract.news(S.AT_ORIGIN)

        await poll_proposal(runtime, contract.id)

        assert "at_origin" == (await stored(database, contract))["stage"]
        [event] = await fetch(database, "SELECT source, effect FROM proposal_events")
        assert ("poll", "applied") == tuple(event)

    async def test_finds_the_double_and_leaves_ours_alone(self, database: Database) -> None:
        """A second live proposal of the contract is cancelled; one that is over is not."""
        provider = ScriptedProvider()
        runtime = runtime_with(database, provider)
        [contract] = await offered(database)
        double = str(uuid4())
        provider.stands[contract.proposal_key] = contract.news(S.OFFERED)
        provider.found[contract.number] = (
            FoundProposal(contract.proposal_key, "1", is_live=True),
            FoundProposal(double, "2", is_live=True),
            FoundProposal(str(uuid4()), "3", is_live=False),
        )
        provider.stands[double] = replace(contract.news(S.OFFERED), proposal_key=double)

        await poll_proposal(runtime, contract.id)

        rows = await fetch(database, "SELECT proposal_key, contract_id FROM unwanted_proposals")
        assert [(double, contract.id)] == [tuple(row) for row in rows]

    async def test_takes_nobody_elses_proposal_for_a_double(self, database: Database) -> None:
        """A provider that answers with everybody's proposals has nobody's cancelled."""
        provider = ScriptedProvider()
        runtime = runtime_with(database, provider)
        ours, other = await offered(database, contracts=2)
        provider.found[ours.number] = tuple(
            FoundProposal(one.proposal_key, "1", is_live=True) for one in (ours, other)
        )
        for one in (ours, other):
            provider.stands[one.proposal_key] = one.news(S.OFFERED)

        await poll_proposal(runtime, ours.id)

        assert [] == await fetch(database, "SELECT proposal_key FROM unwanted_proposals")

    async def test_shows_that_the_provider_does_not_know_it(self, database: Database) -> None:
        """It told us of the proposal itself: a person has to see that it is gone."""
        runtime = runtime_with(database, ScriptedProvider())
        [contract] = await offered(database)
        await fetch(database, "UPDATE envelope_contracts SET stage_at = tramita_now()")

        await poll_proposal(runtime, contract.id)

        row = await stored(database, contract)
        assert ("NOT_FOUND: There is no such proposal.", "FORMALIZACAO_CLIENTE") == (
            row["stage_said"],
            row["portability_status"],
        )

    async def test_asks_nobody_about_what_has_ended_meanwhile(self, database: Database) -> None:
        """The job waited, and the end came by webhook."""
        provider = ScriptedProvider()
        runtime = runtime_with(database, provider)
        [contract] = await offered(database)
        await advance(database, timedelta(days=2))
        await poll_due(runtime)
        await fetch(database, "UPDATE envelope_contracts SET poll_at = NULL")
        provider.stands[contract.proposal_key] = replace(contract.news(S.CANCELED))

        assert 1 == await run_jobs(runtime, ASK)

        assert "offered" == (await stored(database, contract))["stage"]
