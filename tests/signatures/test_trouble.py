"""Whatever goes wrong at once, and however often our own processes die, the end is one that is right."""

import asyncio
from collections import Counter
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from tests.signatures.signing import BOTH, Signing
from tramita.signatures.journey.refresh import poll_due
from tramita.signatures.knowledge import refresh_stale
from tramita.signatures.lifecycle import SigningState

_OPERATIONS = (
    *("create_workflow", "upload_document", "list_documents", "change_workflow"),
    *("read_workflow", "find_workflows", "find_event", "download_documents", "delete_workflow"),
)
_FAULTS = (
    *("reset_before_effect", "reset_after_effect", "http_502", "html_error", "half_body"),
    *("429", "truncated", "lost_then_done"),
)
_ASTRAY = ("webhook_duplicate", "webhook_lost", "webhook_reordered", "webhook_unknown_key")


async def live_through(signing: Signing, dice: Random) -> UUID:
    """Have a contract signed, or refused on the way; nobody is told what became of it."""
    contract = await signing.contract()
    requests = [signing.request(contract) for _ in range(dice.choice((1, 2)))]
    await asyncio.gather(*requests)
    await signing.until(contract, "signing", deadline=120)
    for who in BOTH:
        is_refused = dice.random() < 0.15
        act = signing.refuse_unheard if is_refused else signing.sign_unheard
        await act(contract, who)
        if is_refused:
            break
    return contract


class TestTrouble:
    @pytest.mark.soak
    @pytest.mark.parametrize("seed", [1, 2])
    async def test_of_every_kind_leaves_every_promise_kept(
        self, signing_of_its_own: Signing, seed: int
    ) -> None:
        """Lost answers, pages for answers, notices astray: what is signed there is signed here."""
        signing, dice = signing_of_its_own, Random(seed)
        for operation in _OPERATIONS:
            for kind in dice.sample(_FAULTS, 3):
                late = {"seconds": 0.5}
                await signing.service.fail(
                    kind, operation=operation, probability=0.4, count=3, arguments=late
                )
        for kind in _ASTRAY:
            await signing.service.fail_webhook(kind, probability=0.3, count=4)

        contracts = await asyncio.gather(*(live_through(signing, dice) for _ in range(4 * seed)))
        await signing.service.mend()
        await refresh_stale(signing.world.runtime, contracts)
        await signing.until_at_rest()
        await signing.advance(timedelta(hours=25))
        await poll_due(signing.world.runtime)
        await signing.until_at_rest()

        states = {one: (await signing.state(one)).state for one in contracts}
        assert set(states.values()) <= {SigningState.SIGNED, SigningState.REFUSED}
        for contract, state in states.items():
            effects = Counter(await signing.effects(contract))
            assert 1 == effects["workflow_started"]
            assert (2 == effects["step_signed"]) == (state is SigningState.SIGNED)
            told = signing.papers.states(contract)
            assert len(told) == len(set(told))
            assert told[-1] == state
