"""``/api/onec/v1``: where a back office tells what its people work out and do.

Every message bears a number of its direction; the same number again is the same message, and is
answered as it was.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, QueryParameter

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.runtime import Runtime
from tramita.transfers.api.office_access import Office
from tramita.transfers.errors import DocumentNotFound
from tramita.transfers.notices.fetching import MOST, acknowledge, list_to_fetch
from tramita.transfers.notices.taking import (
    OfficeMessageUnreadable,
    tell_conditions,
    tell_corrections,
    tell_document,
    tell_status,
    understood,
)
from tramita.transfers.ports import DocumentTold, OfficeNotices

LONGEST_MESSAGE: Final = 256 * 1024
# 50 MB in base64 with line breaks, and what is around it.
LONGEST_DOCUMENT: Final = 72 * 1024 * 1024

_FILE: Final = """
    SELECT d.file, d.media_type FROM application_documents AS d
    JOIN applications AS a ON a.id = d.application_id
    WHERE d.id = $1 AND a.id = $2 AND a.tenant = $3 AND d.origin = 'person' AND d.file IS NOT NULL
"""

AnyRequest = Request[Any, Any, Any]
# Takes a message of a tenant's provider about an application, as it came; answers what the office is told.
Tell: TypeAlias = Callable[[Runtime, str, str, str, bytes], Awaitable[Mapping[str, Any]]]


class OfficeController(Controller):
    """What 1C calls."""

    path = "/api/onec/v1/applications/{external_id:str}"
    tags = ("1C",)
    include_in_schema = False

    @post(
        "/conditions",
        status_code=200,
        request_max_body_size=LONGEST_MESSAGE,
        opt={"office": True},
    )
    async def take_conditions(
        self, external_id: FromPath[str], request: AnyRequest, runtime: FromRuntime
    ) -> dict[str, Any]:
        """Take what was worked out for an application."""
        return await _tell(tell_conditions, runtime, request, external_id)

    @post(
        "/corrections",
        status_code=200,
        request_max_body_size=LONGEST_MESSAGE,
        opt={"office": True},
    )
    async def take_corrections(
        self, external_id: FromPath[str], request: AnyRequest, runtime: FromRuntime
    ) -> dict[str, Any]:
        """Take what is corrected in a form, as a revision of its own."""
        return await _tell(tell_corrections, runtime, request, external_id)

    @post(
        "/status",
        status_code=200,
        request_max_body_size=LONGEST_MESSAGE,
        opt={"office": True},
    )
    async def take_status(
        self, external_id: FromPath[str], request: AnyRequest, runtime: FromRuntime
    ) -> dict[str, Any]:
        """Take how an application or its payment stands."""
        return await _tell(tell_status, runtime, request, external_id)

    @post(
        "/documents",
        status_code=201,
        request_max_body_size=LONGEST_DOCUMENT,
        opt={"office": True, "multipart": True},
    )
    async def take_document(
        self, external_id: FromPath[str], request: AnyRequest, runtime: FromRuntime
    ) -> dict[str, Any]:
        """Take a document: a form of ``meta`` and ``file``, or JSON with the file in base64."""
        office: Office = request.scope["user"]
        said = await _read_document(request, runtime.gateway(OfficeNotices, office.provider))
        return dict(await tell_document(runtime, office.tenant, office.provider, external_id, said))

    @get("/files/{file_id:uuid}", opt={"office": True})
    async def fetch_file(
        self,
        external_id: FromPath[UUID],
        file_id: FromPath[UUID],
        runtime: FromRuntime,
        request: AnyRequest,
    ) -> Response[bytes]:
        """A file that somebody put there, as applications name it; it is a download, whatever it is."""
        office: Office = request.scope["user"]
        async with runtime.database.unit_of_work(actor=office.actor) as work:
            rows = await work.fetch(_FILE, file_id, external_id, office.tenant)
        if not rows:
            raise DocumentNotFound(id=file_id)
        content = await runtime.files.get(rows[0]["file"])
        headers = {"content-disposition": "attachment", "x-content-type-options": "nosniff"}
        return Response(content, media_type=rows[0]["media_type"], headers=headers)


class OutboxController(Controller):
    """What a 1C fetches that cannot be called."""

    path = "/api/onec/v1/outbox"
    tags = ("1C",)
    include_in_schema = False

    @get(opt={"office": True})
    async def list_messages(
        self,
        request: AnyRequest,
        runtime: FromRuntime,
        after: Annotated[int, QueryParameter(ge=0, lt=2**53)] = 0,
        limit: Annotated[int, QueryParameter(ge=1, le=MOST)] = MOST,
    ) -> dict[str, Any]:
        """Messages that wait, from the number after ``after`` on; they stay until they are acknowledged."""
        office: Office = request.scope["user"]
        notices = runtime.gateway(OfficeNotices, office.provider)
        async with runtime.database.unit_of_work(actor=office.actor) as work:
            found = await list_to_fetch(work, office.tenant, notices, after=after, limit=limit)
        return {"messages": found}

    @post("/ack", status_code=200, request_max_body_size=LONGEST_MESSAGE, opt={"office": True})
    async def acknowledge(self, request: AnyRequest, runtime: FromRuntime) -> dict[str, Any]:
        """Take what came of messages: done, with the document, or refused, with its words."""
        office: Office = request.scope["user"]
        notices = runtime.gateway(OfficeNotices, office.provider)
        said = understood(notices.read_acknowledged(await request.body()))
        async with runtime.database.unit_of_work(actor=office.actor) as work:
            return {"acknowledged": await acknowledge(work, office.tenant, said)}


async def _tell(
    tell: Tell, runtime: Runtime, request: AnyRequest, external_id: str
) -> dict[str, Any]:
    office: Office = request.scope["user"]
    body = await request.body()
    return dict(await tell(runtime, office.tenant, office.provider, external_id, body))


async def _read_document(request: AnyRequest, notices: OfficeNotices) -> DocumentTold:
    if request.content_type[0] != "multipart/form-data":
        # Up to fifty megabytes in base64.
        return understood(await asyncio.to_thread(notices.read_document, await request.body()))
    form = await request.form()
    meta, file = form.get("meta"), form.get("file")
    if isinstance(meta, UploadFile):
        meta = await meta.read()
    if not isinstance(meta, str | bytes) or not isinstance(file, UploadFile):
        raise OfficeMessageUnreadable(why="a form has the parts meta and file")
    said = understood(notices.read_document(meta.encode() if isinstance(meta, str) else meta))
    return replace(said, content=await file.read(), name=said.name or file.filename or "")
