"""``…/applications/{id}/documents`` and ``…/document-jobs``: files of a tenant's own applications."""

from datetime import date
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, JSONBody

from tramita.chats.attaching import tidy_name
from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.files import LARGEST, digest_of
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.quotas import take_upload
from tramita.transfers.api.schemas import (
    ApplicationDocumentsAnswer,
    DocumentJobsAnswer,
    DocumentRequestBody,
    as_keeper,
)
from tramita.transfers.documents import (
    DocumentKind,
    DocumentView,
    JobView,
    NewDocument,
    Request,
    add_document,
    cancel_job,
    get_document,
    list_documents,
    list_jobs,
    request_document,
    send_document,
    view_of,
)
from tramita.transfers.errors import OnecUnavailable
from tramita.transfers.service import get_application
from tramita.transfers.settings import TransferSettings

READ: Final[dict[str, Any]] = {"scope": "applications:read"}
WRITE: Final[dict[str, Any]] = {"scope": "applications:write"}
ACT: Final[dict[str, Any]] = WRITE | {"idempotent": True}
# What stands around a file in a form.
_ENVELOPE: Final = 64 * 1024
_LONGEST_NAME: Final = 200


class DocumentsController(Controller):
    """Files of an application, from people and from 1C."""

    path = "/api/v1/applications/{application_id:uuid}/documents"
    tags = ["Applications"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @get(opt=READ)
    async def show_documents(
        self, application_id: FromPath[UUID], runtime: FromRuntime
    ) -> ApplicationDocumentsAnswer:
        """Documents, oldest first, and how far each is on its way into the chat."""
        async with runtime.database.reading() as work:
            await get_application(work, application_id)
            return ApplicationDocumentsAnswer(await list_documents(work, application_id))

    @post(
        opt=WRITE | {"multipart": True, "problems": [413, 422, 429]},
        request_max_body_size=LARGEST + _ENVELOPE,
    )
    async def add(
        self,
        application_id: FromPath[UUID],
        request: AnyRequest,
        runtime: FromRuntime,
        actor: FromActor,
    ) -> DocumentView:
        """Add a document: a form with `file`, its `kind` and perhaps `number` and `date`.

        The same content as the same kind is there once.
        """
        async with runtime.database.reading() as work:
            tenant = (await get_application(work, application_id)).tenant
        form = await request.form()
        said = _read_form(form)
        content = await form["file"].read()
        await take_upload(runtime, tenant, len(content))
        kept = await runtime.files.put(content)
        new = NewDocument(file=kept, sha256=await digest_of(content), **said)
        async with runtime.database.unit_of_work(actor=actor) as work:
            document, _ = await add_document(work, application_id, new, as_keeper(work))
            return view_of(document)

    @get("/{document_id:uuid}", opt=READ | {"problems": [503]})
    async def fetch(
        self, application_id: FromPath[UUID], document_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[bytes]:
        """A document's content."""
        async with runtime.database.reading() as work:
            await get_application(work, application_id)
            document = await get_document(work, application_id, document_id)
        content = await runtime.files.get(document.file or "")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name)}",
            "Cache-Control": "private, no-store",
        }
        return Response(content, media_type=document.media_type, headers=headers)

    @post("/{document_id:uuid}/send", status_code=200, opt=ACT)
    async def send(
        self,
        application_id: FromPath[UUID],
        document_id: FromPath[UUID],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> DocumentView:
        """Put a document into the chat; one that has come to an end there is sent again."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await get_application(work, application_id)
            sent = await send_document(work, application_id, document_id, as_keeper(work))
            return await answered(work, view_of(sent))


class DocumentJobsController(Controller):
    """What 1C is asked to make."""

    path = "/api/v1/applications/{application_id:uuid}/document-jobs"
    tags = ["Applications"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @get(opt=READ)
    async def show_jobs(
        self, application_id: FromPath[UUID], runtime: FromRuntime
    ) -> DocumentJobsAnswer:
        """Requests, newest first."""
        async with runtime.database.reading() as work:
            await get_application(work, application_id)
            return DocumentJobsAnswer(await list_jobs(work, application_id))

    @post(status_code=202, opt=ACT | {"problems": [503]})
    async def ask(
        self,
        application_id: FromPath[UUID],
        data: JSONBody[DocumentRequestBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> JobView:
        """Ask for a document; 409 `duplicate_job` while one of its kind is being made."""
        if not runtime.configured(TransferSettings).takes_document_requests:
            raise OnecUnavailable
        wanted = Request(data.kind, data.params, data.note)
        async with runtime.database.unit_of_work(actor=actor) as work:
            await get_application(work, application_id)
            job = await request_document(work, application_id, wanted, as_keeper(work))
            [view] = [one for one in await list_jobs(work, application_id) if one.id == job.id]
            return await answered(work, view)

    @post("/{job_id:uuid}/cancel", status_code=200, opt=ACT)
    async def cancel(
        self,
        application_id: FromPath[UUID],
        job_id: FromPath[UUID],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> JobView:
        """Wait for a document no more; one that has come to its end stays as it is.

        What 1C sends all the same is taken.
        """
        async with runtime.database.unit_of_work(actor=actor) as work:
            await get_application(work, application_id)
            await cancel_job(work, application_id, job_id, as_keeper(work))
            [view] = [one for one in await list_jobs(work, application_id) if one.id == job_id]
            return await answered(work, view)


def _read_form(form: Any) -> dict[str, Any]:
    """What is said of a file; raises ``InvalidError`` with everything that cannot be."""
    errors, file = [], form.get("file")
    if not isinstance(file, UploadFile):
        errors.append(FieldError("file", "missing", "A form with a file is needed."))
    kind = str(form.get("kind") or DocumentKind.OTHER)
    if kind not in set(DocumentKind):
        errors.append(FieldError("kind", "unknown_kind", f'There is no kind "{kind}".'))
    number, said = str(form.get("number") or ""), str(form.get("date") or "")
    if len(number) > _LONGEST_NAME or "\x00" in number:
        errors.append(FieldError("number", "invalid", "A number is a short text."))
    day = None
    try:
        day = date.fromisoformat(said) if said else None
    except ValueError:
        errors.append(FieldError("date", "invalid_date", "A date is like 2026-11-30."))
    if errors:
        raise InvalidError(errors)
    return {
        "kind": DocumentKind(kind),
        "name": tidy_name(file.filename),
        "number": number or None,
        "day": day,
    }
