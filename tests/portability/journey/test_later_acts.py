"""What we do at the provider after the client has signed: once, and only while it is wanted."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.portability.later import (
    Offered,
    ScriptedProvider,
    fetch,
    offered,
    run_jobs,
    runtime_with,
    stored,
    tell,
)
from tramita.kit.database.engine import Database
from tramita.kit.outcome import NotSent, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.portability.journey import accept_balance, recalculate_proposal, submit_proposal
from tramita.portability.ports import News, Stage

S = Stage
[SUBMIT], [ACCEPT], [RECALCULATE] = (
    submit_proposal.JOBS,
    accept_balance.JOBS,
    recalculate_proposal.JOBS,
)
AS_AGREED, LESS = Decimal("8912.77"), Decimal("8000.00")
# 8,000.00 over 80 months at 1.67 % a month, rounded down.
LOWERED = Decimal("181.96")


@pytest.fixture
def provider() -> ScriptedProvider:
    """A provider that agrees to everything, unless told otherwise."""
    return ScriptedProvider()


@pytest.fixture
def runtime(database: Database, provider: ScriptedProvider) -> Runtime:
    """A process that talks to it."""
    return runtime_with(database, provider)


async def returned(database: Database, balance: Decimal) -> Offered:
    """A contract whose origin bank has just told the balance."""
    [contract] = await offered(database)
    await tell(database, contract.news(S.BALANCE_RETURNED, final_balance=balance))
    return contract


async def states(database: Database) -> dict[str, str]:
    """Where what we wanted to do stands, by kind."""
    rows = await fetch(
        database,
        "SELECT kind, state FROM operations WHERE kind <> 'portability.insert_proposal'",
    )
    return {row["kind"].removeprefix("portability."): row["state"] for row in rows}


class TestSubmitProposal:
    async def test_says_our_word_once(
        self, database: Database, runtime: Runtime, provider: ScriptedProvider
    ) -> None:
        """Sent once; the provider's own word moves the contract, and is asked for soon."""
        [contract] = await offered(database)
        await tell(database, contract.news(S.HELD))

        await run_jobs(runtime, SUBMIT)
        await run_jobs(runtime, SUBMIT)

        assert [("submit", contract.proposal_key, None)] == provider.acts
        assert {"submit_proposal": "SUCCEEDED"} == await states(database)
        row = await stored(database, contract)
        assert ("held", "AGUARDANDO_SALDO") == (row["stage"], row["portability_status"])
        [soon] = await fetch(
            database,
            "SELECT poll_at <= tramita_now() + interval '1 minute' AS yes FROM envelope_contracts",
        )
        assert soon["yes"]

    async def test_is_left_out_when_it_has_gone_on(
        self, database: Database, runtime: Runtime, provider: ScriptedProvider
    ) -> None:
        """Somebody submitted it there before our job ran."""
        [contract] = await offered(database)
        await tell(database, contract.news(S.HELD), contract.news(S.AT_ORIGIN, minutes=2))

        await run_jobs(runtime, SUBMIT)

        assert [] == provider.acts
        assert {"submit_proposal": "SUCCEEDED"} == await states(database)

    async def test_that_is_refused_needs_a_person(
        self, database: Database, runtime: Runtime, provider: ScriptedProvider
    ) -> None:
        """A signed contract must not wait in silence."""
        [contract] = await offered(database)
        held = contract.news(S.HELD)
        provider.stands[contract.proposal_key] = held
        provider.answers["submit"] = [Refused("ISS000003", "Not now.")]
        await tell(database, held)

        await run_jobs(runtime, SUBMIT)

        assert {"submit_proposal": "NEEDS_ATTENTION"} == await states(database)

    async def test_that_was_refused_settles_when_it_goes_on_all_the_same(
        self, database: Database, runtime: Runtime, provider: ScriptedProvider
    ) -> None:
        """Somebody there submitted it: nobody has to look any more."""
        [contract] = await offered(database)
        held, submitted = contract.news(S.HELD), contract.news(S.SUBMITTED, minutes=1)
        provider.stands[contract.proposal_key] = held
        provider.answers["submit"] = [Refused("ISS000003", "Not now.")]
        await tell(database, held)
        await run_jobs(runtime, SUBMIT)

        provider.stands[contract.proposal_key] = submitted
        await tell(database, submitted)
        await run_jobs(runtime, SUBMIT)

        assert 1 == len(provider.acts)
        assert {"submit_proposal": "SUCCEEDED"} == await states(database)

    @pytest.mark.parametrize(
        ("stands", "acts"), [(S.SUBMITTED, 1), (S.HELD, 2)], ids=["it arrived", "it did not"]
    )
    async def test_asks_before_it_acts_again(
        self,
        database: Database,
        runtime: Runtime,
        provider: ScriptedProvider,
        *,
        stands: Stage,
        acts: int,
    ) -> None:
        """Nobody knows whether it arrived: the proposal itself is read first."""
        [contract] = await offered(database)
        provider.answers["submit"] = [Unknown("The line went dead.")]
        await tell(database, contract.news(S.HELD))
        await run_jobs(runtime, SUBMIT)
        provider.stands[contract.proposal_key] = contract.news(stands)
        await fetch(database, "UPDATE operations SET due_at = now() WHERE state = 'UNKNOWN'")

        await run_jobs(runtime, SUBMIT)

        assert acts == len(provider.acts)
        assert {"submit_proposal": "SUCCEEDED"} == await states(database)


