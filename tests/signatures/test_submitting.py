"""However often and with whatever trouble a contract is submitted, it is one procedure there."""

import asyncio
import hashlib
from collections import Counter
from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest

from tests.forgetting import rows_of
from tests.locks import until_waiting
from tests.signatures.signing import (
    BACKEND,
    BOTH,
    OTHER_OWNER,
    OWNER,
    PROVIDER,
    STUDENT,
    TEXT,
    Signing,
)
from tramita.contracts.service import NewContract, create_contract
from tramita.kit.database.rows import lock_rows
from tramita.kit.errors import InvalidError
from tramita.kit.operations import paused
from tramita.signatures.acts import CREATE
from tramita.signatures.errors import ContractAlreadySigned, ContractNotSignable
from tramita.signatures.ports import Party
from tramita.signatures.service import abort, signatories_changed
from tramita.testing.waiting import until

CREATED = "workflow_created"
STARTED = ["workflow_created", "document_uploaded", "workflow_started"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _have_it_come_late(signing: Signing) -> int:
    """Have the request that creates a procedure be on its way until it is let go."""
    return await signing.service.fail(
        "lost_then_done", operation="create_workflow", arguments={"seconds": 60.0}
    )


async def _is_over(signing: Signing) -> bool:
    """Whether nobody asks any more what became of the request."""
    return {"SUCCEEDED", "REFUSED"} >= {*await signing.operations(CREATE.name)}


async def _is_in_doubt(signing: Signing) -> bool:
    """Whether nobody knows what became of the request."""
    return ["UNKNOWN"] == await signing.operations(CREATE.name)


async def _has_arrived(signing: Signing, contract: UUID) -> bool:
    """Whether a request that was late is the last to have taken effect."""
    return CREATED in (await signing.effects(contract))[-1:]


async def signs_with_the_other_owner(signing: Signing, contract: UUID) -> None:
    """Both who may by now do, once the service has it."""
    await signing.until(contract, "signing")
    await signing.until_at_rest()
    await signing.sign(contract, STUDENT.email)
    await signing.until(contract, "half_signed")
    await signing.sign(contract, OTHER_OWNER.email)
    await signing.until(contract, "signed")


class TestSubmitting:
    async def test_twice_at_once_is_one_procedure(self, signing: Signing) -> None:
        """Two clicks, or ten."""
        contract = await signing.contract()

        made = await asyncio.gather(*(signing.request(contract) for _ in range(10)))
        await signing.until(contract, "signing")
        await signing.until_at_rest()

        assert 1 == len(set(made))
        assert STARTED == await signing.effects(contract)

    async def test_of_another_text_takes_the_place_of_the_first(self, signing: Signing) -> None:
        """The first cannot be signed any more; there is one that can."""
        contract = await signing.submitted()
        first = await signing.subject(contract)

        await signing.request(contract, replace(TEXT, text="# Other terms"))
        await signing.until(contract, "signing")
        await signing.until_at_rest()

        assert first != await signing.subject(contract)
        stopped = await signing.service.ledger("workflow_stopped")
        assert [first] == [one["subject"] for one in stopped]

    async def test_the_same_text_again_renders_it_once(self, signing: Signing) -> None:
        """However often its contract is submitted; another contract has a document of its own."""
        contract = await signing.contract()
        for signatories in (BOTH, (STUDENT, OTHER_OWNER), BOTH):
            await signing.request(contract, signatories=signatories)
            await signing.until(contract, "signing")
        again = {*await rows_of(signing.world.database, "signing_procedures", "document_digest")}
        other = await signing.submitted()
        await signing.until_at_rest()

        [(first, file), (second, _)] = await rows_of(
            signing.world.database, "documents", "id, file"
        )
        content = await signing.world.runtime.files.get(file)
        assert {(hashlib.sha256(content).hexdigest(),)} == again
        of = await signing.world.fetch("SELECT contract_id, document_id FROM signing_procedures")
        assert {(contract, first), (other, second)} == {*map(tuple, of)}

    @pytest.mark.parametrize("state", ["half_signed", "signed"])
    async def test_what_somebody_has_signed_is_refused(self, signing: Signing, state: str) -> None:
        """Nobody signs over a signature."""
        contract = await signing.submitted(state)

        with pytest.raises(ContractAlreadySigned):
            await signing.request(contract, replace(TEXT, text="# Other terms"))

    async def test_names_everything_that_is_wrong(self, signing: Signing) -> None:
        """No owner, no text, no name and no address: all at once, and nothing is kept."""
        contract = await signing.contract()

        with pytest.raises(InvalidError) as raised:
            await signing.request(
                contract, replace(TEXT, text=" "), [replace(STUDENT, name=" ", email="zoe")]
            )

        found = {(one.path, one.code) for one in raised.value.errors}
        assert {
            ("document.text", "length"),
            ("signatories", "no_organization"),
            ("signatories[0].name", "blank"),
            ("signatories[0].email", "email"),
        } == found
        assert [] == await signing.world.fetch("SELECT FROM signing_procedures")

    async def test_needs_a_backend_that_can_be_told(self, signing: Signing) -> None:
        """Of a contract whose backend would never hear of it, nothing is begun."""
        async with signing.world.database.unit_of_work(actor="test") as work:
            other = (await create_contract(work, NewContract("C-2", "telmex"))).id

        with pytest.raises(ContractNotSignable):
            await signing.request(other)
        assert BACKEND != "telmex"

    @pytest.mark.parametrize("operation", ["create_workflow", "upload_document", "change_workflow"])
    @pytest.mark.parametrize(
        "kind", ["reset_after_effect", "reset_before_effect", "html_error", "http_503", "half_body"]
    )
    async def test_goes_on_after_any_trouble(
        self, signing: Signing, operation: str, kind: str
    ) -> None:
        """Of whichever act the answer is lost: each takes effect once."""
        await signing.service.fail(kind, operation=operation)
        contract = await signing.contract()

        await signing.request(contract)
        await signing.until(contract, "signing")
        await signing.until_at_rest()

        assert STARTED == await signing.effects(contract)

    async def test_removes_what_was_made_too_late(self, signing: Signing) -> None:
        """A request arrives after it was sent again, and before that one is started: one is left."""
        late = await _have_it_come_late(signing)
        start = await signing.service.fail(
            "latency", operation="change_workflow", arguments={"seconds": 8.0}
        )
        contract = await signing.contract()

        await signing.request(contract)
        await signing.until_asked("change_workflow")
        await signing.service.let_go(late)
        await until(partial(_has_arrived, signing, contract))
        await signing.service.let_go(start)
        await signing.until(contract, "signing")
        await signing.until_at_rest()

        effects = Counter(await signing.effects(contract))
        assert 1 == effects["workflow_started"]
        assert 1 == effects[CREATED] - effects["workflow_removed"]

    @pytest.mark.parametrize("end", ["signing", "aborted", "failed"])
    async def test_removes_what_arrives_when_all_is_over(self, signing: Signing, end: str) -> None:
        """A request that is so late that its repetition was started, aborted or refused by then."""
        late = await _have_it_come_late(signing)
        if end == "failed":
            await signing.service.fail("http_400", operation="create_workflow")
        contract = await signing.contract()
        await signing.request(contract)
        if end == "aborted":
            await signing.until_asked("find_workflows")
            async with signing.world.database.unit_of_work(actor="test") as work:
                await abort(work, [contract], "The order was cancelled.")
        await signing.until(contract, end)
        await until(partial(_is_over, signing))

        await signing.service.let_go(late)
        await until(partial(_has_arrived, signing, contract))
        await signing.until_at_rest()

        effects = Counter(await signing.effects(contract))
        assert (end == "signing") == effects["workflow_started"]
        assert effects[CREATED] - effects["workflow_started"] == effects["workflow_removed"]

    @pytest.mark.parametrize("operation", ["upload_document", "change_workflow", "list_documents"])
    async def test_goes_on_where_it_is_not_found_at_once(
        self, signing: Signing, operation: str
    ) -> None:
        """What was made a moment ago, and the service does not know for a moment."""
        await signing.service.fail("http_404", operation=operation)
        contract = await signing.contract()

        await signing.request(contract)
        await signing.until(contract, "signing")
        await signing.until_at_rest()

        assert STARTED == await signing.effects(contract)

    async def test_that_is_refused_leaves_nothing_there(self, signing: Signing) -> None:
        """The contract's backend is told why, and it may be submitted anew."""
        await signing.service.act(allows_profile=False)
        contract = await signing.contract()

        await signing.request(contract)
        await signing.until(contract, "failed")
        await signing.until_at_rest()

        known = await signing.state(contract)
        assert "SignatureProfileNotAllowed" in (known.reason or "")
        assert [CREATED, "workflow_removed"] == await signing.effects(contract)
        assert ["submitting", "failed"] == signing.papers.states(contract)
        await signing.service.act(allows_profile=True)
        await signing.request(contract)
        await signing.until(contract, "signing")

    @pytest.mark.parametrize("operation", ["create_workflow", "upload_document", "change_workflow"])
    async def test_that_is_not_wanted_any_more_leaves_no_orphan(
        self, signing: Signing, operation: str
    ) -> None:
        """Whatever act is under way when it is aborted, nobody can sign in the end."""
        await signing.service.fail("latency", operation=operation, arguments={"seconds": 1.0})
        contract = await signing.contract()
        await signing.request(contract)
        await signing.until_asked(operation)

        async with signing.world.database.unit_of_work(actor="test") as work:
            await abort(work, [contract], "The order was cancelled.")
        await signing.until_at_rest()

        effects = Counter(await signing.effects(contract))
        assert "aborted" == (await signing.state(contract)).state
        assert effects[CREATED] == effects["workflow_removed"] + effects["workflow_stopped"]


class TestSignatories:
    async def test_change_while_a_contract_is_being_signed(self, signing: Signing) -> None:
        """An owner who came later signs, and the one who left cannot."""
        contract = await signing.submitted("half_signed")

        async with signing.world.database.unit_of_work(actor="test") as work:
            await signatories_changed(work, [contract], Party.ORGANIZATION, [OTHER_OWNER])
        await signing.until_at_rest()
        await signing.sign(contract, OTHER_OWNER.email)

        await signing.until(contract, "signed")
        columns = "organization_signatory"
        assert [(OTHER_OWNER.email,)] == await rows_of(
            signing.world.database, "signing_procedures", columns
        )

    async def test_change_after_a_signature_that_nobody_told_us_of(self, signing: Signing) -> None:
        """The student has signed, and we do not know it yet: the organization's change all the same."""
        await signing.service.subscribe(None)
        contract = await signing.submitted()
        await signing.sign_unheard(contract, STUDENT)

        async with signing.world.database.unit_of_work(actor="test") as work:
            await signatories_changed(work, [contract], Party.ORGANIZATION, [OTHER_OWNER])
        await signing.until_at_rest()

        assert ["SUCCEEDED"] == await signing.operations("signatures.update_signatories")
        await signing.sign(contract, OTHER_OWNER.email)

    async def test_that_fail_for_one_contract_change_for_the_others(self, signing: Signing) -> None:
        """Each is an act of its own."""
        contracts = [await signing.submitted() for _ in range(3)]
        first = await signing.subject(contracts[0])
        await signing.service.fail(
            "http_400", operation="change_workflow", match={"subject": first}, count=None
        )

        async with signing.world.database.unit_of_work(actor="test") as work:
            await signatories_changed(work, contracts, Party.ORGANIZATION, [OTHER_OWNER, OWNER])
        await signing.until_at_rest()

        assert ["NEEDS_ATTENTION", "SUCCEEDED", "SUCCEEDED"] == sorted(
            await signing.operations("signatures.update_signatories")
        )
        assert 2 == len(await signing.service.ledger("recipients_changed"))

    async def test_before_it_is_submitted_go_with_it(self, signing: Signing) -> None:
        """Also where they change while it is being created."""
        await signing.service.fail(
            "latency", operation="upload_document", arguments={"seconds": 0.5}
        )
        contract = await signing.contract()
        await signing.request(contract)
        await signing.until_asked("upload_document")

        async with signing.world.database.unit_of_work(actor="test") as work:
            await signatories_changed(work, [contract], Party.ORGANIZATION, [OTHER_OWNER])
        await signs_with_the_other_owner(signing, contract)
        assert OWNER in BOTH

    @pytest.mark.parametrize("kind", ["answer_held", "lost_then_done"])
    async def test_change_while_the_service_is_told_of_others(
        self, signing: Signing, kind: str
    ) -> None:
        """Whether it answers, or has to be asked what became of it: those who may sign now can."""
        held = await signing.service.fail(
            kind, operation="create_workflow", arguments={"seconds": 60.0}
        )
        contract = await signing.contract()
        await signing.request(contract)
        await signing.until_asked("create_workflow")

        async with signing.world.database.unit_of_work(actor="test") as work:
            await signatories_changed(work, [contract], Party.ORGANIZATION, [OTHER_OWNER])
        await signing.service.let_go(held)

        await signs_with_the_other_owner(signing, contract)

    async def test_change_anew_while_a_change_is_being_recorded(self, signing: Signing) -> None:
        """Who records it holds its operation and then wants the contract, and so does who changes it."""
        first, second = [await signing.submitted() for _ in range(2)]
        held = await signing.service.fail(
            "answer_held", operation="change_workflow", arguments={"seconds": 60.0}
        )
        database = signing.world.database
        async with database.unit_of_work(actor="test") as work:
            await signatories_changed(work, [first], Party.ORGANIZATION, [OTHER_OWNER])
        await signing.until_asked("change_workflow")

        async def change_both() -> None:
            async with database.unit_of_work(actor="test") as work:
                # Of two that wait for one another, this one gives up.
                await work.fetch("SET LOCAL deadlock_timeout = '10ms'")
                await signatories_changed(
                    work, [first, second], Party.ORGANIZATION, [OWNER, OTHER_OWNER]
                )

        async with database.unit_of_work(actor="test") as work:
            await lock_rows(work, "contracts", [second])
            changing = asyncio.create_task(change_both())
            await until_waiting(database)
            await signing.service.let_go(held)
            await until_waiting(database, 2)
        await changing
        await signing.until_at_rest()

        rows = await signing.world.fetch(
            "SELECT version = sent_version AS is_told FROM signing_procedures"
        )
        assert [True, True] == [row["is_told"] for row in rows]

    async def test_change_before_what_was_sent_at_first_is_found(self, signing: Signing) -> None:
        """It comes so late that it was to be sent again; those whom it names are others."""
        signing.world.runtime.configure(signing.settings.model_copy(update={"submit_grace": 60.0}))
        late = await _have_it_come_late(signing)
        contract = await signing.contract()
        await signing.request(contract)
        await until(partial(_is_in_doubt, signing))

        async with signing.world.database.unit_of_work(actor="test") as work:
            await paused.pause(work, PROVIDER, kind=CREATE.name, why="one thing after the other")
            await signatories_changed(work, [contract], Party.ORGANIZATION, [OTHER_OWNER])
            # As when the service has said for long enough that there is nothing.
            await work.fetch(
                "UPDATE operations SET state = 'NOT_SENT', epoch = epoch + 1, due_at = now() "
                "WHERE kind = $1 AND state = 'UNKNOWN'",
                CREATE.name,
            )
        await signing.service.let_go(late)
        await until(partial(_has_arrived, signing, contract))
        async with signing.world.database.unit_of_work(actor="test") as work:
            await paused.resume(work, PROVIDER, kind=CREATE.name)

        await signs_with_the_other_owner(signing, contract)
