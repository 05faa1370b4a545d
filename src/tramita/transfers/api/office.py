"""``/api/onec/v1``: where a back office tells what its people work out and do.

Every message bears a number of its direction; the same number again is the same message, and is
answered as it was.
"""

from dataclasses import replace
from typing import Any, Final

from litestar import Controller, Request, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from tramita.kit.http.dependencies import FromRuntime
from tramita.transfers.api.office_access import Office
from tramita.transfers.notices.taking import (
    OfficeMessageUnreadable,
    tell_conditions,
    tell_document,
    tell_status,
    understood,
)
from tramita.transfers.ports import DocumentTold, OfficeNotices

LONGEST_MESSAGE: Final = 256 * 1024
# 50 MB in base64 with line breaks, and what is around it.
LONGEST_DOCUMENT: Final = 72 * 1024 * 1024

AnyRequest = Request[Any, Any, Any]


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
        office: Office = request.scope["user"]
        body = await request.body()
        return dict(
            await tell_conditions(runtime, office.tenant, office.provider, external_id, body)
        )

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
        office: Office = request.scope["user"]
        body = await request.body()
        return dict(await tell_status(runtime, office.tenant, office.provider, external_id, body))

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


async def _read_document(request: AnyRequest, notices: OfficeNotices) -> DocumentTold:
    if request.content_type[0] != "multipart/form-data":
        return understood(notices.read_document(await request.body()))
    form = await request.form()
    meta, file = form.get("meta"), form.get("file")
    if isinstance(meta, UploadFile):
        meta = await meta.read()
    if not isinstance(meta, str | bytes) or not isinstance(file, UploadFile):
        raise OfficeMessageUnreadable(why="a form has the parts meta and file")
    said = understood(notices.read_document(meta.encode() if isinstance(meta, str) else meta))
    return replace(said, content=await file.read(), name=said.name or file.filename or "")
