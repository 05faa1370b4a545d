"""Documents of applications: each once, from people and from 1C, asked for or not."""

import hashlib
from dataclasses import replace

import pytest

from tests.transfers.house import ONEC, House
from tramita.kit.files import StoredFile
from tramita.transfers.documents import (
    DocumentKind,
    NewDocument,
    Request,
    add_document,
    cancel_job,
    fail_job,
    list_documents,
    list_jobs,
    move_job,
    request_document,
    take_document,
)
from tramita.transfers.errors import DocumentJobNotFound, DuplicateJob, RoleForbidden, StatusForbids
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.lifecycle import DocumentJobTrigger as D
from tramita.transfers.notes import add_note, list_notes

pytestmark = pytest.mark.asyncio(loop_scope="module")

INVOICE = NewDocument(
    DocumentKind.INVOICE,
    "Счёт 77.pdf",
    StoredFile("0c5c", 1024, "application/pdf"),
    hashlib.sha256(b"%PDF-77").digest(),
)


class TestADocument:
    async def test_of_one_content_is_there_once(self, house: House) -> None:
        """As one kind, and from one side; its name is read by whoever may."""
        made = await house.draft()
        added = []
        for kind in (DocumentKind.INVOICE, DocumentKind.INVOICE, DocumentKind.OTHER):
            async with house.acting(house.as_client) as work:
                new = replace(INVOICE, kind=kind)
                added.append(await add_document(work, made.id, new, house.as_client))

        assert [True, False, True] == [is_new for _, is_new in added]
        assert added[0][0].id == added[1][0].id
        async with house.database.reading() as work:
            found = await list_documents(work, made.id)
        assert [("invoice", "Счёт 77.pdf"), ("other", "Счёт 77.pdf")] == [
            (one.kind, one.name) for one in found
        ]

    async def test_of_1c_comes_from_1c_alone(self, house: House) -> None:
        """Nobody else says that a document is 1C's."""
        made = await house.in_house()
        with pytest.raises(RoleForbidden):
            async with house.acting(house.as_lead) as work:
                await take_document(work, made.id, INVOICE, house.as_lead)


class TestARequest:
    async def test_leads_to_a_document(self, house: House) -> None:
        """What 1C tells late is passed over; the same kind may be asked for again."""
        made = await house.in_house()
        async with house.acting(house.as_agent) as work:
            job = await request_document(work, made.id, Request(DocumentKind.ACT), house.as_agent)
        with pytest.raises(DuplicateJob):
            async with house.acting(house.as_agent) as work:
                await request_document(work, made.id, Request(DocumentKind.ACT), house.as_agent)
        async with house.acting(ONEC) as work:
            await move_job(work, job.id, D.GENERATE)
            new = replace(INVOICE, kind=DocumentKind.ACT, job_id=job.id)
            document = await take_document(work, made.id, new, ONEC)
            await move_job(work, job.id, D.QUEUE)
        async with house.acting(house.as_agent) as work:
            await request_document(work, made.id, Request(DocumentKind.ACT), house.as_agent)

        async with house.database.reading() as work:
            jobs = await list_jobs(work, made.id)
        assert [("requested", 1, None), ("stored", None, document.id)] == [
            (one.state, one.position, one.document_id) for one in jobs
        ]

    async def test_that_failed_may_be_met_after_all(self, house: House) -> None:
        """What was asked for anew is another request; the document stands with its own."""
        made = await house.in_house()
        async with house.acting(house.as_agent) as work:
            job = await request_document(work, made.id, Request(DocumentKind.ACT), house.as_agent)
            await fail_job(work, made.id, job.id, "Файл не принят")
        async with house.acting(house.as_agent) as work:
            await request_document(work, made.id, Request(DocumentKind.ACT), house.as_agent)
            new = replace(INVOICE, kind=DocumentKind.ACT, job_id=job.id)
            document = await take_document(work, made.id, new, ONEC)

        async with house.database.reading() as work:
            jobs = await list_jobs(work, made.id)
        assert [("requested", None), ("stored", document.id)] == [
            (one.state, one.document_id) for one in jobs
        ]
        assert [None, None] == [one.reason for one in jobs]

    async def test_ends_with_what_it_is_for(self, house: House) -> None:
        """Of what is given up, or taken back, nobody waits for documents."""
        for trigger in (T.CANCEL, T.REOPEN_DRAFT):
            made = await house.in_house()
            async with house.acting(house.as_agent) as work:
                wanted = Request(DocumentKind.ACT)
                await request_document(work, made.id, wanted, house.as_agent)

            await house.move(made.id, trigger)

            async with house.database.reading() as work:
                [job] = await list_jobs(work, made.id)
            assert "cancelled" == job.state

    async def test_is_given_up_by_agents(self, house: House) -> None:
        """Not by a client, not under another application, and not when it is met."""
        made, other = await house.in_house(), await house.in_house()
        async with house.acting(house.as_agent) as work:
            job = await request_document(work, made.id, Request(DocumentKind.ACT), house.as_agent)
        with pytest.raises(RoleForbidden):
            async with house.acting(house.as_client) as work:
                await cancel_job(work, made.id, job.id, house.as_client)
        with pytest.raises(DocumentJobNotFound):
            async with house.acting(house.as_agent) as work:
                await cancel_job(work, other.id, job.id, house.as_agent)

        async with house.acting(house.as_agent) as work:
            ended = await cancel_job(work, made.id, job.id, house.as_agent)
            new = replace(INVOICE, kind=DocumentKind.ACT, job_id=job.id)
            await take_document(work, made.id, new, ONEC)
            again = await request_document(work, made.id, Request(DocumentKind.ACT), house.as_agent)
            await take_document(work, made.id, replace(new, job_id=again.id), ONEC)
            met = await cancel_job(work, made.id, again.id, house.as_agent)

        assert ("cancelled", "stored") == (ended.state, met.state)

    async def test_is_made_of_what_counts_by_agents(self, house: House) -> None:
        """No client asks, and of a draft nothing is made."""
        made = await house.draft()
        for who, error in ((house.as_client, RoleForbidden), (house.as_agent, StatusForbids)):
            with pytest.raises(error):
                async with house.acting(who) as work:
                    await request_document(work, made.id, Request(DocumentKind.ACT), who)


class TestANote:
    async def test_is_for_agents(self, house: House) -> None:
        """A client writes none."""
        made = await house.draft()
        async with house.acting(house.as_agent) as work:
            await add_note(work, made.id, "Позвонить бухгалтеру", house.as_agent)
        with pytest.raises(RoleForbidden):
            async with house.acting(house.as_client) as work:
                await add_note(work, made.id, "…", house.as_client)

        async with house.database.reading() as work:
            assert [("Позвонить бухгалтеру", "telegram:4711")] == [
                (one.text, one.actor) for one in await list_notes(work, made.id)
            ]
