"""What people of the house add to an application: its invoice, whose it is, and what they note down."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Controller, Request, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from tramita.chats.errors import AssetNotFound
from tramita.console.acting import NO_BUTTON, typed
from tramita.console.frame import ACT, PAGE
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.notes import NoteNotTaken
from tramita.kit.runtime import Runtime
from tramita.transfers.attached import take_attached
from tramita.transfers.console.acts import ACTS_AS
from tramita.transfers.console.applications import ADDRESS, show_page
from tramita.transfers.documents import DocumentKind
from tramita.transfers.errors import AgentNotWhitelisted, TypeNotAllowed
from tramita.transfers.notes import add_note
from tramita.transfers.service import assign_agent
from tramita.transfers.who import Who

Change: TypeAlias = Callable[[UnitOfWork, UUID, UUID, Who], Awaitable[None]]


class ApplicationChanges(Controller):
    """Each is asked for by a form of its own."""

    path = "/applications/{application_id:uuid}"
    include_in_schema = False
    opt = PAGE | ACT

    @post("/files", status_code=303)
    async def take_file(
        self, request: Request[Any, Any, Any], application_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Take the chat's file that the pressed button names as the invoice."""
        return await _change(request, runtime, application_id, "file", _take)

    @post("/agent", status_code=303)
    async def hand_over(
        self, request: Request[Any, Any, Any], application_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Let the chosen agent work on it."""
        return await _change(request, runtime, application_id, "agent", _hand_over)

    @post("/notes", status_code=303)
    async def note(
        self, request: Request[Any, Any, Any], application_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Keep what somebody has to say of it to others of the house."""
        actor, text = request.user.name, typed(await request.form(), "text")
        try:
            async with runtime.database.unit_of_work(actor=actor) as work:
                await add_note(work, application_id, text, Who(ACTS_AS, actor))
        except NoteNotTaken as refused:
            return await show_page(
                request, runtime, application_id, status=422, not_noted=refused.sentence, text=text
            )
        return Redirect(f"{ADDRESS}/{application_id}?noted=true", status_code=303)


async def _take(work: UnitOfWork, application_id: UUID, asset_id: UUID, who: Who) -> None:
    await take_attached(work, application_id, asset_id, DocumentKind.INVOICE, who)


async def _hand_over(work: UnitOfWork, application_id: UUID, agent_id: UUID, who: Who) -> None:
    await assign_agent(work, application_id, agent_id, who)


async def _change(
    request: AnyRequest, runtime: Runtime, application_id: UUID, field: str, change: Change
) -> Response[Any]:
    """Change it as the form's ``field`` says; a refusal is told in place."""
    actor = request.user.name
    try:
        chosen = UUID(str((await request.form()).get(field, "")))
    except ValueError:
        return await show_page(request, runtime, application_id, error=NO_BUTTON, status=422)
    try:
        async with runtime.database.unit_of_work(actor=actor) as work:
            await change(work, application_id, chosen, Who(ACTS_AS, actor))
    except (ConflictError, AgentNotWhitelisted, AssetNotFound, TypeNotAllowed) as refused:
        return await show_page(request, runtime, application_id, error=refused.sentence, status=409)
    return Redirect(f"{ADDRESS}/{application_id}", status_code=303)
