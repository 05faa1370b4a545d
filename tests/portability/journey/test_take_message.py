"""Messages of the provider: applied once, and never lost for coming too early."""

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest

from tests.portability.later import (
    Offered,
    ScriptedProvider,
    age_messages,
    fetch,
    offered,
    run_jobs,
    runtime_with,
    stored,
    waiting,
)
from tests.portability.stored import start
from tramita.kit.database.engine import Database
from tramita.kit.inbox import Posting, receive, receive_all
from tramita.kit.jobs import Job
from tramita.kit.operations import doubts
from tramita.kit.runtime import Runtime
from tramita.portability.journey.take_message import JOB, take_message
from tramita.portability.ports import News, NotForUs, Stage

S = Stage
TAKE: Job[Runtime] = Job(JOB, take_message)


@dataclass
class Inbox:
    """What the provider posts, and what our jobs make of it."""

    database: Database
    provider: ScriptedProvider
    runtime: Runtime

    async def post(self, said: News | NotForUs, *, is_new: bool = False) -> None:
        """Receive a message, some seconds ago unless it ``is_new``, and run its job."""
        body = uuid4().bytes
        self.provider.messages[body] = said
        async with self.database.unit_of_work() as work:
            await receive(work, "qitech", body, job=JOB)
        if not is_new:
            await age_messages(self.database)
        await self.run()

    async def run(self) -> int:
        """Run the jobs that wait; those they enqueue wait for the next time."""
        return await run_jobs(self.runtime, TAKE)

    async def waiting(self) -> int:
        """How many messages are not processed."""
        [row] = await fetch(
            self.database, "SELECT count(*) AS n FROM inbox WHERE processed_at IS NULL"
        )
        n: int = row["n"]
        return n

    async def subjects(self) -> list[UUID | None]:
        """What each message was about, by what the contracts' timelines ask for."""
        rows = await fetch(self.database, "SELECT subject_id FROM inbox ORDER BY id")
        return [row["subject_id"] for row in rows]

    async def effects(self) -> list[tuple[str, UUID | None]]:
        """What became of the messages that were kept."""
        rows = await fetch(
            self.database, "SELECT effect, contract_id FROM proposal_events ORDER BY id"
        )
        return [(row["effect"], row["contract_id"]) for row in rows]

    async def unwanted(self) -> list[str]:
        """The proposals that are to be cancelled."""
        rows = await fetch(self.database, "SELECT proposal_key FROM unwanted_proposals")
        return [row["proposal_key"] for row in rows]


@pytest.fixture
def inbox(database: Database) -> Inbox:
    """An inbox whose messages mean what a test says."""
    provider = ScriptedProvider()
    return Inbox(database, provider, runtime_with(database, provider))


async def sent(database: Database, state: str) -> Offered:
    """A contract whose insertion stands in ``state``, and a proposal with its number."""
    [run] = await start(database, envelopes=1, contracts=1)
    await fetch(database, "UPDATE operations SET state = $1, unknown_since = now()", state)
    [row] = await fetch(database, "SELECT id, envelope_id, number FROM envelope_contracts")
    return Offered(row["id"], row["envelope_id"], run.operations[0], row["number"], str(uuid4()))


class TestTakeMessage:
    async def test_applies_what_it_understands(self, inbox: Inbox, database: Database) -> None:
        """The effect and the mark commit together."""
        [contract] = await offered(database)

        await inbox.post(contract.news(S.SUBMITTED))

        assert "submitted" == (await stored(database, contract))["stage"]
        assert [("applied", contract.id)] == await inbox.effects()
        assert [contract.id] == await inbox.subjects()
        assert (0, 0) == (await inbox.waiting(), await inbox.run())

    async def test_of_many_are_taken_together(self, inbox: Inbox, database: Database) -> None:
        """One that fails reaches nobody else's; one that was taken meanwhile is taken once."""
        one, other = await offered(database, contracts=2)
        bodies = [uuid4().bytes for _ in range(3)]
        said: list[News | NotForUs] = [
            one.news(S.SUBMITTED),
            other.news(S.SUBMITTED),
            NotForUs("something"),
        ]
        inbox.provider.messages.update(zip(bodies, said, strict=True))
        async with database.unit_of_work() as work:
            postings = [Posting("qitech", body, JOB) for body in [*bodies, bodies[0], b"?"]]
            assert [True] * 3 + [False, True] == await receive_all(work, postings)
        jobs = await waiting(database, JOB)

        ends = await asyncio.gather(
            *(take_message(inbox.runtime, UUID(str(job["message_id"]))) for job in jobs + jobs),
            return_exceptions=True,
        )

        assert {("applied", one.id), ("applied", other.id)} == set(await inbox.effects())
        assert (2, 0) == (len(await inbox.effects()), sum(map(bool, ends)))
        assert 0 == await inbox.waiting()

    async def test_takes_note_of_what_is_not_for_us(self, inbox: Inbox) -> None:
        """Genuine and about nothing that we carry: processed, nothing kept."""
        await inbox.post(NotForUs("credit_transfer.received_portability"))

        assert (0, []) == (await inbox.waiting(), await inbox.effects())
        assert [None] == await inbox.subjects()


