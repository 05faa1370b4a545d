"""A contract is signed by both: from the text to the file, over real sockets."""

from datetime import datetime

import pytest

from tests.forgetting import rows_of
from tests.signatures.signing import BOTH, OWNER, STUDENT, TEXT, Signing
from tramita.signatures.knowledge import wait_for_state
from tramita.signatures.service import request_signature
from tramita.testing.control import VendorControl

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestTheWay:
    async def test_leads_from_a_text_to_a_signed_file(self, signing: Signing) -> None:
        """Created, uploaded and started; signed by one, then by the other; fetched and kept."""
        contract = await signing.contract()
        await signing.request(contract)

        await signing.until(contract, "signing")
        for who in BOTH:
            await signing.sign(contract, who.email)
            await signing.until(contract, "half_signed" if who is STUDENT else "signed")
        await signing.until_at_rest()

        assert [
            *("workflow_created", "document_uploaded", "workflow_started"),
            *("step_signed", "step_signed"),
        ] == await signing.effects(contract)
        assert ["submitting", "signing", "half_signed", "signed"] == signing.papers.states(contract)
        known = await signing.state(contract)
        assert (True, True, True) == (known.student, known.organization, known.has_signed_file)
        columns = "signed_file, organization_signatory"
        [(file, who)] = await rows_of(signing.world.database, "signing_procedures", columns)
        assert OWNER.email == who
        content = await signing.world.runtime.files.get(file)
        assert content.startswith(b"%PDF-")
        assert content.count(b"% signed: evi_") == 2

    async def test_is_told_over_http(self, signing: Signing) -> None:
        """Who has signed, and since when we know."""
        contract = await signing.submitted("half_signed")

        said = await signing.get(f"/api/v1/contracts/{contract}/signature-state")

        assert ("half_signed", True, False) == (
            said["state"],
            said["student"],
            said["organization"],
        )
        signed, known = (
            datetime.fromisoformat(said[name]) for name in ("student_signed_on", "known_at")
        )
        assert signed <= known
        assert said["organization_signed_on"] is None


class TestADummy:
    async def test_goes_the_whole_way_too(self, signing: Signing) -> None:
        """It posts nothing: whatever it does is found out by asking."""
        dummy = VendorControl(signing.service.session, "dummysign")
        contract = await signing.contract()
        chosen = signing.settings.model_copy(update={"provider": "dummysign"})
        async with signing.world.database.unit_of_work(actor="test") as work:
            await request_signature(work, contract, TEXT, BOTH, settings=chosen)

        await signing.until(contract, "signing")
        for who, state in ((STUDENT, "half_signed"), (OWNER, "signed")):
            await signing.sign(contract, who.email)
            await wait_for_state(signing.world.runtime, contract, 20)
            await signing.until(contract, state)
        await signing.until_at_rest()

        assert (await signing.state(contract)).has_signed_file
        assert ["created", "uploaded", "started", "signed", "signed"] == [
            one["effect"] for one in await dummy.effects()
        ]
