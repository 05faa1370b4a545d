"""An application is priced, documented and paid by the people at 1C, each message over a socket."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from tests.transfers.desk import Desk, open_desk
from tests.transfers.pricing import price
from tests.transfers.telling import PDF, document, tell, tell_form
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.identifiers import new_id
from tramita.transfers.attention import Need, list_cases
from tramita.transfers.documents import (
    DocumentKind,
    JobView,
    Request,
    list_documents,
    list_jobs,
    request_document,
)
from tramita.transfers.journey.tell_payment import TELLING
from tramita.transfers.journey.watch_time import watch_time
from tramita.transfers.lifecycle import PaymentTrigger
from tramita.transfers.model import Application
from tramita.transfers.service import move_payment

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A desk for all tests of a module."""
    async with open_desk(server, tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest_asyncio.fixture(loop_scope="module")
async def desk(shared_desk: Desk) -> AsyncIterator[Desk]:
    """The desk; when a test is over 1C is as usual."""
    yield shared_desk
    await shared_desk.onec.mend()
    await shared_desk.onec.act(signs=False, job_seconds=20, ahead_hours=0)
    await shared_desk.world.until_at_rest()


async def operate(desk: Desk, action: str, of: Application, **more: Any) -> int:
    """Somebody at 1C does something with an application; answers the number of the message."""
    said = await desk.onec.operate(action, external_id=str(of.id), **more)
    number: int = said["message_no"]
    return number


async def until_is(desk: Desk, id_: UUID, **wanted: str) -> None:
    """Wait until an application is so."""

    async def is_so() -> bool:
        await desk.world.hasten()
        now = await desk.application(id_)
        return all(getattr(now, name) == value for name, value in wanted.items())

    await until(is_so)


async def became(desk: Desk, message_no: int) -> str:
    """Wait until a message is here; answers what became of it."""

    async def is_here() -> bool:
        rows = await desk.world.fetch(
            "SELECT state FROM office_messages WHERE direction = 'in' AND message_no = $1 "
            "AND handled_at IS NOT NULL",
            message_no,
        )
        return bool(rows)

    await until(is_here)
    rows = await desk.world.fetch(
        "SELECT state FROM office_messages WHERE direction = 'in' AND message_no = $1", message_no
    )
    state: str = rows[0]["state"]
    return state


async def papers(desk: Desk, made: Application) -> list[str]:
    """What 1C has made of an application, by name."""
    async with desk.world.database.reading() as work:
        found = await list_documents(work, made.id)
    return [one.name for one in found if one.origin == "onec"]


class TestAnApplication:
    async def test_goes_from_its_price_to_its_end(self, desk: Desk) -> None:
        """Conditions, work, money, documents; all of it 1C's word but the client's own."""
        made = await desk.at_onec()
        await operate(desk, "set_in_work", made)
        await operate(desk, "form_conditions", made)
        await until_is(desk, made.id, state="in_work")

        async with desk.house.acting(desk.house.as_client) as work:
            await move_payment(work, made.id, PaymentTrigger.SEND, desk.house.as_client)

        async def is_told() -> bool:
            await desk.world.hasten()
            return "payment_told" in await desk.effects(made.id)

        await until(is_told)
        for payment in ("funds_received", "paid_out", "confirmed"):
            await operate(desk, "set_payment", made, payment_status=payment)
            await until_is(desk, made.id, payment_state=payment)
        await became(desk, await operate(desk, "generate_document", made, kind="closing_set"))
        await operate(desk, "complete", made)
        await until_is(desk, made.id, state="completed")

        assert 1 == (await desk.effects(made.id)).count("application_created")

    async def test_may_be_paid_by_a_test_first(self, desk: Desk) -> None:
        """The client says so, 1C hears it and says when it has come; then the payment itself goes."""
        made = await desk.at_onec()
        await price(desk.house, made)
        client, heard = desk.house.as_client, list[str]()
        for trigger, answer in (
            (PaymentTrigger.SEND_TEST, "test_ok"),
            (PaymentTrigger.SEND, "funds_received"),
        ):
            async with desk.house.acting(client) as work:
                await move_payment(work, made.id, trigger, client)
            told = len(heard) + 1

            async def is_told(told: int = told) -> bool:
                await desk.world.hasten()
                return (await desk.effects(made.id)).count("payment_told") == told

            await until(is_told)
            heard.append((await desk.documents_there())[str(made.id)]["payment"])
            await operate(desk, "set_payment", made, payment_status=answer)
            await until_is(desk, made.id, payment_state=answer)

        assert ["test_sent", "client_sent"] == heard

    @pytest.mark.parametrize(("role", "why"), [("client", ""), ("agent", "квитанция в чате")])
    async def test_tells_1c_why_somebody_speaks_for_the_client(
        self, desk: Desk, role: str, why: str
    ) -> None:
        """The agent has to say it; the client says it for themselves."""
        made = await desk.at_onec()
        await price(desk.house, made)
        who = {"client": desk.house.as_client, "agent": desk.house.as_agent}[role]
        async with desk.house.acting(who) as work:
            await move_payment(work, made.id, PaymentTrigger.SEND, who, reason=why or None)
            told = await TELLING.load(work, [made.id])

        assert ("client_sent", why) == (told[made.id].status, told[made.id].note)

    async def test_tells_1c_of_the_payment_with_its_proof(self, desk: Desk) -> None:
        """The newest, where there is one; what is none is told with the files alone."""
        made = await desk.at_onec()
        await price(desk.house, made)
        client, told = desk.house.as_client, []
        for name, kind in [
            ("Contract.pdf", DocumentKind.CONTRACT),
            ("Test.pdf", DocumentKind.PAYMENT_PROOF),
            ("Order.pdf", DocumentKind.PAYMENT_PROOF),
        ]:
            added = await desk.add(made.id, name, kind=kind)
            async with desk.house.acting(client) as work:
                [payment] = (await TELLING.load(work, [made.id])).values()
            told.append((added, payment.proof and payment.proof.id))
        async with desk.house.acting(client) as work:
            await move_payment(work, made.id, PaymentTrigger.SEND, client)
        await desk.until_done(made.id, "payment_told")

        (_, none), (test, first), (order, newest) = told
        assert (None, test, order) == (none, first, newest)
        path = f"/hs/payapp/v1/applications/{made.id}/payment-status"
        [heard] = [one for one in await desk.onec.journal() if one["path"] == path]
        assert order == json.loads(heard["request"])["asset"]["file_id"]

    async def test_is_priced_by_messages_that_are_signed(self, desk: Desk) -> None:
        """Basic is what this installation wants, so a signature alone is nobody's."""
        made = await desk.at_onec()
        await desk.onec.act(signs=True)
        await operate(desk, "form_conditions", made)

        async def is_refused() -> bool:
            last = (await desk.onec.deliveries(str(made.id)))[-1]
            return bool(last["attempts"]) and last["attempts"][-1]["status"] == 401

        await until(is_refused)
        assert "new_in_house" == (await desk.application(made.id)).state

    @pytest.mark.parametrize(
        "conditions",
        [
            {"payout_currency": "EUR"},
            {"commission_percent": "-1"},
            {"rate": "0.12345678901234567"},
            {"rate": None, "payer_amount": "1.00"},
            {"agent_id": "9f5c1f5e-8d4a-4b8e-9d5e-3f6f1f0c8e11"},
            {"revision": 99},
        ],
    )
    async def test_is_not_priced_by_what_cannot_be(
        self, desk: Desk, conditions: dict[str, Any]
    ) -> None:
        """It is kept for somebody to see, and nothing has changed."""
        made = await desk.at_onec()

        number = await operate(desk, "form_conditions", made, **conditions)

        assert "rejected" == await became(desk, number)
        assert "new_in_house" == (await desk.application(made.id)).state

    async def test_is_priced_once_by_what_comes_twice_late_or_for_nobody(self, desk: Desk) -> None:
        """Numbers tell one message from another; what is missing is missing."""
        made = await desk.at_onec()
        await desk.onec.fail_webhook("webhook_duplicate", match={"type": "conditions"})
        await desk.onec.operate("miss_numbers", count=2)
        stranger = await operate(desk, "form_conditions", made, told_of=str(new_id()))
        number = await operate(desk, "form_conditions", made)

        assert "rejected" == await became(desk, stranger)
        assert "applied" == await became(desk, number)
        await until_is(desk, made.id, state="offer_accepted")
        [row] = await desk.world.fetch(
            "SELECT count(*) AS n FROM offers WHERE application_id = $1", made.id
        )
        assert 1 == row["n"]


class TestADocument:
    async def test_is_made_because_somebody_asked(self, desk: Desk) -> None:
        """It comes by itself when it is ready, and ends the request."""
        made = await desk.at_onec()
        await desk.onec.act(job_seconds=1)
        async with desk.house.acting(desk.house.as_agent) as work:
            job = await request_document(
                work, made.id, Request(DocumentKind.INVOICE), desk.house.as_agent
            )

        async def is_here() -> bool:
            await desk.world.hasten()
            rows = await desk.world.fetch("SELECT state FROM document_jobs WHERE id = $1", job.id)
            return rows[0]["state"] in ("stored", "posted_to_chat")

        await until(is_here)

    async def test_that_cannot_be_made_ends_in_1cs_words(self, desk: Desk) -> None:
        """They are shown to whoever asked."""
        made = await desk.at_onec()
        async with desk.house.acting(desk.house.as_agent) as work:
            job = await request_document(
                work, made.id, Request(DocumentKind.ACT), desk.house.as_agent
            )

        async def is_asked() -> bool:
            return "document_asked" in await desk.effects(made.id)

        await until(is_asked)
        await desk.onec.operate("fail_job", reason="Нет договора")

        async def has_failed() -> bool:
            async with desk.world.database.unit_of_work(actor="test") as work:
                await work.fetch(
                    "UPDATE operations SET due_at = now() WHERE subject_id = $1", job.id
                )
                work.enqueue("transfers.ask_document", operation_id=await _operation(work, job.id))
            rows = await desk.world.fetch("SELECT state FROM document_jobs WHERE id = $1", job.id)
            return bool(rows[0]["state"] == "failed")

        await until(has_failed)

    @pytest.mark.parametrize("form", ["json", "form"])
    async def test_comes_once_however_often_it_is_sent(self, desk: Desk, form: str) -> None:
        """With a name in Cyrillic, and folders in it."""
        made = await desk.at_onec()
        number = await operate(
            desk, "generate_document", made, times=2, form=form, name="Счёт/№ 5\\Акт.pdf"
        )

        assert "applied" == await became(desk, number)
        assert ["Акт.pdf"] == await papers(desk, made)

    @pytest.mark.parametrize("defect", ["empty", "wrong_digest", "exe"])
    async def test_that_is_none_is_refused(self, desk: Desk, defect: str) -> None:
        """Nothing of it is kept but the message."""
        made = await desk.at_onec()

        number = await operate(desk, "generate_document", made, defect=defect)

        assert "rejected" == await became(desk, number)
        assert [] == await papers(desk, made)

    @pytest.mark.parametrize(
        ("shape", "code"), [("json", "body_too_large"), ("form", "file_too_large")]
    )
    async def test_that_is_too_large_is_refused_and_the_next_is_heard(
        self, desk: Desk, shape: str, code: str
    ) -> None:
        """Sixty megabytes, which 1C may send either way: it is told why, and nothing of it is kept."""
        made = await desk.at_onec()
        large = PDF + b"\n" * (60 * 1024 * 1024)

        if shape == "form":
            status, said = await tell_form(desk, made.id, large)
        else:
            status, said = await tell(desk, "documents", made.id, document(large))
        assert (413, code) == (status, said["code"])

        number = await operate(desk, "generate_document", made)
        assert "applied" == await became(desk, number)
        assert 1 == len(await papers(desk, made))


class TestARequestedDocument:
    async def test_that_is_none_ends_its_request(self, desk: Desk) -> None:
        """Whoever asked may ask anew; what 1C sends better is taken, under the same number too."""
        made = await desk.at_onec()
        async with desk.house.acting(desk.house.as_agent) as work:
            wanted = Request(DocumentKind.INVOICE)
            job = await request_document(work, made.id, wanted, desk.house.as_agent)
        spoilt = document(job_id=str(job.id), sha256="00" * 32)

        refused, _ = await tell(desk, "documents", made.id, spoilt)
        failed = await job_of(desk, made)
        status, said = await tell(
            desk,
            "documents",
            made.id,
            document(job_id=str(job.id), message_no=spoilt["message_no"]),
        )

        assert (422, 201) == (refused, status)
        assert ("failed", True) == (failed.state, bool(failed.reason))
        met = await job_of(desk, made)
        assert met.state in ("stored", "posted_to_chat")
        assert said["document_id"] == str(met.document_id)

    async def test_that_never_comes_is_given_up(self, desk: Desk) -> None:
        """1C has made it, as it says, and nothing came: a person sees it, and may ask anew."""
        made = await desk.at_onec()
        async with desk.house.acting(desk.house.as_agent) as work:
            wanted = Request(DocumentKind.INVOICE)
            job = await request_document(work, made.id, wanted, desk.house.as_agent)
        await desk.world.until_at_rest()
        await watch_time(desk.world.runtime)
        before = await job_of(desk, made)
        await desk.world.fetch(
            "UPDATE operations SET state = 'SUCCEEDED', job = NULL, ask_job = NULL "
            "WHERE subject_id = $1",
            job.id,
        )
        await desk.world.fetch(
            "UPDATE document_jobs SET created_at = created_at - interval '2 days' WHERE id = $1",
            job.id,
        )

        await watch_time(desk.world.runtime)

        failed = await job_of(desk, made)
        assert before.state != "failed"
        assert ("failed", True) == (failed.state, bool(failed.reason))
        async with desk.world.database.reading() as work:
            cases = [one for one in await list_cases(work) if one.application_id == made.id]
        assert [Need.GET_DOCUMENT] == [one.need for one in cases]


async def job_of(desk: Desk, made: Application) -> JobView:
    """The one request of an application."""
    async with desk.world.database.reading() as work:
        [job] = await list_jobs(work, made.id)
    return job


async def _operation(work: Any, subject: UUID) -> UUID:
    rows = await work.fetch("SELECT id FROM operations WHERE subject_id = $1", subject)
    found: UUID = rows[0]["id"]
    return found
