"""Two lenders at once: each contract is one bank's for good, and no bank speaks for another."""

from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from tests.kit.aside import find_aside
from tests.portability.later import (
    Offered,
    ScriptedProvider,
    age_messages,
    fetch,
    offered,
    run_jobs,
    runtime_with,
    stored,
)
from tests.portability.stored import CLIENT, accepted, sold
from tramita.kit.database.engine import Database
from tramita.kit.inbox import receive
from tramita.kit.jobs import Job
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime
from tramita.portability.bound_keys import find_bound_keys
from tramita.portability.check import check_portability
from tramita.portability.journey.cancel_proposal import CANCELLATION
from tramita.portability.journey.compensation import want_gone
from tramita.portability.journey.poll_proposal import poll_proposal
from tramita.portability.journey.take_message import JOB, take_message
from tramita.portability.ports import FoundProposal, News, NotForUs, Stage
from tramita.portability.provider import PROVIDER
from tramita.portability.service import create_envelope, send_formalization_link

S = Stage
BRISA = "brisa"
TAKE: Job[Runtime] = Job(JOB, take_message)
[CANCEL] = CANCELLATION.jobs


class Reading(ScriptedProvider):
    """A bank that understands its own messages only."""

    def read_message(self, body: bytes) -> News | NotForUs | NotUnderstood:
        return self.messages.get(body, NotUnderstood("none of ours"))


@dataclass
class Banks:
    """Two banks and a process that is connected to both."""

    database: Database
    qitech: Reading
    brisa: Reading
    runtime: Runtime

    async def post(self, sender: str, said: News, *, written_by: str | None = None) -> None:
        """One bank posts, under its own name, what it or another wrote; our job reads it."""
        body = uuid4().bytes
        getattr(self, written_by or sender).messages[body] = said
        async with self.database.unit_of_work() as work:
            await receive(work, sender, body, job=JOB)
        await age_messages(self.database)
        await run_jobs(self.runtime, TAKE)

    async def not_understood(self) -> list[tuple[str, str]]:
        """What is shown to a person: who sent it, and why it changed nothing."""
        async with self.database.unit_of_work() as work:
            return [(one.provider, one.why or "") for one in await find_aside(work)]


@pytest.fixture
def banks(database: Database) -> Banks:
    """QI Tech and a second bank."""
    qitech, brisa = Reading(), Reading()
    return Banks(database, qitech, brisa, runtime_with(database, qitech, brisa=brisa))


async def one_at_each(database: Database) -> tuple[Offered, Offered]:
    """A contract that each bank has accepted, QI Tech's first."""
    [ours] = await offered(database)
    [other] = await offered(database, provider=BRISA)
    return ours, other


class TestMessages:
    async def test_are_read_as_their_sender_writes(self, banks: Banks, database: Database) -> None:
        """QI Tech's own words, posted under another bank's password, change nothing."""
        contract, _ = await one_at_each(database)

        await banks.post(BRISA, contract.news(S.CANCELED), written_by=PROVIDER)

        assert "offered" == (await stored(database, contract))["stage"]
        assert [(BRISA, "none of ours")] == await banks.not_understood()

    async def test_change_nothing_about_another_bank_s_contract(
        self, banks: Banks, database: Database
    ) -> None:
        """A forged key: its sender's bank knows no such proposal, so it is shown to a person."""
        contract, _ = await one_at_each(database)

        await banks.post(BRISA, contract.news(S.CANCELED))

        assert "offered" == (await stored(database, contract))["stage"]
        [(sender, why)] = await banks.not_understood()
        assert (BRISA, True) == (sender, f"contract {contract.number}, which is qitech's" in why)

    async def test_do_not_make_another_bank_s_contract_theirs(
        self, banks: Banks, database: Database
    ) -> None:
        """Its sender's bank claims our number for a key of its own: nothing is cancelled there."""
        contract, _ = await one_at_each(database)
        claimed = replace(contract.news(S.OFFERED), proposal_key="B-1")
        banks.brisa.stands["B-1"] = claimed

        await banks.post(BRISA, claimed)

        assert [] == await fetch(database, "SELECT FROM unwanted_proposals")
        assert [BRISA] == [sender for sender, _ in await banks.not_understood()]

    async def test_tell_equal_keys_apart(self, banks: Banks, database: Database) -> None:
        """Two banks may call their proposals the same; each moves its own."""
        contract, other = await one_at_each(database)
        await fetch(database, "UPDATE envelope_contracts SET proposal_key = '1001'")
        ours, theirs = (replace(one, proposal_key="1001") for one in (contract, other))

        await banks.post(PROVIDER, ours.news(S.SUBMITTED))
        await banks.post(BRISA, theirs.news(S.RETAINED))

        stages = [(await stored(database, one))["stage"] for one in (contract, other)]
        assert ["submitted", "retained"] == stages
        assert [] == await banks.not_understood()