class TestAcceptBalance:
    async def test_agrees_to_what_was_agreed(
        self, database: Database, runtime: Runtime, provider: ScriptedProvider
    ) -> None:
        """The balance is within the tolerance: accepted as it is, once."""
        contract = await returned(database, AS_AGREED)

        await run_jobs(runtime, ACCEPT)

        assert [("accept", contract.proposal_key, None)] == provider.acts
        assert {"accept_balance": "SUCCEEDED"} == await states(database)

    async def test_is_left_out_when_the_contract_has_ended(
        self, database: Database, runtime: Runtime, provider: ScriptedProvider
    ) -> None:
        """Cancelled between the decision and the act: no bank is paid for it."""
        contract = await returned(database, AS_AGREED)
        await tell(database, contract.news(S.CANCELED, minutes=2))

        await run_jobs(runtime, ACCEPT)

        assert [] == provider.acts


class TestRecalculateProposal:
    async def test_lowers_the_instalment_and_then_accepts(
        self, database: Database, runtime: Runtime, provider: ScriptedProvider
    ) -> None:
        """The client pays for what is owed: new figures are stored, then the balance accepted."""
        contract = await returned(database, LESS)
        before = await stored(database, contract)

        await run_jobs(runtime, RECALCULATE)
        await run_jobs(runtime, ACCEPT)

        loan = before["credit_operation_key"]
        assert [
            ("recalculate", loan, LOWERED),
            ("accept", contract.proposal_key, None),
        ] == provider.acts
        was, now = before["financial"], (await stored(database, contract))["financial"]
        saved = Decimal(was["installment_amount"]) - LOWERED
        assert (str(LOWERED), str(LESS), was["installment_amount"]) == (
            now["installment_amount"],
            now["issue_amount"],
            now["recalculated_from"],
        )
        assert (saved, saved * 80) == (
            Decimal(now["saving_per_month"]) - Decimal(was["saving_per_month"]),
            Decimal(now["saving_total"]) - Decimal(was["saving_total"]),
        )

    async def test_is_not_done_twice_for_hearing_of_the_balance_twice(
        self, database: Database, runtime: Runtime, provider: ScriptedProvider
    ) -> None:
        """A poll after the recalculation finds the balance as agreed."""
        contract = await returned(database, LESS)
        await run_jobs(runtime, RECALCULATE)

        await tell(database, contract.news(S.BALANCE_RETURNED, final_balance=LESS), source="poll")
        await run_jobs(runtime, RECALCULATE)
        await run_jobs(runtime, ACCEPT)

        assert ["recalculate", "accept"] == [name for name, _, _ in provider.acts]

    async def test_that_arrived_is_seen_by_its_amount(
        self, database: Database, runtime: Runtime, provider: ScriptedProvider
    ) -> None:
        """The stage does not show it: the instalment that the provider tells does."""
        contract = await returned(database, LESS)
        provider.answers["recalculate"] = [Unknown("The line went dead.")]
        await run_jobs(runtime, RECALCULATE)
        lowered: News = contract.news(S.BALANCE_RETURNED, installment_amount=LOWERED)
        provider.stands[contract.proposal_key] = lowered
        await fetch(database, "UPDATE operations SET due_at = now() WHERE state = 'UNKNOWN'")

        await run_jobs(runtime, RECALCULATE)

        assert 1 == len(provider.acts)
        assert {"recalculate_proposal": "SUCCEEDED", "accept_balance": "PREPARED"} == (
            await states(database)
        )

    async def test_out_of_reach_waits(
        self, database: Database, runtime: Runtime, provider: ScriptedProvider
    ) -> None:
        """Nothing happened there: it is done later, and nothing is accepted before."""
        await returned(database, LESS)
        provider.answers["recalculate"] = [NotSent("refused", timedelta(seconds=1))]

        await run_jobs(runtime, RECALCULATE)

        assert {"recalculate_proposal": "NOT_SENT"} == await states(database)
