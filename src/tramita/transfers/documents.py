"""Documents of applications: what people put there and what 1C makes, also when it is asked to.

A file is kept before its row is written (``runtime.files``); the same content as the same kind is one
document. What is the client's to see goes to the chat, where there is one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert

from tramita.chats.queries import sends_of
from tramita.chats.sending import send_again
from tramita.kit.database.conditions import one_of
from tramita.kit.database.records import get_row
from tramita.kit.database.work import UnitOfWork
from tramita.kit.files import StoredFile
from tramita.kit.identifiers import new_id
from tramita.kit.languages.words import to_translate
from tramita.kit.outbox.lifecycle import DeliveryState
from tramita.transfers.card import post_document, words_of_chat
from tramita.transfers.errors import (
    DocumentJobNotFound,
    DocumentNotFound,
    DuplicateJob,
    RoleForbidden,
    StatusForbids,
)
from tramita.transfers.following import CHANGED, follow_document, follow_job, topic_of
from tramita.transfers.lifecycle import (
    DOCUMENT_JOB,
    WAITING_JOBS,
    ApplicationState,
    DocumentJobState,
    DocumentJobTrigger,
)
from tramita.transfers.model import (
    DOCUMENT_JOBS,
    DOCUMENT_NAME,
    Application,
    ApplicationDocument,
    DocumentJob,
    DocumentOrigin,
)
from tramita.transfers.office.wanting import want_document
from tramita.transfers.rows import lock_application
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import Action, may
from tramita.transfers.who import Who

NO_FILE: Final = to_translate(
    "1C has made it, and its file could not be taken. It has to be sent again from 1C, or asked for anew."
)
NOTHING_CAME: Final = to_translate("Nothing came from 1C in time. It may be asked for anew.")


class DocumentKind(StrEnum):
    """What a document is."""

    CONTRACT = "contract"
    INVOICE = "invoice"
    SPECIFICATION = "specification"
    AGENCY_AGREEMENT = "agency_agreement"
    ORDER = "order"
    ACT = "act"
    AGENT_REPORT = "agent_report"
    SWIFT_COPY = "swift_copy"
    CLOSING_SET = "closing_set"
    PAYMENT_PROOF = "payment_proof"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A kept file of an application; ``sha256`` is that of its content (``digest_of``)."""

    kind: DocumentKind
    name: str
    file: StoredFile
    sha256: bytes
    number: str | None = None
    day: date | None = None
    source_message: int | None = None
    message_no: int | None = None
    is_for_client: bool = True
    job_id: UUID | None = None


async def add_document(
    work: UnitOfWork, application_id: UUID, new: NewDocument, who: Who
) -> tuple[ApplicationDocument, bool]:
    """A person's document, and whether it was not there yet.

    Raises ``ApplicationNotFound`` and ``RoleForbidden``.
    """
    application = await _locked_for(work, application_id, Action.UPLOAD, who)
    return await _write(work, application, new, DocumentOrigin.PERSON, who)


async def take_document(
    work: UnitOfWork, application_id: UUID, new: NewDocument, who: Who
) -> ApplicationDocument:
    """A document that 1C sends, of its own accord or because somebody asked; again is the same one.

    Raises ``ApplicationNotFound`` and ``RoleForbidden``.
    """
    application = await _locked_for(work, application_id, Action.GIVE_DOCUMENT, who)
    document, _ = await _write(work, application, new, DocumentOrigin.ONEC, who)
    if new.job_id is not None:
        await _end_job(work, application, new.job_id, document)
    return document


async def _locked_for(
    work: UnitOfWork, application_id: UUID, action: Action, who: Who
) -> Application:
    application = await lock_application(work, application_id)
    state, kind = ApplicationState(application.state), Kind(application.kind)
    if not may(who.role, state, action, kind=kind):
        raise RoleForbidden(role=who.role, action=action)
    return application


