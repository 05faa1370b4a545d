"""The origin bank corrects its balance while we act on it: the client owes what was agreed."""

from dataclasses import dataclass
from decimal import Decimal

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
from tramita.kit.attempt import Attempt
from tramita.kit.database.engine import Database
from tramita.kit.outcome import Done, Outcome, Unknown
from tramita.portability.journey import accept_balance, recalculate_proposal
from tramita.portability.ports import News, ProposalRef, Stage

[ACCEPT], [RECALCULATE] = accept_balance.JOBS, recalculate_proposal.JOBS
AS_AGREED, LESS, LEAST = Decimal("8912.77"), Decimal("8000.00"), Decimal("7000.00")


@dataclass
class Correcting(ScriptedProvider):
    """A provider whose next balance is told while it lowers the instalment."""

    database: Database | None = None
    correction: News | None = None

    async def recalculate(
        self, _: ProposalRef, credit_operation_key: str, amount: Decimal, __: Attempt
    ) -> Outcome[None]:
        if self.database is not None and self.correction is not None:
            await tell(self.database, self.correction)
        self.acts.append(("recalculate", credit_operation_key, amount))
        return Done(None)


def returned(contract: Offered, balance: Decimal, *, minutes: int) -> News:
    """The balance, as told so many minutes after the offer."""
    return contract.news(Stage.BALANCE_RETURNED, final_balance=balance, minutes=minutes)


class TestABalanceThatChanges:
    async def test_is_the_newest_whatever_came_last(self, database: Database) -> None:
        """An older message that comes later does not bring an older balance back."""
        [contract] = await offered(database)
        await tell(database, returned(contract, LESS, minutes=3))

        await tell(database, returned(contract, LEAST, minutes=2))
        overtaken = (await stored(database, contract))["final_balance"]
        await tell(database, returned(contract, LEAST, minutes=4))

        assert (LESS, LEAST) == (overtaken, (await stored(database, contract))["final_balance"])

    async def test_before_it_is_accepted_is_accepted_after_all(self, database: Database) -> None:
        """Told as agreed, corrected before our word went out, lowered: then we do agree."""
        provider = ScriptedProvider()
        runtime = runtime_with(database, provider)
        [contract] = await offered(database)
        await tell(
            database, returned(contract, AS_AGREED, minutes=1), returned(contract, LESS, minutes=2)
        )

        await run_jobs(runtime, ACCEPT)
        await run_jobs(runtime, RECALCULATE)
        await run_jobs(runtime, ACCEPT)

        assert ["recalculate", "accept"] == [name for name, _, _ in provider.acts]

    async def test_while_the_instalment_is_lowered_is_not_accepted_unseen(
        self, database: Database
    ) -> None:
        """The figures are those of the balance they were made for; the newer one comes next."""
        provider = Correcting(database=database)
        runtime = runtime_with(database, provider)
        [contract] = await offered(database)
        await tell(database, returned(contract, LESS, minutes=1))
        provider.correction = returned(contract, LEAST, minutes=2)

        await run_jobs(runtime, RECALCULATE)
        written = (await stored(database, contract))["financial"]["issue_amount"]
        await run_jobs(runtime, ACCEPT)
        too_early = [name for name, _, _ in provider.acts]
        await tell(database, returned(contract, LEAST, minutes=2), source="poll")
        await run_jobs(runtime, RECALCULATE)
        await run_jobs(runtime, ACCEPT)

        assert str(LESS) == written
        assert ["recalculate"] == too_early
        assert ["recalculate", "recalculate", "accept"] == [name for name, _, _ in provider.acts]
        assert str(LEAST) == (await stored(database, contract))["financial"]["issue_amount"]


class TestAnInstalmentThatWasNotLowered:
    async def test_needs_a_person_when_the_proposal_went_on(self, database: Database) -> None:
        """The client is not shown figures that the provider does not have."""
        provider = ScriptedProvider()
        runtime = runtime_with(database, provider)
        [contract] = await offered(database)
        await tell(database, returned(contract, LESS, minutes=1))
        before = (await stored(database, contract))["financial"]
        provider.answers["recalculate"] = [Unknown("the line went dead")]
        await run_jobs(runtime, RECALCULATE)
        provider.stands[contract.proposal_key] = contract.news(
            Stage.SETTLING, installment_amount=Decimal("214.62"), minutes=2
        )
        await fetch(database, "UPDATE operations SET due_at = now() WHERE state = 'UNKNOWN'")

        await run_jobs(runtime, RECALCULATE)

        assert before == (await stored(database, contract))["financial"]
        rows = await fetch(database, "SELECT kind FROM operations WHERE state = 'NEEDS_ATTENTION'")
        assert ["portability.recalculate_proposal"] == [row["kind"] for row in rows]
