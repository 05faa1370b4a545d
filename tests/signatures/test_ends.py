"""How procedures end: signed and kept, refused by either side, aborted."""

import pytest

from tests.signatures.signing import BOTH, OWNER, STUDENT, TEXT, Signing
from tramita.signatures.errors import NothingToSign
from tramita.signatures.links import invitation_link
from tramita.signatures.queries import signed_file
from tramita.signatures.service import abort

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestRefusing:
    @pytest.mark.parametrize("who", BOTH, ids=lambda one: one.party)
    async def test_ends_it_by_either_side(self, signing: Signing, who: object) -> None:
        """It is told who refused; what the student signed stays known; it may be submitted anew."""
        contract = await signing.submitted("signing" if who is STUDENT else "half_signed")
        signatory = STUDENT if who is STUDENT else OWNER
        link = await invitation_link(signing.world.runtime, [contract], signatory.email)

        await signing.press(link.invitation_link, "refuse")
        await signing.until(contract, "refused")

        known = await signing.state(contract)
        assert f"The {signatory.party} refused to sign." == known.reason
        assert (signatory is OWNER) == known.student
        assert "refused" == signing.papers.states(contract)[-1]
        assert await signing.request(contract, TEXT) != known.procedure_id
        await signing.until(contract, "signing")


class TestAborting:
    @pytest.mark.parametrize("state", ["signing", "half_signed"])
    async def test_stops_it_there(self, signing: Signing, state: str) -> None:
        """Nobody signs it any more, by any link that was made before."""
        contract = await signing.submitted(state)
        who = STUDENT if state == "signing" else OWNER
        link = await invitation_link(signing.world.runtime, [contract], who.email)

        async with signing.world.database.unit_of_work(actor="test") as work:
            await abort(work, [contract], "The order was cancelled.")
        await signing.until_at_rest()
        await signing.press(link.invitation_link, "sign")
        await signing.until_at_rest()

        assert "aborted" == (await signing.state(contract)).state
        assert "workflow_stopped" == (await signing.effects(contract))[-1]

    async def test_lets_what_is_signed_be(self, signing: Signing) -> None:
        """A contract that both have signed is signed."""
        contract = await signing.submitted("signed")

        async with signing.world.database.unit_of_work(actor="test") as work:
            await abort(work, [contract], "The order was cancelled.")

        assert "signed" == (await signing.state(contract)).state

    async def test_again_changes_nothing(self, signing: Signing) -> None:
        """Nor does aborting what was never submitted."""
        contract, other = await signing.submitted(), await signing.contract()

        for _ in range(2):
            async with signing.world.database.unit_of_work(actor="test") as work:
                await abort(work, [contract, other], "The order was cancelled.")
        await signing.until_at_rest()

        assert ["SUCCEEDED"] == await signing.operations("signatures.stop_procedure")


class TestTheSignedFile:
    async def test_is_fetched_once_and_kept(self, signing: Signing) -> None:
        """After trouble too; whoever reads it asks the service for nothing."""
        await signing.service.fail("half_body", operation="download_documents")
        await signing.service.fail("html_error", operation="download_documents")
        contract = await signing.submitted("signed")
        await signing.until_at_rest()
        requests = await signing.service.requests()

        async with signing.world.database.unit_of_work(actor="test") as work:
            digest = await signed_file(work, contract)
        assert digest is not None
        contents = [await signing.world.runtime.files.get(digest) for _ in range(3)]

        assert 1 == len(set(contents))
        assert contents[0].startswith(b"%PDF-")
        assert requests == await signing.service.requests()
        assert ["SUCCEEDED"] == await signing.operations("signatures.fetch_signed_file")

    async def test_is_none_before_both_have_signed(self, signing: Signing) -> None:
        """Nobody gets half a contract for a whole one."""
        contract = await signing.submitted("half_signed")

        async with signing.world.database.unit_of_work(actor="test") as work:
            assert await signed_file(work, contract) is None


class TestOneLinkForMany:
    async def test_signs_whatever_there_is_in_one_go(self, signing: Signing) -> None:
        """Those that the student has signed; the others are left out."""
        ready = [await signing.submitted("half_signed") for _ in range(3)]
        waiting = await signing.submitted()

        link = await invitation_link(signing.world.runtime, [*ready, waiting], OWNER.email.upper())
        await signing.press(link.invitation_link, "sign")

        assert set(ready) == set(link.contract_ids)
        for one in ready:
            await signing.until(one, "signed")
        assert "signing" == (await signing.state(waiting)).state

    async def test_is_for_those_who_may_sign(self, signing: Signing) -> None:
        """Nobody else gets one, nor anybody before their turn or after it."""
        contract = await signing.submitted()

        for stranger in ("nobody@elsewhere.example", OWNER.email):
            with pytest.raises(NothingToSign):
                await invitation_link(signing.world.runtime, [contract], stranger)
        await signing.sign(contract, STUDENT.email)
        await signing.until(contract, "half_signed")
        with pytest.raises(NothingToSign):
            await invitation_link(signing.world.runtime, [contract], STUDENT.email)
