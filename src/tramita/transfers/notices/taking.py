"""What becomes of each kind of message from a back office: conditions, corrections, status, documents."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from tramita.chats.attaching import tidy_name
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import FieldError, InvalidError, MalformedError
from tramita.kit.files import StoredFile, digest_of, media_type_of
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime
from tramita.transfers.documents import NO_FILE, DocumentKind, NewDocument, fail_job, take_document
from tramita.transfers.errors import ApplicationNotFound, TypeNotAllowed
from tramita.transfers.notices.hearing import Told, hear
from tramita.transfers.ports import DocumentTold, OfficeNotices
from tramita.transfers.rules.files import TAKEN
from tramita.transfers.taking import operator, take_conditions, take_corrections, take_status

T = TypeVar("T")

CONDITIONS: Final = "conditions"
CORRECTIONS: Final = "corrections"
STATUS: Final = "status"
DOCUMENT: Final = "document"


class OfficeMessageUnreadable(MalformedError):
    """The message cannot be read: {why}."""


async def tell_conditions(
    runtime: Runtime, tenant: str, provider: str, external_id: str, body: bytes
) -> Mapping[str, Any]:
    """Take what was worked out for an application."""
    said = understood(runtime.gateway(OfficeNotices, provider).read_conditions(body))
    told = Told(
        tenant, f"{provider}:{said.operator}", CONDITIONS, external_id, said.message_no, body
    )

    async def apply(work: UnitOfWork) -> Mapping[str, Any]:
        offer = await take_conditions(work, await _ours(work, told), said)
        return {"offer_id": str(offer.id), "state": offer.state}

    return await hear(runtime, told, apply)


async def tell_corrections(
    runtime: Runtime, tenant: str, provider: str, external_id: str, body: bytes
) -> Mapping[str, Any]:
    """Take what is corrected in an application's form."""
    said = understood(runtime.gateway(OfficeNotices, provider).read_corrections(body))
    actor = f"{provider}:{said.operator}"
    told = Told(tenant, actor, CORRECTIONS, external_id, said.message_no, body)

    async def apply(work: UnitOfWork) -> Mapping[str, Any]:
        application = await take_corrections(work, await _ours(work, told), said)
        return {"revision": application.revision}

    return await hear(runtime, told, apply)


async def tell_status(
    runtime: Runtime, tenant: str, provider: str, external_id: str, body: bytes
) -> Mapping[str, Any]:
    """Take how an application or its payment stands."""
    said = understood(runtime.gateway(OfficeNotices, provider).read_status(body))
    told = Told(tenant, f"{provider}:{said.operator}", STATUS, external_id, said.message_no, body)

    async def apply(work: UnitOfWork) -> Mapping[str, Any]:
        application = await take_status(work, await _ours(work, told), said)
        return {"state": application.state, "payment_status": application.payment_state}

    return await hear(runtime, told, apply)


async def tell_document(
    runtime: Runtime, tenant: str, provider: str, external_id: str, said: DocumentTold
) -> Mapping[str, Any]:
    """Take a document with its file; what it cannot be is refused before anything is kept of it."""
    content = said.content or b""
    kept = msgspec.json.encode(replace(said, content=None))
    told = Told(tenant, provider, DOCUMENT, external_id, said.message_no, kept)
    faults = list(_faults(said, content, await digest_of(content)))

    async def refuse(_: UnitOfWork) -> Mapping[str, Any]:
        media_type = media_type_of(content)
        if not faults:
            raise TypeNotAllowed(media_type=media_type)
        raise InvalidError(faults)

    if faults or media_type_of(content) not in TAKEN:
        try:
            return await hear(runtime, told, refuse)
        except (InvalidError, TypeNotAllowed):
            await _end_request(runtime, told, said)
            raise
    stored = await runtime.files.put(content)
    return await hear(runtime, replace(told, file=stored.digest), _taking(told, said, stored))


async def _end_request(runtime: Runtime, told: Told, said: DocumentTold) -> None:
    """Whoever asked for it learns that there is none, and may ask anew; 1C may send it better."""
    if said.job_id is None or not _is_id(said.job_id) or told.application_id is None:
        return
    async with runtime.database.unit_of_work(actor=told.actor) as work:
        await fail_job(work, await _ours(work, told), UUID(said.job_id), NO_FILE)


def _taking(told: Told, said: DocumentTold, stored: StoredFile) -> Any:
    async def apply(work: UnitOfWork) -> Mapping[str, Any]:
        new = NewDocument(
            DocumentKind(said.kind),
            tidy_name(said.name) or said.kind,
            stored,
            bytes.fromhex(said.sha256),
            said.number or None,
            said.date.date() if said.date else None,
            message_no=said.message_no,
            is_for_client=said.is_for_client,
            job_id=UUID(said.job_id) if said.job_id else None,
        )
        document = await take_document(work, await _ours(work, told), new, operator(""))
        return {"document_id": str(document.id), "name": document.name}

    return apply


def _faults(said: DocumentTold, content: bytes, digest: bytes) -> Any:
    if not content:
        yield FieldError("content", "empty", "There is nothing in the file.")
    elif digest.hex() != said.sha256:
        yield FieldError("sha256", "mismatch", "The file is another one than its digest says.")
    if said.kind not in set(DocumentKind):
        known = ", ".join(sorted(DocumentKind))
        yield FieldError("kind", "unknown_kind", f"A kind is one of {known}.")
    if said.job_id is not None and not _is_id(said.job_id):
        yield FieldError("job_id", "unknown_job", "Nobody has asked for such a document.")


async def _ours(work: UnitOfWork, told: Told) -> UUID:
    """The application that a message is about, if it is its tenant's."""
    rows = await work.fetch(
        "SELECT id FROM applications WHERE id = $1 AND tenant = $2",
        told.application_id,
        told.tenant,
    )
    if not rows:
        raise ApplicationNotFound(id=told.external_id)
    found: UUID = rows[0]["id"]
    return found


def understood(said: T | NotUnderstood) -> T:
    """What a message says; raises ``OfficeMessageUnreadable``."""
    if isinstance(said, NotUnderstood):
        raise OfficeMessageUnreadable(why=said.why)
    return said


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
