"""A lender that takes a proposal and decides days later: nobody is alarmed, nobody waits."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.portability.examples import TODAY
from tests.portability.later import ScriptedProvider, age_messages, fetch, run_jobs, runtime_with
from tests.portability.stored import CLIENT, accepted, sold
from tramita.kit.attempt import Attempt
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.inbox import receive
from tramita.kit.jobs import Job
from tramita.kit.outcome import Done, Outcome, Pending
from tramita.kit.runtime import Runtime
from tramita.portability.api.envelopes import to_answer
from tramita.portability.api.formalization import to_details
from tramita.portability.api.schemas import Details, EnvelopeAnswer, PortabilityAnswer
from tramita.portability.check import check_portability
from tramita.portability.ending import cancel_envelope
from tramita.portability.journey.cancel_proposal import CANCELLATION
from tramita.portability.journey.insert_proposal import JOB, insert_portability_proposal
from tramita.portability.journey.poll_proposal import poll_proposal
from tramita.portability.journey.reconcile_proposal import reconcile_proposal
from tramita.portability.journey.take_message import JOB as TAKING
from tramita.portability.journey.take_message import take_message
from tramita.portability.later_life.polling import POLL, poll_due
from tramita.portability.page.situations import Group, situation_of
from tramita.portability.ports import (
    Answered,
    EndedProposal,
    News,
    Proposal,
    ProposalRef,
    Stage,
    StopReason,
)
from tramita.portability.queries import get_envelope_view
from tramita.portability.service import create_envelope, send_formalization_link
from tramita.portability.views import EnvelopeView

BRISA = "brisa"
KEY = "prp_7Gq"
TAKEN = Pending(KEY, timedelta(hours=6), within=timedelta(days=3))
INSERT: Job[Runtime] = Job(JOB, insert_portability_proposal)
ASK: Job[Runtime] = Job("portability.reconcile_proposal", reconcile_proposal)
POLLING: Job[Runtime] = Job(POLL, poll_proposal)
[CANCEL] = CANCELLATION.jobs
TAKE: Job[Runtime] = Job(TAKING, take_message)


@dataclass
class Slow(ScriptedProvider):
    """A bank that takes what it is sent, and says later what it thinks of it."""

    verdict: Callable[[ProposalRef], Outcome[Answered]] = field(default=lambda _: TAKEN)

    async def insert_proposal(self, _: Proposal, __: Attempt) -> Outcome[Answered]:
        return TAKEN

    async def read_proposal(self, ref: ProposalRef, _: Attempt) -> Outcome[Answered]:
        return self.verdict(ref)


def no(ref: ProposalRef) -> Outcome[Answered]:
    """Its own words for it."""
    reason = StopReason("MARGIN", "A margem de CPF 165.145.480-91 não basta.")
    return Done(EndedProposal(ref, Stage.REJECTED, reason))


@dataclass
class Waiting:
    """An envelope whose one contract is being decided about."""

    database: Database
    bank: Slow
    runtime: Runtime
    token: UUID
    contract: UUID

    async def days_pass(self, days: int) -> None:
        """Move the platform's clock and do what is due by then."""
        async with self.database.unit_of_work(actor="test") as work:
            await advance_clock(work, self.runtime.settings, timedelta(days=days))
        await poll_due(self.runtime)
        await run_jobs(self.runtime, POLLING)
        await run_jobs(self.runtime, ASK)

    async def known(self) -> EnvelopeView:
        """What is known of the envelope."""
        async with self.database.unit_of_work() as work:
            return await get_envelope_view(work, self.token)

    async def partner_sees(self) -> PortabilityAnswer:
        """The portability as the partner sees it."""
        [contract] = to_answer(await self.known(), EnvelopeAnswer, page="").contracts
        assert contract.portability is not None
        return contract.portability

    async def state(self) -> tuple[str, str | None]:
        """The state and reason of the insertion."""
        [row] = await fetch(
            self.database,
            "SELECT state, reason FROM operations WHERE kind = 'portability.insert_proposal'",
        )
        return row["state"], row["reason"]

    async def announced(self) -> int:
        """How often "all done" was said."""
        return len(await fetch(self.database, "SELECT FROM envelope_announcements"))


@pytest.fixture
async def waiting(database: Database) -> Waiting:
    """The bank has just taken the proposal."""
    bank = Slow()
    runtime = runtime_with(database, ScriptedProvider(), brisa=bank)
    async with database.unit_of_work(actor="test") as work:
        made = await create_envelope(work, CLIENT, [sold()], provider=BRISA)
        await work.session.flush()
        await send_formalization_link(work, made.token)
    [row] = await fetch(database, "SELECT id FROM envelope_contracts")
    waiting = Waiting(database, bank, runtime, made.token, row["id"])
    await run_jobs(runtime, INSERT)
    return waiting


