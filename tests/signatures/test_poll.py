"""What nobody reads of and nobody tells us is found out in time, and time itself ends procedures."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from tests.signatures.signing import BOTH, STUDENT, TEXT, Signing
from tramita.kit.outcome import Done
from tramita.signatures.journey.apply_states import apply_states
from tramita.signatures.journey.refresh import ask_state, poll_due
from tramita.signatures.knowledge import refresh_stale
from tramita.signatures.rows import find_standing
from tramita.signatures.settings import SignatureSettings
from tramita.testing.waiting import until


@pytest.fixture
async def unheard(signing_of_its_own: Signing) -> Signing:
    """A service whose notices are all lost."""
    await signing_of_its_own.service.subscribe(None)
    return signing_of_its_own


class TestThePoll:
    async def test_finds_what_nobody_reads_of(self, unheard: Signing) -> None:
        """A day after the last word of it, at the latest."""
        contract = await unheard.submitted()
        await unheard.sign_unheard(contract, STUDENT)

        await unheard.advance(timedelta(hours=25))
        await poll_due(unheard.world.runtime)

        await unheard.until(contract, "half_signed")

    async def test_finds_out_that_time_is_over(self, unheard: Signing) -> None:
        """Nobody signed in time: the contract may be submitted anew."""
        contract = await unheard.submitted()

        await unheard.advance(timedelta(days=100))
        await poll_due(unheard.world.runtime)
        await unheard.until(contract, "expired")
        await unheard.request(contract, TEXT)
        await unheard.until(contract, "signing")

        assert [
            "submitting",
            "signing",
            "expired",
            "submitting",
            "signing",
        ] == unheard.papers.states(contract)

    async def test_does_not_end_what_was_signed_after_it_was_asked_about(
        self, unheard: Signing
    ) -> None:
        """Whoever was asked in time, and is heard when it is over, may not know of the last signature."""
        contract = await unheard.submitted()
        runtime = unheard.world.runtime
        async with runtime.database.unit_of_work() as work:
            procedure = (await find_standing(work, [contract]))[contract]
            asked_at = await work.now()
        said = await ask_state(runtime, procedure)
        assert isinstance(said, Done)
        for who in BOTH:
            await unheard.sign_unheard(contract, who)
        await unheard.advance(timedelta(days=100))

        async with runtime.database.unit_of_work(actor="test") as work:
            lost_for = unheard.settings.lost_for
            await apply_states(work, {procedure.id: said.value}, lost_for, asked_at=asked_at)
        await poll_due(runtime)

        await unheard.until(contract, "signed")

    async def test_ends_what_the_service_has_lost(self, unheard: Signing) -> None:
        """A procedure that is not there any more cannot be signed."""
        contract = await unheard.submitted()
        await unheard.service.operate("restart", memory=False)

        await refresh_stale(unheard.world.runtime, [contract])

        await unheard.until(contract, "aborted")

    async def test_does_not_believe_one_word_that_there_is_nothing(self, unheard: Signing) -> None:
        """What is not found for a moment goes on, and is asked about until it is there again."""
        contract = await unheard.submitted()
        await unheard.service.fail("http_404", operation="read_workflow")
        await unheard.sign_unheard(contract, STUDENT)

        await refresh_stale(unheard.world.runtime, [contract])

        await unheard.until(contract, "half_signed")
        assert "aborted" not in unheard.papers.states(contract)

    async def test_asks_again_when_the_service_was_away(self, unheard: Signing) -> None:
        """What could not be learnt is learnt later."""
        contract = await unheard.submitted()
        await unheard.sign_unheard(contract, STUDENT)
        away = await unheard.service.fail("http_503", operation="read_workflow")
        await unheard.advance(timedelta(hours=25))
        await poll_due(unheard.world.runtime)
        await until(partial(unheard.service.has_struck, away))
        await unheard.advance(timedelta(minutes=10))
        await poll_due(unheard.world.runtime)

        await unheard.until(contract, "half_signed")

    async def test_asks_once_for_many_readers(self, unheard: Signing) -> None:
        """What is fresh is not asked for, and what is being asked for neither."""
        contract = await unheard.submitted()
        patient = SignatureSettings(stale_seconds=60)
        unheard.world.runtime.configure(patient)
        before = await unheard.service.requests()

        await asyncio.gather(*(refresh_stale(unheard.world.runtime, [contract]) for _ in range(20)))
        await unheard.until_at_rest()
        assert before == await unheard.service.requests()
        await unheard.advance(timedelta(minutes=2))
        await asyncio.gather(*(refresh_stale(unheard.world.runtime, [contract]) for _ in range(20)))
        await unheard.until_at_rest()

        assert before + 1 == await unheard.service.requests()