async def _write(
    work: UnitOfWork, application: Application, new: NewDocument, origin: DocumentOrigin, who: Who
) -> tuple[ApplicationDocument, bool]:
    values = {
        "id": new_id(),
        "application_id": application.id,
        "kind": new.kind.value,
        "number": new.number,
        "date": new.day,
        "name": new.name,
        "file": new.file.digest,
        "sha256": new.sha256,
        "size": new.file.size,
        "media_type": new.file.media_type,
        "origin": origin.value,
        "source_message": new.source_message,
        "message_no": new.message_no,
        "is_for_client": new.is_for_client,
        "actor": who.name,
        "created_at": await work.now(),
    }
    made = await work.session.scalar(
        insert(ApplicationDocument)
        .values(values)
        .on_conflict_do_nothing()
        .returning(ApplicationDocument)
    )
    if made is not None:
        await follow_document(work, application, made)
        return made, True
    rows = await work.fetch(
        "SELECT id FROM application_documents "
        "WHERE (application_id, origin, kind, sha256) = ($1, $2, $3, $4) AND file IS NOT NULL",
        application.id,
        origin.value,
        new.kind.value,
        new.sha256,
    )
    return await get_document(work, application.id, rows[0]["id"]), False


async def get_document(
    work: UnitOfWork, application_id: UUID, document_id: UUID
) -> ApplicationDocument:
    """One document of an application; raises ``DocumentNotFound``."""
    document = await work.session.get(ApplicationDocument, document_id, populate_existing=True)
    if document is None or document.application_id != application_id:
        raise DocumentNotFound(id=document_id)
    return document


class DocumentView(Struct):
    """A document in a list; ``sha256`` in hexadecimal letters.

    ``delivery`` is how far it is on its way into the chat, null where it does not go there; with
    ``unknown`` it may stand there, and a person looks.
    """

    id: UUID
    kind: str
    number: str | None
    date: date | None
    name: str
    size: int
    media_type: str
    sha256: str
    origin: str
    is_for_client: bool
    created_at: datetime
    delivery: DeliveryState | None = None


async def list_documents(work: UnitOfWork, application_id: UUID) -> list[DocumentView]:
    """Everything that an application has, oldest first."""
    found = await work.read(
        DocumentView,
        "SELECT id, kind, number, date, name, size, media_type, encode(sha256, 'hex') AS sha256, "
        "origin, is_for_client, created_at FROM application_documents WHERE application_id = $1 "
        "ORDER BY id",
        application_id,
    )
    sent = await sends_of(work, [one.id for one in found])
    deliveries = {one.subject_id: one.state for one in sent}
    for one in found:
        one.name = work.keys.decrypt(one.name, DOCUMENT_NAME)
        one.delivery = deliveries.get(one.id)
    return found


def view_of(document: ApplicationDocument) -> DocumentView:
    """A document as it is shown by itself."""
    return DocumentView(
        id=document.id,
        kind=document.kind,
        number=document.number,
        date=document.date,
        name=document.name,
        size=document.size,
        media_type=document.media_type,
        sha256=document.sha256.hex(),
        origin=document.origin,
        is_for_client=document.is_for_client,
        created_at=document.created_at,
    )


async def send_document(
    work: UnitOfWork, application_id: UUID, document_id: UUID, who: Who
) -> ApplicationDocument:
    """Put a document into the chat; one that has come to an end there is sent again.

    Raises ``DocumentNotFound``, ``RoleForbidden``, and ``TransitionNotAllowed`` while it is on its way.
    """
    application = await _locked_for(work, application_id, Action.SEND_DOCUMENT, who)
    document = await get_document(work, application_id, document_id)
    if document.send_id is None:
        await post_document(work, application, document)
    else:
        await send_again(work, document.send_id)
    work.publish(topic_of(application_id), CHANGED)
    return document


