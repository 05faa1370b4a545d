"""Nothing lives on at the provider for a contract that is dead here, and nothing is sent twice."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tests.portability.later import Offered, ScriptedProvider, fetch, offered, runtime_with
from tests.portability.stored import accepted, start
from tramita.kit.attempt import Attempt
from tramita.kit.database.engine import Database
from tramita.kit.operations import doubts
from tramita.kit.operations.actions import OperationAction, act, allowed_actions
from tramita.kit.outcome import Done, Outcome
from tramita.portability.bound_keys import find_bound_keys
from tramita.portability.ending import cancel_envelope
from tramita.portability.journey.insert_proposal import INSERTION
from tramita.portability.journey.reconcile_proposal import reconcile_proposal
from tramita.portability.ports import FoundProposal, ProposalAnswer


class Answering(ScriptedProvider):
    """A provider that also shows whole proposals."""

    def show(self, answer: ProposalAnswer) -> None:
        """Let it hold this one."""
        self.shown = answer

    async def read_proposal(self, _: UUID, __: Attempt) -> Outcome[ProposalAnswer]:
        return Done(self.shown)


class TestMarkingRefused:
    async def test_ends_what_is_known_to_live_of_a_cancelled_contract(
        self, database: Database
    ) -> None:
        """Its envelope was cancelled before a person decided; its proposal must go all the same."""
        runtime = runtime_with(database, ScriptedProvider())
        runtime.kinds[INSERTION.name] = INSERTION
        [operation], key = await unknown(database), str(uuid4())
        async with database.unit_of_work(actor="test") as work:
            await doubts.ask_now(work, [operation], references=[str(key)])
            [row] = await work.fetch("SELECT token FROM envelopes")
            await cancel_envelope(work, row["token"])
            await doubts.park(work, [operation])

        await act(runtime, operation, OperationAction.MARK_REFUSED, note="given up", actor="ana")

        [contract] = await fetch(
            database, "SELECT id, portability_status, reasons FROM envelope_contracts"
        )
        assert ("CANCELADO", "envelope_cancelled") == (
            contract["portability_status"],
            contract["reasons"][0]["code"],
        )
        rows = await fetch(database, "SELECT proposal_key, contract_id FROM unwanted_proposals")
        assert [(key, contract["id"])] == [tuple(row) for row in rows]


class TestSendingAgain:
    async def test_is_not_allowed_once_a_key_is_known(self, database: Database) -> None:
        """The provider said "nothing" first, and its webhook named a proposal afterwards."""
        [operation] = await unknown(database)
        await fetch(database, "UPDATE operations SET nothing_since = now()")
        async with database.unit_of_work(actor="test") as work:
            await doubts.ask_now(work, [operation], references=["P-1"])
            await doubts.park(work, [operation])
            allowed = await allowed_actions(work, operation)

        assert "P-1" in str(allowed[OperationAction.SEND_AGAIN])


class TestReconciling:
    async def test_leaves_alone_what_is_another_contracts(self, database: Database) -> None:
        """A provider that does not understand the question names anybody's proposal."""
        provider = Answering()
        runtime = runtime_with(database, provider)
        [operation] = await unknown(database)
        [row] = await fetch(database, "SELECT number FROM envelope_contracts")
        answer = accepted().answer
        foreign = replace(answer.portability, contract_number="X-1")
        provider.show(replace(answer, portability=foreign))
        provider.found[row["number"]] = (FoundProposal(answer.proposal_key, "1", is_live=True),)

        await reconcile_proposal(runtime, operation)

        assert [] == await fetch(database, "SELECT proposal_key FROM unwanted_proposals")
        [state] = await fetch(database, "SELECT state FROM operations WHERE id = $1", operation)
        assert "UNKNOWN" == state["state"]


class TestBoundKeys:
    @pytest.mark.parametrize("column", ["proposal_key", "credit_operation_key", "refinancing_key"])
    async def test_are_those_of_every_column_that_is_unique(
        self, database: Database, column: str
    ) -> None:
        """What the database would refuse to store is seen before."""
        contract: Offered
        [contract] = await offered(database)
        answer = accepted().answer
        await fetch(
            database, f"UPDATE envelope_contracts SET {column} = $1", answer.portability.key
        )

        async with database.unit_of_work() as work:
            found = await find_bound_keys(
                work, [(uuid4(), "qitech", answer), (contract.id, "qitech", answer)]
            )

        assert [frozenset({answer.portability.key}), frozenset()] == found


async def unknown(database: Database) -> tuple[UUID, ...]:
    """The insertions of an envelope with one contract, of which nobody knows what became."""
    [run] = await start(database, envelopes=1, contracts=1)
    await fetch(
        database,
        "UPDATE operations SET state = 'UNKNOWN', unknown_since = now(), due_at = now(), epoch = 1",
    )
    return run.operations
