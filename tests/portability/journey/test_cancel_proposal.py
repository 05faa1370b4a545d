"""Cancelling at the provider what must not live: until it has ended there, or a person knows."""

from dataclasses import dataclass, field

import pytest

from tests.portability.later import (
    Offered,
    ScriptedProvider,
    fetch,
    offered,
    run_jobs,
    runtime_with,
    tell,
)
from tramita.kit.attempt import Attempt
from tramita.kit.database.engine import Database
from tramita.kit.outcome import Outcome, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.portability.journey import cancel_proposal
from tramita.portability.journey.compensation import want_gone
from tramita.portability.journey.strays import note_unwanted
from tramita.portability.ports import News, ProposalRef, Stage

[CANCEL] = cancel_proposal.JOBS
NO = Refused("SIM000400", "cannot go to this state")


@dataclass
class Silent(ScriptedProvider):
    """A provider that refuses to cancel; ``unread`` are questions that it fails to answer."""

    unread: list[Unknown] = field(default_factory=list)

    async def read_news(self, ref: ProposalRef, attempt: Attempt) -> Outcome[News]:
        if self.unread:
            return self.unread.pop()
        return await super().read_news(ref, attempt)


@pytest.fixture
def provider() -> Silent:
    """A provider that will not cancel."""
    return Silent(answers={"cancel": [NO]})


@pytest.fixture
def runtime(database: Database, provider: Silent) -> Runtime:
    """A process that talks to it."""
    return runtime_with(database, provider)


async def unwanted(database: Database) -> Offered:
    """A contract whose proposal must not live any more."""
    [contract] = await offered(database)
    async with database.unit_of_work(actor="test") as work:
        await want_gone(work, [(contract.proposal_key, contract.id, "the consent was denied")])
    return contract


async def walked(database: Database) -> list[str]:
    """Every state that the cancellation came to."""
    rows = await fetch(
        database,
        "SELECT to_state FROM history WHERE subject = 'operations' AND subject_id IN "
        "(SELECT id FROM operations WHERE kind = 'portability.cancel_proposal') ORDER BY id",
    )
    return [row["to_state"] for row in rows]


async def go_on(runtime: Runtime) -> None:
    """Let what waits to be sent again be sent now."""
    await fetch(runtime.database, "UPDATE operations SET due_at = now() WHERE state <> 'SENT'")
    await run_jobs(runtime, CANCEL)


class TestCancelProposal:
    async def test_asks_again_before_it_hands_a_refusal_to_a_person(
        self, database: Database, runtime: Runtime, provider: Silent
    ) -> None:
        """It had ended there already; that one question failed means nothing."""
        contract = await unwanted(database)
        provider.unread = [Unknown("HTTP 502")]
        provider.stands[contract.proposal_key] = contract.news(Stage.CANCELED)

        await run_jobs(runtime, CANCEL)
        await go_on(runtime)

        assert "NEEDS_ATTENTION" not in await walked(database)
        assert "SUCCEEDED" == (await walked(database))[-1]
        assert [("cancel", contract.proposal_key, None)] == provider.acts

    async def test_hands_a_plain_no_to_a_person_as_what_it_is(
        self, database: Database, runtime: Runtime, provider: Silent
    ) -> None:
        """It lives there and will not be cancelled: nobody calls that unknown."""
        contract = await unwanted(database)
        provider.stands[contract.proposal_key] = contract.news(Stage.AT_ORIGIN)

        await run_jobs(runtime, CANCEL)

        assert ["SENT", "NEEDS_ATTENTION"] == await walked(database)
        [row] = await fetch(
            database, "SELECT reason, parked_at FROM operations WHERE state = 'NEEDS_ATTENTION'"
        )
        assert "SIM000400: cannot go to this state" == row["reason"]
        assert row["parked_at"] is not None

    @pytest.mark.parametrize("is_known", [True, False])
    async def test_is_over_when_the_provider_says_that_it_has_ended(
        self, database: Database, runtime: Runtime, provider: Silent, is_known: bool
    ) -> None:
        """A message settles what was left to a person, the contract's own or a double's."""
        contract = await unwanted(database)
        provider.stands[contract.proposal_key] = contract.news(Stage.AT_ORIGIN)
        await run_jobs(runtime, CANCEL)
        ended = contract.news(Stage.CANCELED, minutes=2)
        provider.stands[contract.proposal_key] = ended

        if is_known:
            await tell(database, ended)
        else:
            async with database.unit_of_work(actor="qitech") as work:
                assert await note_unwanted(work, "qitech", [ended], "webhook")
        await run_jobs(runtime, CANCEL)

        assert "SUCCEEDED" == (await walked(database))[-1]
