"""``/api/webapp/v1/chats/{chat}/offer`` and documents made in 1C: conditions, jobs, sending."""

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromRuntime
from tramita.transfers.api.schemas import DocumentRequestBody
from tramita.transfers.api.webapp import BASE
from tramita.transfers.api.webapp.access import PEOPLE, check_may_act
from tramita.transfers.api.webapp.chats import HERE, FromHere
from tramita.transfers.documents import (
    DocumentView,
    JobView,
    list_documents,
    list_jobs,
    request_document,
    send_document,
)
from tramita.transfers.documents import Request as Wanted
from tramita.transfers.errors import NoOffer, OnecUnavailable, RoleForbidden
from tramita.transfers.lifecycle import DocumentJobState
from tramita.transfers.rules.permissions import Action
from tramita.transfers.rules.roles import Role
from tramita.transfers.settings import TransferSettings
from tramita.transfers.webapp.reading import conditions_for, get_of_chat
from tramita.transfers.webapp.views import ConditionsView, show_offer

_ACT: Final[dict[str, Any]] = PEOPLE | {"idempotent": True}


class JobsAnswer(Struct):
    """What 1C was asked to make, the newest first."""

    jobs: list[JobView]


class ChatOffer(Controller):
    """Conditions of a chat's application, and documents made for it."""

    path = f"{BASE}/chats/{{chat:str}}"
    tags = ["Mini App"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = HERE

    @get("/offer", opt=PEOPLE)
    async def show_offer(self, runtime: FromRuntime, here: FromHere) -> ConditionsView:
        """The accepted conditions; agents see those that wait for a person, too.

        404 `no_offer` while there are none for you.
        """
        async with runtime.database.unit_of_work() as work:
            application = await get_of_chat(work, here.chat)
            found = await conditions_for(work, application, here.who.role)
            if found is None:
                raise NoOffer
            return show_offer(found, is_client=here.who.role is Role.CLIENT)

    @get("/document-jobs", opt=PEOPLE)
    async def show_jobs(
        self,
        runtime: FromRuntime,
        here: FromHere,
        status: FromQuery[DocumentJobState | None] = None,
    ) -> JobsAnswer:
        """What 1C was asked to make; with its place among those that wait."""
        async with runtime.database.unit_of_work() as work:
            application = await get_of_chat(work, here.chat)
            if here.who.role not in {Role.AGENT, Role.MANAGER}:
                raise RoleForbidden(role=here.who.role, action=Action.REQUEST_DOCUMENT)
            found = await list_jobs(work, application.id)
        return JobsAnswer([one for one in found if status in (None, one.state)])

    @post("/document-jobs", status_code=202, opt=_ACT | {"problems": [503]})
    async def ask(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[DocumentRequestBody],
        runtime: FromRuntime,
        here: FromHere,
    ) -> JobView:
        """Have 1C make a document; 409 `duplicate_job` while one of its kind is being made."""
        check_may_act(request.user)
        if not runtime.configured(TransferSettings).takes_document_requests:
            raise OnecUnavailable
        wanted = Wanted(data.kind, data.params, data.note)
        async with runtime.database.unit_of_work(actor=here.who.name) as work:
            application = await get_of_chat(work, here.chat)
            job = await request_document(work, application.id, wanted, here.who)
            [view] = [one for one in await list_jobs(work, application.id) if one.id == job.id]
            return await answered(work, view)

    @post("/documents/{document_id:uuid}/send", status_code=200, opt=_ACT)
    async def send(
        self, document_id: FromPath[UUID], runtime: FromRuntime, here: FromHere
    ) -> DocumentView:
        """Put a document into the chat; one that did not arrive there is sent again."""
        async with runtime.database.unit_of_work(actor=here.who.name) as work:
            application = await get_of_chat(work, here.chat)
            await send_document(work, application.id, document_id, here.who)
            found = await list_documents(work, application.id)
            [view] = [one for one in found if one.id == document_id]
            return await answered(work, view)