class TestStrayNews:
    """News of a proposal that is no contract's yet, or never will be."""

    async def test_before_the_answer_wait_for_it(self, inbox: Inbox, database: Database) -> None:
        """A webhook that overtakes the synchronous answer is applied after it."""
        contract = await sent(database, "SENT")
        news = contract.news(S.SUBMITTED)
        inbox.provider.stands[contract.proposal_key] = news

        await inbox.post(news)
        early = (await inbox.waiting(), await inbox.effects())
        await fetch(
            database,
            "UPDATE envelope_contracts SET portability_status = 'FORMALIZACAO_CLIENTE', "
            "contract_status = 'AGUARDANDO_FORMALIZACAO', proposal_key = $1",
            contract.proposal_key,
        )
        await inbox.run()

        assert (1, []) == early
        assert [("applied", contract.id)] == await inbox.effects()
        assert 0 == await inbox.waiting()

    async def test_that_have_just_come_wait_without_asking(
        self, inbox: Inbox, database: Database
    ) -> None:
        """The answer is on its way, most likely; a question for each message is not."""
        contract = await sent(database, "UNKNOWN")
        inbox.provider.stands[contract.proposal_key] = contract.news(S.OFFERED)

        await inbox.post(contract.news(S.OFFERED), is_new=True)
        [early] = await fetch(database, "SELECT reference FROM operations")
        await age_messages(database)
        await inbox.run()
        [later] = await fetch(database, "SELECT reference FROM operations")

        assert (None, contract.proposal_key) == (early["reference"], later["reference"])

    @pytest.mark.parametrize("state", ["UNKNOWN", "NEEDS_ATTENTION"])
    async def test_of_a_lost_proposal_have_it_judged(
        self, inbox: Inbox, database: Database, state: str
    ) -> None:
        """The webhook is the only sign of it: reconciliation gets its key, at once."""
        contract = await sent(database, state)
        inbox.provider.stands[contract.proposal_key] = contract.news(S.OFFERED)

        await inbox.post(contract.news(S.OFFERED))

        [row] = await fetch(
            database,
            "SELECT state, reference FROM operations WHERE id = $1",
            contract.operation_id,
        )
        assert ("UNKNOWN", contract.proposal_key) == (row["state"], row["reference"])
        asked = await waiting(database, "portability.reconcile_proposal")
        assert str(contract.operation_id) in [one["operation_id"] for one in asked]
        assert 1 == await inbox.waiting()

    async def test_tried_again_leave_to_a_person_what_is_left_to_one(
        self, inbox: Inbox, database: Database
    ) -> None:
        """It was asked about for this message, in vain; only a newer one is a reason to ask."""
        contract = await sent(database, "UNKNOWN")
        news = inbox.provider.stands[contract.proposal_key] = contract.news(S.OFFERED)
        await inbox.post(news)
        async with database.unit_of_work() as work:
            await doubts.park(work, [contract.operation_id])

        await inbox.run()
        [old] = await fetch(database, "SELECT state FROM operations")
        await fetch(database, "UPDATE operations SET parked_at = parked_at - interval '5 seconds'")
        await inbox.post(news)
        [new] = await fetch(database, "SELECT state FROM operations")

        assert ("NEEDS_ATTENTION", "UNKNOWN") == (old["state"], new["state"])

    async def test_of_a_double_have_it_cancelled(self, inbox: Inbox, database: Database) -> None:
        """The contract has its proposal: one more must not live."""
        [contract] = await offered(database)
        double = replace(contract.news(S.OFFERED), proposal_key=str(uuid4()))
        inbox.provider.stands[double.proposal_key] = double

        await inbox.post(double)

        assert [double.proposal_key] == await inbox.unwanted()
        assert [("known", contract.id)] == await inbox.effects()
        assert 0 == await inbox.waiting()

    async def test_of_a_double_that_is_paid_are_a_conflict(
        self, inbox: Inbox, database: Database
    ) -> None:
        """Money for a proposal that must not live: a person has to see it."""
        [contract] = await offered(database)
        double = replace(contract.news(S.PAID), proposal_key=str(uuid4()))
        inbox.provider.stands[double.proposal_key] = double

        await inbox.post(double)
        await inbox.post(double)

        row = await stored(database, contract)
        assert "unwanted proposal paid there" == row["conflict"]
        assert [("conflict", contract.id)] * 2 == await inbox.effects()

    async def test_of_somebody_else_are_kept_as_unmatched(
        self, inbox: Inbox, database: Database
    ) -> None:
        """The provider knows the proposal, and its contract number is not ours."""
        [contract] = await offered(database)
        news = replace(contract.news(S.OFFERED), proposal_key=str(uuid4()), contract_number="X-1")
        inbox.provider.stands[news.proposal_key] = news

        await inbox.post(news)

        assert [("unmatched", None)] == await inbox.effects()
        assert [] == await inbox.unwanted()

    async def test_that_nobody_can_place_are_kept_in_the_end(
        self, inbox: Inbox, database: Database
    ) -> None:
        """The provider does not know it either: tried for hours, then kept as unmatched."""
        [contract] = await offered(database)
        await inbox.post(replace(contract.news(S.OFFERED), proposal_key=str(uuid4())))
        assert (1, []) == (await inbox.waiting(), await inbox.effects())

        await fetch(database, "UPDATE inbox SET received_at = received_at - interval '4 hours'")
        await inbox.run()

        assert [("unmatched", None)] == await inbox.effects()
        assert (0, 0) == (await inbox.waiting(), await inbox.run())