class TestWhoseAContractIs:
    async def test_is_decided_when_it_is_made(self, database: Database) -> None:
        """Named, or the installation's at that moment; the operation says the same."""
        named = replace(sold(), provider=BRISA)
        async with database.unit_of_work() as work:
            first = await create_envelope(work, CLIENT, [sold(), named])
            second = await create_envelope(work, CLIENT, [sold()], provider=BRISA)
            await work.session.flush()
            for one in (first, second):
                await send_formalization_link(work, one.token)

        rows = await fetch(
            database,
            "SELECT c.provider, o.provider AS acting FROM envelope_contracts AS c "
            "JOIN operations AS o ON o.id = c.insertion_id ORDER BY c.number",
        )
        assert sorted([(PROVIDER, PROVIDER), (BRISA, BRISA), (BRISA, BRISA)]) == sorted(
            tuple(row) for row in rows
        )

    async def test_says_where_it_is_cancelled(self, banks: Banks, database: Database) -> None:
        """Each at its own bank, also where both bear one key, and each once."""
        contract, other = await one_at_each(database)
        async with database.unit_of_work() as work:
            gone = [("k", one.id, "for a test") for one in (contract, other)]
            await want_gone(work, [*gone, *gone])
            await want_gone(work, gone)

        await run_jobs(banks.runtime, CANCEL)

        assert [("cancel", "k", None)] == banks.qitech.acts == banks.brisa.acts

    async def test_says_who_is_asked(self, banks: Banks, database: Database) -> None:
        """A poll reads the contract's own bank."""
        _, other = await one_at_each(database)
        banks.brisa.stands[other.proposal_key] = other.news(S.SUBMITTED)

        await poll_proposal(banks.runtime, other.id)

        assert "submitted" == (await stored(database, other))["stage"]

    async def test_says_whose_keys_count(self, database: Database) -> None:
        """A key that another bank uses is not taken."""
        contract, _ = await one_at_each(database)
        answer = replace(accepted().answer, proposal_key=contract.proposal_key)

        async with database.unit_of_work() as work:
            found = await find_bound_keys(
                work, [(uuid4(), PROVIDER, answer), (uuid4(), BRISA, answer)]
            )

        assert [frozenset({contract.proposal_key}), frozenset()] == found

    async def test_says_whose_word_the_check_takes(self, banks: Banks, database: Database) -> None:
        """What one bank holds is no proof of what is at another."""
        contract, other = await one_at_each(database)
        await fetch(database, "UPDATE operations SET attempts = 1")
        for one, bank in ((contract, banks.qitech), (other, banks.brisa)):
            bank.found[one.number] = (FoundProposal(one.proposal_key, "1", is_live=True),)
        kept = await check_portability(banks.runtime)
        banks.qitech.found[other.number] = banks.brisa.found.pop(other.number)
        banks.brisa.found[other.number] = ()

        broken = await check_portability(banks.runtime)

        assert ([], [other.number]) == (
            [one.subject for one in kept[0].differences],
            [one.subject for one in broken[0].differences],
        )