_WAITING: Final = f"""
    SELECT id FROM document_jobs WHERE application_id = $1 AND {one_of("state", WAITING_JOBS)} ORDER BY id
"""  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks 1C to make."""

    kind: DocumentKind
    params: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None


async def request_document(
    work: UnitOfWork, application_id: UUID, wanted: Request, who: Who
) -> DocumentJob:
    """Ask 1C for a document.

    Raises ``RoleForbidden``, ``StatusForbids``, and ``DuplicateJob`` while one of the kind is being
    made.
    """
    application = await lock_application(work, application_id)
    state, kind = ApplicationState(application.state), Kind(application.kind)
    if not may(who.role, state, Action.REQUEST_DOCUMENT, kind=kind):
        if any(may(who.role, one, Action.REQUEST_DOCUMENT, kind=kind) for one in ApplicationState):
            raise StatusForbids(state=state, what="no documents are made")
        raise RoleForbidden(role=who.role, action=Action.REQUEST_DOCUMENT)
    rows = await work.fetch(
        "SELECT FROM document_jobs WHERE application_id = $1 AND kind = $2 "
        f"AND {one_of('state', WAITING_JOBS)}",
        application_id,
        wanted.kind.value,
    )
    if rows:
        raise DuplicateJob(kind=wanted.kind)
    job = DocumentJob(
        id=new_id(),
        application_id=application_id,
        kind=wanted.kind.value,
        params=dict(wanted.params),
        note=wanted.note,
        state=DOCUMENT_JOB.initial.value,
        actor=who.name,
        created_at=await work.now(),
    )
    work.session.add(job)
    await work.session.flush()
    await want_document(work, application, job.id)
    await follow_job(work, application)
    return job


async def get_job(work: UnitOfWork, job_id: UUID) -> DocumentJob:
    """One request, locked and as it is now; raises ``DocumentJobNotFound``."""
    return await get_row(work, DocumentJob, job_id)


async def move_job(
    work: UnitOfWork, job_id: UUID, trigger: DocumentJobTrigger, *, reason: str | None = None
) -> DocumentJob:
    """Take down how far a request is; what it is past already changes nothing.

    Raises ``DocumentJobNotFound``.
    """
    job = await get_job(work, job_id)
    if await DOCUMENT_JOBS.move(work, [job_id], trigger, cause=reason):
        await work.session.refresh(job, ["state"])
        job.reason = reason
        if job.state not in WAITING_JOBS:
            job.ended_at = await work.now()
        await work.session.flush()
        application = await work.session.get_one(Application, job.application_id)
        await follow_job(work, application)
    return job


async def cancel_job(work: UnitOfWork, application_id: UUID, job_id: UUID, who: Who) -> DocumentJob:
    """Nobody waits for a document any more; one that has come to its end stays as it is.

    Raises ``RoleForbidden`` and ``DocumentJobNotFound``.
    """
    await _locked_for(work, application_id, Action.CANCEL_REQUEST, who)
    job = await get_job(work, job_id)
    if job.application_id != application_id:
        raise DocumentJobNotFound(id=job_id)
    return await move_job(work, job_id, DocumentJobTrigger.CANCEL)


async def cancel_jobs(work: UnitOfWork, application: Application) -> None:
    """Of what is given up nobody wants documents any more."""
    for row in await work.fetch(_WAITING, application.id):
        await move_job(work, row["id"], DocumentJobTrigger.CANCEL)


async def fail_job(work: UnitOfWork, application_id: UUID, job_id: UUID, why: str) -> None:
    """Nothing that is taken came for a request; 1C may still send it."""
    await lock_application(work, application_id)
    job = await work.session.get(DocumentJob, job_id)
    if job is not None and job.application_id == application_id:
        said = words_of_chat(work).gettext(why)
        await move_job(work, job_id, DocumentJobTrigger.FAIL, reason=said)


async def _end_job(
    work: UnitOfWork, application: Application, job_id: UUID, document: ApplicationDocument
) -> None:
    job = await get_job(work, job_id)
    if job.application_id != application.id:
        raise DocumentJobNotFound(id=job_id)
    job.document_id = document.id
    await work.session.flush()
    await move_job(work, job_id, DocumentJobTrigger.STORE)


class JobView(Struct):
    """A request in a list; ``position`` among those of its application that wait."""

    id: UUID
    kind: str
    state: DocumentJobState
    position: int | None
    document_id: UUID | None
    reason: str | None
    created_at: datetime
    ended_at: datetime | None


_JOBS: Final = f"""
    SELECT id, kind, state, document_id, reason, created_at, ended_at,
           CASE WHEN {one_of("state", WAITING_JOBS)} THEN
               count(*) FILTER (WHERE {one_of("state", WAITING_JOBS)}) OVER (ORDER BY id)
           END AS position
    FROM document_jobs WHERE application_id = $1 ORDER BY id DESC
"""  # noqa: S608 - ours


async def list_jobs(work: UnitOfWork, application_id: UUID) -> Sequence[JobView]:
    """What 1C was asked for, newest first."""
    found = await work.read(JobView, _JOBS, application_id)
    for one in found:
        one.reason = one.reason and work.keys.decrypt(one.reason, "document_jobs.reason")
    return found
