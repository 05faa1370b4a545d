"""``BackOffice`` on 1C's HTTP service: translate, call, classify.

The base keeps our ``external_id`` with each document. Whether it knows a repetition by it is its own
matter; nobody here relies on that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, Outcome, Refused
from tramita.kit.outside import NotUnderstood
from tramita.providers.onec.answers import in_json, judge
from tramita.providers.onec.client import Heard, OneCClient
from tramita.providers.onec.links import web_link
from tramita.providers.onec.translate import (
    read_job,
    read_office_document,
    read_pong,
    to_agent,
    to_application,
    to_files,
    to_payment,
    to_request,
)
from tramita.providers.onec.wire import WireDocument, WireDone, WireJob, WirePong
from tramita.transfers.ports import (
    AgentTold,
    DocumentRequest,
    FilesTold,
    OfficeApplication,
    OfficeDocument,
    OfficeJob,
    OfficeRefusal,
    PaymentTold,
    Pong,
)

T = TypeVar("T")

_SERVICE: Final = "/hs/payapp/v1"
_UNKNOWN_JOB: Final = 10404


@dataclass(frozen=True)
class OneCGateway:
    """One base. ``web_url`` is where browsers find it; empty: nowhere."""

    client: OneCClient
    zone: ZoneInfo
    web_url: str

    async def create_application(
        self, application: OfficeApplication, attempt: Attempt
    ) -> Outcome[OfficeDocument]:
        """``POST /applications``."""
        body = to_application(application)
        heard = await self.client.call("POST", f"{_SERVICE}/applications", attempt, body=body)
        return self._document(heard, application.external_id)

    async def find_application(
        self, external_id: str, attempt: Attempt
    ) -> Outcome[OfficeDocument | None]:
        """``GET /applications/{external_id}``."""
        heard = await self.client.call("GET", _path(external_id), attempt)
        return _none_if_unknown(self._document(heard, external_id))

    async def update_application(
        self, application: OfficeApplication, attempt: Attempt
    ) -> Outcome[OfficeDocument]:
        """``PUT /applications/{external_id}``."""
        external_id = application.external_id
        body = to_application(application)
        heard = await self.client.call("PUT", _path(external_id), attempt, body=body)
        return self._document(heard, external_id)

    async def cancel_application(
        self, external_id: str, reason: str, attempt: Attempt
    ) -> Outcome[None]:
        """``POST /applications/{external_id}/cancel``."""
        body = {"external_id": external_id, "reason": reason}
        path = f"{_path(external_id)}/cancel"
        heard = await self.client.call("POST", path, attempt, body=body)
        return _none_if_unknown(judge(heard, _about(external_id)))

    async def set_payment_status(self, told: PaymentTold, attempt: Attempt) -> Outcome[None]:
        """``POST /applications/{external_id}/payment-status``."""
        path = f"{_path(told.external_id)}/payment-status"
        body = to_payment(told, self.zone)
        heard = await self.client.call("POST", path, attempt, body=body)
        return judge(heard, _about(told.external_id))

    async def set_agent(self, told: AgentTold, attempt: Attempt) -> Outcome[None]:
        """``POST /applications/{external_id}/agent``."""
        path = f"{_path(told.external_id)}/agent"
        heard = await self.client.call("POST", path, attempt, body=to_agent(told))
        return judge(heard, _about(told.external_id))

    async def set_files(self, told: FilesTold, attempt: Attempt) -> Outcome[None]:
        """``POST /applications/{external_id}/files``."""
        path = f"{_path(told.external_id)}/files"
        heard = await self.client.call("POST", path, attempt, body=to_files(told))
        return judge(heard, _about(told.external_id))

    async def request_document(
        self, request: DocumentRequest, attempt: Attempt
    ) -> Outcome[OfficeJob]:
        """``POST /document-jobs``."""
        path = f"{_SERVICE}/document-jobs"
        heard = await self.client.call("POST", path, attempt, body=to_request(request))
        return judge(heard, _of_job(request.job_id, read_job))

    async def find_document_job(
        self, external_id: str, job_id: str, attempt: Attempt
    ) -> Outcome[OfficeJob | None]:
        """``GET /document-jobs/{id}``: code 10404 with HTTP 200 where nobody asked."""

        def read(said: WireJob) -> OfficeJob | NotUnderstood | None:
            return None if said.code == _UNKNOWN_JOB else read_job(said)

        heard = await self.client.call("GET", f"{_SERVICE}/document-jobs/{job_id}", attempt)
        return judge(heard, _of_job(job_id, read))

    async def is_there(self, attempt: Attempt) -> Outcome[Pong]:
        """``GET /ping``."""
        heard = await self.client.call("GET", f"{_SERVICE}/ping", attempt)
        return judge(heard, in_json(WirePong, lambda said: read_pong(said, self.zone)))

    def web_link(self, link: str) -> str | None:
        """Where the base is published."""
        return web_link(self.web_url, link)

    def _document(self, heard: Heard, external_id: str) -> Outcome[OfficeDocument]:
        def read(said: WireDocument) -> OfficeDocument | NotUnderstood:
            if said.external_id != external_id:
                return NotUnderstood("it tells of another application")
            return read_office_document(said, self.zone)

        return judge(heard, in_json(WireDocument, read))


def _path(external_id: str) -> str:
    return f"{_SERVICE}/applications/{external_id}"


def _about(external_id: str) -> Callable[..., NotUnderstood | None]:
    def read(said: WireDone) -> NotUnderstood | None:
        is_ours = said.external_id == external_id
        return None if is_ours else NotUnderstood("it tells of another application")

    return in_json(WireDone, read)


def _of_job(
    job_id: str, read: Callable[[WireJob], T | NotUnderstood]
) -> Callable[..., T | NotUnderstood]:
    def read_ours(said: WireJob) -> T | NotUnderstood:
        return read(said) if said.job_id == job_id else NotUnderstood("it tells of another job")

    return in_json(WireJob, read_ours)


def _none_if_unknown(outcome: Outcome[T]) -> Outcome[T | None]:
    match outcome:
        case Done(value):
            return Done(value)
        case Refused(OfficeRefusal.APPLICATION_UNKNOWN):
            return Done(None)
        case _:
            return outcome
