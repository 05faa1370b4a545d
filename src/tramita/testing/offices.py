"""The conformance suite of ``BackOffice``."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid4

from tramita.kit.outcome import Done
from tramita.testing.gateways import ActingGatewaySuite, Method, done
from tramita.testing.scene import Scene, attempt
from tramita.transfers.ports import (
    AgentTold,
    AttachedFile,
    BackOffice,
    DocumentRequest,
    FilesTold,
    OfficeApplication,
    OfficeJobState,
    PaymentTold,
)

_FIELDS: Mapping[str, Any] = {
    "payer": {"name": "Rosa Trading", "inn": "770708389300", "contact": "+7 912 345-67-89"},
    "beneficiary": {"name": "Shenzhen Trading Co", "country": "CN", "city": "Shenzhen"},
    "money": {"amount": "1000.00", "currency": "CNY"},
    "basis": {"invoice_number": "INV-1", "invoice_date": "2026-11-30"},
}
_FILES = (AttachedFile("5b1c", "contract", "Contract.pdf", 2048, "ab" * 32, "/files/5b1c"),)


class BackOfficeSuite(ActingGatewaySuite[BackOffice]):
    """An ERP that makes a document of an application.

    ``knows_repetitions``: an application that is created twice is one document. ``makes_documents``:
    it can be asked for documents.
    """

    port = BackOffice
    knows_repetitions: ClassVar[bool] = True
    makes_documents: ClassVar[bool] = True
    private = ("770708389300", "Rosa Trading", "345-67-89")

    def application(self, revision: int = 1) -> OfficeApplication:
        """One that the office has not seen."""
        return OfficeApplication(str(uuid4()), revision, 1, "Ромашка", "Игорь", _FIELDS)

    async def unseen(self, scene: Scene[BackOffice]) -> OfficeApplication:
        """One that the office has not seen."""
        return self.application()

    async def sent(self, scene: Scene[BackOffice]) -> OfficeApplication:
        """One that has its document there."""
        application = self.application()
        done(await scene.gateway.create_application(application, attempt()))
        return application

    async def asked(self, scene: Scene[BackOffice]) -> DocumentRequest:
        """A document that was asked for."""
        request = self.request(await self.sent(scene))
        done(await scene.gateway.request_document(request, attempt()))
        return request

    def request(self, application: OfficeApplication) -> DocumentRequest:
        """A document to be asked for."""
        return DocumentRequest(application.external_id, 3, str(uuid4()), "invoice")

    def methods(self) -> Mapping[str, Method[BackOffice]]:
        """All that are answered."""
        asking = {
            "request_document": Method[BackOffice](
                lambda us, sent, of: us.request_document(self.request(sent), of),
                self.sent,
                is_act=True,
                is_once=False,
            ),
            "find_document_job": Method[BackOffice](
                lambda us, asked, of: us.find_document_job(asked.external_id, asked.job_id, of),
                self.asked,
            ),
        }
        return {
            "create_application": Method(
                lambda us, new, of: us.create_application(new, of),
                self.unseen,
                is_act=True,
                is_once=self.knows_repetitions,
                was_done=_is_there,
            ),
            "find_application": Method(
                lambda us, sent, of: us.find_application(sent.external_id, of), self.sent
            ),
            "update_application": Method(
                lambda us, sent, of: us.update_application(replace(sent, revision=2), of),
                self.sent,
                is_act=True,
            ),
            "cancel_application": Method(
                lambda us, sent, of: us.cancel_application(sent.external_id, "not wanted", of),
                self.sent,
                is_act=True,
                is_bare=True,
            ),
            "set_payment_status": Method(
                lambda us, sent, of: us.set_payment_status(_sent_by(sent), of),
                self.sent,
                is_act=True,
                is_bare=True,
            ),
            "set_agent": Method(
                lambda us, sent, of: us.set_agent(AgentTold(sent.external_id, 2, "Ольга"), of),
                self.sent,
                is_act=True,
                is_bare=True,
            ),
            "set_files": Method(
                lambda us, sent, of: us.set_files(FilesTold(sent.external_id, 2, _FILES), of),
                self.sent,
                is_act=True,
                is_bare=True,
            ),
            "is_there": Method(lambda us, _, of: us.is_there(of)),
            **(asking if self.makes_documents else {}),
        }

    async def test_finds_what_was_sent_and_nothing_else(self, tmp_path: Any) -> None:
        """By our own name of it, with the revision that it has."""
        async with self.scene(tmp_path) as scene:
            application = self.application()
            before = done(await scene.gateway.find_application(application.external_id, attempt()))
            made = done(await scene.gateway.create_application(application, attempt()))
            changed = replace(application, revision=2, message_no=2)
            updated = done(await scene.gateway.update_application(changed, attempt()))
            found = done(await scene.gateway.find_application(application.external_id, attempt()))

        assert before is None
        assert (application.external_id, 1) == (made.external_id, made.accepted_revision)
        assert replace(made, accepted_revision=2, heard=updated.heard) == updated
        assert updated == found

    async def test_says_how_far_it_has_heard_if_it_says_so(self, tmp_path: Any) -> None:
        """By the number of the newest message, whatever that one says: an old copy of its base has a lower one."""
        async with self.scene(tmp_path) as scene:
            sent, heard = await self.sent(scene), []
            gateway, id_ = scene.gateway, sent.external_id
            for telling in (
                gateway.set_agent(AgentTold(id_, 4, "Ольга"), attempt()),
                gateway.set_files(FilesTold(id_, 5, _FILES), attempt()),
                gateway.set_payment_status(replace(_sent_by(sent), message_no=6), attempt()),
            ):
                assert Done(None) == await telling
                found = done(await gateway.find_application(id_, attempt()))
                assert found is not None
                heard.append(found.heard)

        assert heard in ([4, 5, 6], [None] * 3)

    async def test_lets_go_of_what_it_never_had(self, tmp_path: Any) -> None:
        """So that a cancellation may be repeated, whatever became of the first."""
        async with self.scene(tmp_path) as scene:
            said = await scene.gateway.cancel_application(str(uuid4()), "not wanted", attempt())

        assert Done(None) == said

    async def test_knows_of_documents_that_were_asked_for(self, tmp_path: Any) -> None:
        """And of no others."""
        if not self.makes_documents:
            return
        async with self.scene(tmp_path) as scene:
            request = await self.asked(scene)
            gateway = scene.gateway

            found = done(
                await gateway.find_document_job(request.external_id, request.job_id, attempt())
            )
            nothing = done(
                await gateway.find_document_job(request.external_id, str(uuid4()), attempt())
            )

        assert found is not None
        assert (request.job_id, True) == (found.job_id, found.state is not OfficeJobState.FAILED)
        assert nothing is None


async def _is_there(us: BackOffice, new: OfficeApplication, _: str) -> bool:
    return done(await us.find_application(new.external_id, attempt())) is not None


def _sent_by(sent: OfficeApplication) -> PaymentTold:
    at = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
    return PaymentTold(sent.external_id, 2, "client_sent", at)
