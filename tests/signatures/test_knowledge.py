"""How signatures stand is known without anybody's notice, and nobody who reads waits for it."""

import asyncio
from time import monotonic

import pytest
import pytest_asyncio

from tests.signatures.signing import OWNER, STUDENT, Signing
from tramita.signatures.errors import NothingToSign
from tramita.signatures.knowledge import wait_for_state
from tramita.signatures.links import invitation_link

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def unheard(signing: Signing) -> Signing:
    """A service whose notices are all lost."""
    await signing.service.subscribe(None)
    return signing


class TestReading:
    async def test_has_the_service_asked_in_the_background(self, unheard: Signing) -> None:
        """The answer is what is known; soon after, more is known, and the contract's backend too."""
        contract = await unheard.submitted()
        await unheard.sign_unheard(contract, STUDENT)

        at_once = await unheard.get(f"/api/v1/contracts/{contract}/signature-state")
        await unheard.until(contract, "half_signed")

        assert ("signing", False) == (at_once["state"], at_once["student"])
        assert "half_signed" == unheard.papers.states(contract)[-1]

    async def test_may_wait_for_a_change(self, unheard: Signing) -> None:
        """With ``wait`` the answer comes as soon as something has changed."""
        contract = await unheard.submitted()
        await unheard.sign_unheard(contract, STUDENT)

        said = await unheard.get(f"/api/v1/contracts/{contract}/signature-state?wait=20")

        assert ("half_signed", True, False) == (
            said["state"],
            said["student"],
            said["organization"],
        )

    async def test_waits_no_longer_than_it_was_told(self, unheard: Signing) -> None:
        """When nothing changes, it is answered what is known; what has ended is not waited for."""
        contract = await unheard.submitted()
        began = monotonic()

        known = await wait_for_state(unheard.world.runtime, contract, 0.3)
        waited = monotonic() - began
        await unheard.refuse_unheard(contract, STUDENT)
        await wait_for_state(unheard.world.runtime, contract, 20)
        ended = await wait_for_state(unheard.world.runtime, contract, 1000)

        assert ("signing", "refused") == (known.state, ended.state)
        assert 0.3 <= waited < 10

    @pytest.mark.parametrize("kind", ["timeout_before", "html_error"])
    async def test_is_as_quick_when_the_service_is_dead(self, unheard: Signing, kind: str) -> None:
        """Nobody who reads hears of it; what is known stays as it was."""
        contract = await unheard.submitted()
        await unheard.service.fail(kind, operation="read_workflow", count=None)

        async with asyncio.timeout(15):
            said = [
                await unheard.get(f"/api/v1/contracts/{contract}/signature-state")
                for _ in range(10)
            ]

        assert {"signing"} == {one["state"] for one in said}

    async def test_finds_out_before_the_next_signs(self, unheard: Signing) -> None:
        """An owner who wants to sign is let in although nobody told us that the student has."""
        contract = await unheard.submitted()
        with pytest.raises(NothingToSign):
            await invitation_link(unheard.world.runtime, [contract], OWNER.email)
        await unheard.sign_unheard(contract, STUDENT)

        invitation = await invitation_link(unheard.world.runtime, [contract], OWNER.email)

        assert [contract] == invitation.contract_ids

    async def test_of_what_was_never_submitted_is_not_found(self, unheard: Signing) -> None:
        """Nor is another tenant's contract."""
        contract = await unheard.contract()
        async with unheard.world.database.unit_of_work() as work:
            await work.fetch(
                "INSERT INTO tenants VALUES ('other', 'Other', now()) ON CONFLICT DO NOTHING"
            )
        others = await unheard.contract("other")
        await unheard.request(others)

        codes = []
        for one in (contract, others):
            path = f"/api/v1/contracts/{one}/signature-state"
            async with unheard.world.api.get(path) as answer:
                codes.append((answer.status, (await answer.json())["code"]))

        assert [(404, "not_submitted_for_signature"), (404, "contract_not_found")] == codes
