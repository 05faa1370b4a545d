"""``/api/webapp/v1/chats/{chat}/application``: the application of a chat."""

from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, Request, Response, get, patch, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.versions import IfMatch, read_version, tagged
from tramita.transfers.api.schemas import NewAgentBody
from tramita.transfers.api.webapp import BASE
from tramita.transfers.api.webapp.access import PEOPLE, PEOPLE_AND_BOT, check_may_act
from tramita.transfers.api.webapp.chats import HERE, FromHere
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.office.links import web_link_of
from tramita.transfers.rules.permissions import Action
from tramita.transfers.webapp.changing import Axis, create, edit, hand_over, move, rehearse
from tramita.transfers.webapp.reading import get_of_chat, view_of
from tramita.transfers.webapp.reading import include as add_to
from tramita.transfers.webapp.views import ApplicationView

PATH: Final = f"{BASE}/chats/{{chat:str}}/application"
PENDING: Final = "pending"
_ACT: Final[dict[str, Any]] = PEOPLE | {"idempotent": True}
_LONGEST_FORM: Final = 64 * 1024

Form = JSONBody[dict[str, Any]]
Included = Annotated[
    str,
    QueryParameter(
        pattern=r"^((offer|documents|messages_count)(,(offer|documents|messages_count)){0,2})?$(?!\n)",
        description="With commas between them: `offer`, `documents`, `messages_count`.",
    ),
]
Like = Annotated[
    UUID | None,
    QueryParameter(
        description="A former application of the chat whose fields it begins with; what was agreed to in it "
        "is not among them."
    ),
]
Reason = Annotated[str, Meta(max_length=500)]


class StatusBody(Struct, forbid_unknown_fields=True):
    """Where the application, or its payment, is to go."""

    axis: Axis
    to: Annotated[str, Meta(max_length=40)]
    reason: Reason | None = None
    comment: Reason | None = None


class StatusAnswer(Struct):
    """Where it is now; agents get ``onec_link``, ``pending`` until 1C has answered."""

    axis: Axis
    state: str
    allowed_actions: list[Action]
    onec_link: str | None
    application: ApplicationView


class ChatApplication(Controller):
    """The one application of a chat that is not finished."""

    path = PATH
    tags = ["Mini App"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = HERE
    request_max_body_size = _LONGEST_FORM

    @get(opt=PEOPLE_AND_BOT)
    async def show(
        self, runtime: FromRuntime, here: FromHere, include: Included = ""
    ) -> Response[ApplicationView]:
        """The chat's application as you may see it, with its version as `ETag`."""
        role = here.who.role
        async with runtime.database.unit_of_work() as work:
            found = await get_of_chat(work, here.chat)
            view = await view_of(work, found, role)
            if view.onec is not None:
                view.onec.web_link = await web_link_of(runtime, work, found)
            await add_to(work, view, found, role, set(include.split(",")))
        return _tagged(view)

    @post(opt=_ACT)
    async def create(
        self,
        data: Form,
        runtime: FromRuntime,
        here: FromHere,
        like: Like = None,
        validate_only: FromQuery[bool] = False,
    ) -> Response[ApplicationView]:
        """Begin an application with what is filled in already; `warnings` say what is wrong with it.

        With `validate_only=true` everything is checked, and nothing made (200).
        """
        change = partial(
            create, chat=here.chat, who=here.who, fields=data, words=here.words, like=like
        )
        if validate_only:
            return _tagged(await rehearse(runtime, change, here.who.name))
        async with runtime.database.unit_of_work(actor=here.who.name) as work:
            view = await answered(work, await change(work))
        return tagged(view, view.version, 201)

    @patch(opt=PEOPLE)
    async def change(
        self,
        data: Form,
        runtime: FromRuntime,
        here: FromHere,
        if_match: IfMatch = None,
        validate_only: FromQuery[bool] = False,
    ) -> Response[ApplicationView]:
        """Merge fields into the form, where null empties; `warnings` say what is wrong with it by now.

        `If-Match` names the version you have seen; 409 `version_conflict` when it is another by now.
        """
        version = read_version(if_match)
        async with runtime.database.unit_of_work() as work:
            found = await get_of_chat(work, here.chat)
        change = partial(
            edit,
            application_id=found.id,
            changes=data,
            version=version,
            who=here.who,
            words=here.words,
        )
        if validate_only:
            return _tagged(await rehearse(runtime, change, here.who.name))
        async with runtime.database.unit_of_work(actor=here.who.name) as work:
            return _tagged(await change(work))

    @post("/status", status_code=200, opt=_ACT)
    async def move(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[StatusBody],
        runtime: FromRuntime,
        here: FromHere,
    ) -> StatusAnswer:
        """Move the application or its payment; 409 `invalid_transition` says where it may go instead.

        Whoever has opened the Mini App more than an hour ago opens it anew first.
        """
        check_may_act(request.user)
        async with runtime.database.unit_of_work(actor=here.who.name) as work:
            reason = data.reason or data.comment
            moved = await move(work, here.chat, data.axis, data.to, here.who, reason)
            view = await view_of(work, moved, here.who.role)
            return await answered(work, _standing(data.axis, view))

    @post("/agent", status_code=200, opt=_ACT)
    async def hand_over(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[NewAgentBody],
        runtime: FromRuntime,
        here: FromHere,
    ) -> ApplicationView:
        """Let another agent of the tenant work on it, as a manager; the former one has it no longer.

        409 `agent_unavailable` where they are not on the list, `read_only` once an offer is accepted.
        """
        check_may_act(request.user)
        async with runtime.database.unit_of_work(actor=here.who.name) as work:
            moved = await hand_over(work, here.chat, data.agent_id, here.who)
            return await answered(work, await view_of(work, moved, here.who.role))


def _tagged(view: ApplicationView) -> Response[ApplicationView]:
    return tagged(view, view.version)


def _standing(axis: Axis, view: ApplicationView) -> StatusAnswer:
    link = view.onec.link if view.onec is not None else None
    if view.onec is not None and link is None and view.status is ApplicationState.NEW_IN_HOUSE:
        link = PENDING
    state = view.payment_status if axis is Axis.PAYMENT else view.status
    return StatusAnswer(axis, state, view.allowed_actions, link, view)
