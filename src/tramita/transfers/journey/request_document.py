"""``transfers.request_document``: the office makes a document that somebody in the chat asked for.

It is told once; that it is being made is an answer, and it is asked from time to time how far it
is. The document itself comes by the office's own message, which ends the job too. What it cannot
make ends in its own words, and what nobody waits for any more is not asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID

from sqlalchemy import select

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.transfers.acts import REQUEST_DOCUMENT
from tramita.transfers.documents import move_job
from tramita.transfers.journey.ending import settle_numbered, subjects_of
from tramita.transfers.journey.send_application import AT_ONCE, caution_of
from tramita.transfers.lifecycle import DocumentJobState, DocumentJobTrigger
from tramita.transfers.model import DocumentJob
from tramita.transfers.naming.reasons import NOT_AWAITED
from tramita.transfers.office.messages import numbers_of, settle_marked
from tramita.transfers.ports import (
    BackOffice,
    DocumentRequest,
    OfficeJob,
    OfficeJobState,
    OfficeRefusal,
)

_ASK_AGAIN: Final = timedelta(seconds=30)
_MOVES: Final = {
    OperationTrigger.PENDING: DocumentJobTrigger.GENERATE,
    OperationTrigger.DONE: DocumentJobTrigger.MAKE_READY,
}


@dataclass(frozen=True, slots=True)
class Asking:
    """A request as it is to be told, and how it stands here."""

    request: DocumentRequest
    state: DocumentJobState


async def _load(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Asking]:
    numbers = await numbers_of(work, REQUEST_DOCUMENT, ids)
    jobs = await work.session.scalars(select(DocumentJob).where(DocumentJob.id.in_(ids)))
    return {
        one.id: Asking(
            DocumentRequest(
                str(one.application_id),
                numbers.get(one.id, 0),
                str(one.id),
                one.kind,
                one.note or "",
            ),
            DocumentJobState(one.state),
        )
        for one in jobs
    }


def _why_not(one: Asking) -> str | None:
    return NOT_AWAITED if one.state is DocumentJobState.CANCELLED else None


async def _request(office: BackOffice, one: Asking, attempt: Attempt) -> Outcome[OfficeJob]:
    return _how_far(await office.request_document(one.request, attempt))


async def _find(office: BackOffice, one: Asking, attempt: Attempt) -> Outcome[OfficeJob] | None:
    request = one.request
    found = await office.find_document_job(request.external_id, request.job_id, attempt)
    match found:
        case Done(job):
            return None if job is None else _how_far(Done(job))
        case Refused() | Pending() | NotSent() | Unknown():
            return found
        case _:
            assert_never(found)


def _how_far(said: Outcome[OfficeJob]) -> Outcome[OfficeJob]:
    """A document has an end when it is ready, or when there will be none."""
    match said:
        case Done(OfficeJob(state=OfficeJobState.QUEUED | OfficeJobState.GENERATING) as job):
            return Pending(job.reference, _ASK_AGAIN)
        case Done(OfficeJob(state=OfficeJobState.FAILED) as job):
            return Refused(OfficeRefusal.NOT_ACCEPTED, job.reason or "it cannot be made")
        case _:
            return said


async def _record(work: UnitOfWork, results: Sequence[Result[Asking, OfficeJob | None]]) -> None:
    """How far it is; the office's own message may have been faster."""
    await settle_numbered(work, results)
    for trigger, moved in _MOVES.items():
        for job_id in subjects_of(results, trigger):
            await move_job(work, job_id, moved)
    for one in results:
        if one.trigger is OperationTrigger.REFUSED:
            await _fail(work, [one.task.operation.subject_id], one.reason or "")


async def _mark(work: UnitOfWork, ids: Sequence[UUID], why: str) -> None:
    await settle_marked(work, REQUEST_DOCUMENT, ids)
    await _fail(work, ids, why)


async def _fail(work: UnitOfWork, ids: Sequence[UUID], why: str) -> None:
    _, _, text = why.partition(": ")
    for job_id in ids:
        await move_job(work, job_id, DocumentJobTrigger.FAIL, reason=text or why)


REQUESTING: Final[Act[Asking, OfficeJob]] = Act(
    name=REQUEST_DOCUMENT,
    load=_load,
    call=_request,
    ask=_find,
    unwanted=_why_not,
    record=_record,
    refuse=_mark,
    reference=lambda job: job.reference,
    caution=caution_of,
    keeps_codes=True,
    concurrency=AT_ONCE,
)
