"""What is recorded of a proposal that was sent."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from uuid import UUID

from tests.locks import until_waiting
from tests.portability.examples import ANSWER, PROPOSAL_KEY
from tests.portability.later import ScriptedProvider, fetch, runtime_with
from tests.portability.stored import start
from tramita.kit.attempt import Attempt
from tramita.kit.database.engine import Database
from tramita.kit.outcome import Done, Outcome, Unknown
from tramita.portability.journey.insert_proposal import JOB, insert_portability_proposal
from tramita.portability.journey.reconcile_proposal import reconcile_proposal
from tramita.portability.ports import Answered, FoundProposal, Proposal, ProposalRef


@dataclass
class Confused(ScriptedProvider):
    """A bank that answers everybody with the same keys, at once or when it is asked."""

    is_silent: bool = False

    async def insert_proposal(self, _: Proposal, __: Attempt) -> Outcome[Answered]:
        return Unknown("no answer") if self.is_silent else Done(ANSWER)

    async def find_proposals(
        self, contract_number: str, _: Attempt
    ) -> Outcome[tuple[FoundProposal, ...]]:
        return Done((FoundProposal(PROPOSAL_KEY, contract_number, is_live=True),))

    async def read_proposal(self, ref: ProposalRef, _: Attempt) -> Outcome[Answered]:
        ours = replace(ANSWER.portability, contract_number=str(ref.contract_number))
        return Done(replace(ANSWER, portability=ours))


async def while_it_gets_the_key(
    database: Database, contract: UUID, act: Coroutine[object, object, None]
) -> None:
    """Have ``act`` run until it waits for a contract that gets the keys, and to its end after that."""
    async with database.unit_of_work(actor="test") as work:
        await work.fetch(
            "UPDATE envelope_contracts SET proposal_key = $2 WHERE id = $1", contract, PROPOSAL_KEY
        )
        acting = asyncio.create_task(act)
        await until_waiting(database)
    await acting


async def test_is_in_doubt_when_another_contract_gets_its_key_at_that_moment(
    database: Database,
) -> None:
    """As when the other one had it before: it is asked about, and no error of our own."""
    await start(database, envelopes=1, contracts=2)
    runtime = runtime_with(database, Confused())
    other, ours = await fetch(
        database, "SELECT id, insertion_id FROM envelope_contracts ORDER BY id"
    )
    await fetch(database, "DELETE FROM pgqueuer WHERE entrypoint = $1", JOB)

    await while_it_gets_the_key(
        database, other["id"], insert_portability_proposal(runtime, ours["insertion_id"])
    )

    [row] = await fetch(
        database,
        "SELECT o.state, c.proposal_key FROM operations AS o "
        "JOIN envelope_contracts AS c ON c.insertion_id = o.id WHERE c.id = $1",
        ours["id"],
    )
    assert ("UNKNOWN", None) == (row["state"], row["proposal_key"])


async def test_stays_in_doubt_when_another_contract_gets_its_key_while_it_is_asked_about(
    database: Database,
) -> None:
    """It is asked about once more, and the answer is no good by then."""
    await start(database, envelopes=1, contracts=2)
    runtime = runtime_with(database, Confused(is_silent=True))
    other, ours = await fetch(
        database, "SELECT id, insertion_id FROM envelope_contracts ORDER BY id"
    )
    await insert_portability_proposal(runtime, ours["insertion_id"])
    await fetch(database, "UPDATE operations SET due_at = now()")

    await while_it_gets_the_key(
        database, other["id"], reconcile_proposal(runtime, ours["insertion_id"])
    )
    await fetch(database, "UPDATE operations SET due_at = now()")
    await reconcile_proposal(runtime, ours["insertion_id"])

    [row] = await fetch(
        database,
        "SELECT o.state, o.asked, o.reason, c.proposal_key FROM operations AS o "
        "JOIN envelope_contracts AS c ON c.insertion_id = o.id WHERE c.id = $1",
        ours["id"],
    )
    assert ("UNKNOWN", 2, None) == (row["state"], row["asked"], row["proposal_key"])
    assert "another contract" in row["reason"]