class TestWhileItDecides:
    async def test_nobody_waits_and_nobody_is_alarmed(self, waiting: Waiting) -> None:
        """Day after day: pending, announced, every promise kept."""
        for _ in range(2):
            await waiting.days_pass(1)

            assert "PENDING" == (await waiting.state())[0]
            assert 1 == await waiting.announced()
            findings = await check_portability(waiting.runtime)
            assert [] == [one.differences for one in findings if one.differences]

    async def test_everybody_is_told_so_in_their_words(self, waiting: Waiting) -> None:
        """The client that it is analysed, the partner until when, the operator as well."""
        partner = await waiting.partner_sees()

        [contract] = (await waiting.known()).contracts
        situation = situation_of(contract, today=TODAY)
        assert (Group.CHECKING, "Em análise") == (situation.group, situation.stamp_text)
        assert ("deciding", False) == (partner.stage, partner.needs_attention)
        assert partner.decides_by is not None
        _, reason = await waiting.state()
        assert "is to decide by" in (reason or "")

    async def test_a_message_has_it_asked_at_once(self, waiting: Waiting) -> None:
        """What it posted is about the proposal that it has taken."""
        [row] = await fetch(waiting.database, "SELECT number_at_provider FROM envelope_contracts")
        news = News(KEY, await now(waiting.database), "declined", contract_number=row[0])
        waiting.bank.stands[KEY], waiting.bank.messages[b"x"] = news, news
        waiting.bank.verdict = no
        async with waiting.database.unit_of_work() as work:
            await receive(work, BRISA, b"x", job=TAKING)
        await age_messages(waiting.database)

        await run_jobs(waiting.runtime, TAKE)
        await run_jobs(waiting.runtime, ASK)

        assert "REFUSED" == (await waiting.state())[0]

    async def test_a_cancellation_reaches_it(self, waiting: Waiting) -> None:
        """By the key under which it was taken."""
        async with waiting.database.unit_of_work() as work:
            await cancel_envelope(work, waiting.token)

        await run_jobs(waiting.runtime, CANCEL)

        assert [("cancel", KEY, None)] == waiting.bank.acts

    async def test_a_person_is_asked_after_its_own_time(self, waiting: Waiting) -> None:
        """It gave itself three days."""
        await waiting.days_pass(4)

        state, reason = await waiting.state()
        assert "NEEDS_ATTENTION" == state
        assert "was to decide by" in (reason or "")


class TestItsWord:
    async def test_is_the_reason_of_a_no(self, waiting: Waiting) -> None:
        """On the page, in the API and in events, masked; nothing is cancelled or invented there."""
        waiting.bank.verdict = no

        await waiting.days_pass(2)

        details = to_details(await waiting.known())
        assert isinstance(details, Details)
        [contract] = details.contracts
        assert contract.portability is not None
        said = "O novo banco não aprovou este pedido: “A margem de CPF •••.145.•••-•• não basta”."
        assert ("CANCELADO", [said]) == (contract.status, contract.portability.sentences)
        partner = await waiting.partner_sees()
        assert ("REPROVADO", "rejected") == (partner.status, partner.stage)
        assert ["lender_MARGIN"] == [one["code"] for one in partner.reasons]
        assert ([], None) == (waiting.bank.acts, partner.proposal_key)
        assert 1 == await waiting.announced()

    async def test_is_judged_when_it_is_a_yes(self, waiting: Waiting) -> None:
        """As if it had been the first answer: one about another client is cancelled there."""
        [row] = await fetch(waiting.database, "SELECT number_at_provider FROM envelope_contracts")
        answer = replace(accepted().answer, proposal_key=KEY, cpf="14950479032")
        loan = replace(answer.portability, contract_number=row[0])
        waiting.bank.verdict = lambda _: Done(replace(answer, portability=loan))

        await waiting.days_pass(2)
        await run_jobs(waiting.runtime, CANCEL)

        partner = await waiting.partner_sees()
        assert "wrong_client" in [one["code"] for one in partner.reasons]
        assert "SUCCEEDED" == (await waiting.state())[0]
        assert [("cancel", KEY, None)] == waiting.bank.acts


async def now(database: Database) -> Any:
    """The platform's time."""
    async with database.unit_of_work() as work:
        return await work.now()
