"""``/api/v1/applications``: a tenant's own applications."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, Response, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    Text,
    decode_cursor,
    to_page,
)
from tramita.kit.http.timelines import TimelineAnswer
from tramita.kit.http.versions import ETAG, IfMatch, read_version, tagged
from tramita.transfers.api.schemas import (
    ApplicationCasesAnswer,
    ApplicationChangeBody,
    MoveBody,
    NewAgentBody,
    NewApplicationBody,
    NoteBody,
    NotesAnswer,
    OffersAnswer,
    as_keeper,
)
from tramita.transfers.attention import list_cases
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.notes import NoteView, add_note, list_notes
from tramita.transfers.offers import accept_offer, decline_offer
from tramita.transfers.office.links import web_link_of
from tramita.transfers.queries import (
    ApplicationFilter,
    list_applications,
    list_offers,
)
from tramita.transfers.rules.kinds import Kind, Origin
from tramita.transfers.service import (
    NewApplication,
    assign_agent,
    check_room,
    create_application,
    edit_application,
    get_application,
    validate_changes,
)
from tramita.transfers.settings import TransferSettings
from tramita.transfers.story import get_application_timeline
from tramita.transfers.turning import turn_application, turn_payment
from tramita.transfers.views import (
    ApplicationAnswer,
    ApplicationLine,
    OfferView,
    present_application,
    present_offer,
)

READ: Final[dict[str, Any]] = {"scope": "applications:read"}
WRITE: Final[dict[str, Any]] = {"scope": "applications:write"}
ACT: Final[dict[str, Any]] = WRITE | {"idempotent": True}
TAGS: Final = ["Applications"]

# ``state`` itself is a word of the framework's.
InStates = Annotated[list[ApplicationState] | None, QueryParameter(name="state")]
OfKind = Annotated[Kind | None, QueryParameter(name="kind")]


def provide_filter(
    in_states: InStates = None,
    of_kind: OfKind = None,
    agent_id: FromQuery[UUID | None] = None,
    chat_id: FromQuery[UUID | None] = None,
    tenant: Text = None,
) -> ApplicationFilter:
    """Which applications the query parameters ask for."""
    return ApplicationFilter(in_states or (), of_kind, agent_id, chat_id, tenant)


class ApplicationsController(Controller):
    """Payments abroad that are asked for; another tenant's are 404."""

    path = "/api/v1/applications"
    tags = TAGS
    dependencies = ACTOR

    @post(opt=ACT)
    async def create(
        self, data: JSONBody[NewApplicationBody], runtime: FromRuntime, actor: FromActor
    ) -> ApplicationAnswer:
        """Make a draft; of the master tenant it is a special one, priced in 1C."""
        most = runtime.configured(TransferSettings).open_applications
        async with runtime.database.unit_of_work(actor=actor) as work:
            await check_room(work, work.bounds.tenant, most)
            who = as_keeper(work)
            new = NewApplication(
                work.bounds.tenant, Origin.API, who, agent_id=data.agent_id, fields=data.fields
            )
            made = await create_application(work, new)
            return await answered(work, present_application(made, who))

    @get(opt=READ, dependencies={"wanted": Provide(provide_filter, sync_to_thread=False)})
    async def list_all(
        self,
        runtime: FromRuntime,
        wanted: NamedDependency[ApplicationFilter],
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[ApplicationLine]:
        """Applications, newest first."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.reading() as work:
            found = await list_applications(work, wanted, before=before, limit=limit)
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @get("/attention", opt=READ)
    async def show_cases(self, runtime: FromRuntime) -> ApplicationCasesAnswer:
        """What needs a person: money of applications that are over, documents that did not come.

        Each is there until what it says is so no more. Acts whose outcome nobody knows are operations.
        """
        async with runtime.database.reading() as work:
            return ApplicationCasesAnswer(await list_cases(work))

    @get("/{application_id:uuid}", opt=READ, response_headers=[ETAG])
    async def show(
        self, application_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[ApplicationAnswer]:
        """One application; its `ETag` goes into `If-Match` of a change."""
        async with runtime.database.reading() as work:
            found = await get_application(work, application_id)
            shown = present_application(found, as_keeper(work))
            if shown.onec is not None:
                shown.onec.web_link = await web_link_of(runtime, work, found)
            return tagged(shown, found.version)

    @patch("/{application_id:uuid}", opt=WRITE | {"problems": [409]}, response_headers=[ETAG])
    async def change(
        self,
        application_id: FromPath[UUID],
        data: JSONBody[ApplicationChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
        if_match: IfMatch = None,
        validate_only: FromQuery[bool] = False,
    ) -> Response[ApplicationAnswer]:
        """Change the form, field by field.

        With `validate_only` nothing is kept: 422 names everything that would be missing or wrong when
        it is checked. 409 `read_only` once an offer is accepted.
        """
        async with runtime.database.unit_of_work(actor=actor) as work:
            who = as_keeper(work)
            await get_application(work, application_id)
            version = read_version(if_match)
            if validate_only:
                found = await validate_changes(work, application_id, data.fields, who)
            else:
                found = await edit_application(work, application_id, data.fields, version, who)
            return tagged(present_application(found, who), found.version)

    @post("/{application_id:uuid}/status", status_code=200, opt=ACT)
    async def move(
        self,
        application_id: FromPath[UUID],
        data: JSONBody[MoveBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> ApplicationAnswer:
        """Move an application, or its money.

        409 `invalid_transition` says where it may go; 422 what is missing before it counts.
        """
        async with runtime.database.unit_of_work(actor=actor) as work:
            who = as_keeper(work)
            await get_application(work, application_id)
            if data.axis == "payment":
                moved = await turn_payment(work, application_id, data.to, who, data.reason)
            else:
                moved = await turn_application(work, application_id, data.to, who, data.reason)
            return await answered(work, present_application(moved, who))

    @post("/{application_id:uuid}/agent", status_code=200, opt=ACT)
    async def assign(
        self,
        application_id: FromPath[UUID],
        data: JSONBody[NewAgentBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> ApplicationAnswer:
        """Let another agent of yours work on it; conditions that have waited are looked at again."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            who = as_keeper(work)
            moved = await assign_agent(work, application_id, data.agent_id, who)
            return await answered(work, present_application(moved, who))

    @get("/{application_id:uuid}/timeline", opt=READ)
    async def show_timeline(
        self, application_id: FromPath[UUID], runtime: FromRuntime, cursor: Cursor = None
    ) -> TimelineAnswer:
        """What happened to it, oldest first: moves, revisions, documents, what was said to 1C.

        The newest 1,000, and by `next_cursor` what was before. People of the house are `operator`.
        """
        before = decode_cursor(cursor, datetime)
        async with runtime.database.reading() as work:
            await get_application(work, application_id)
            told = await get_application_timeline(work, application_id, before)
        return TimelineAnswer.of(told)

    @get("/{application_id:uuid}/notes", opt=READ)
    async def list_notes(self, application_id: FromPath[UUID], runtime: FromRuntime) -> NotesAnswer:
        """What agents noted down; no client sees it."""
        async with runtime.database.reading() as work:
            await get_application(work, application_id)
            return NotesAnswer(await list_notes(work, application_id))

    @post("/{application_id:uuid}/notes", opt=ACT)
    async def add_note(
        self,
        application_id: FromPath[UUID],
        data: JSONBody[NoteBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> NoteView:
        """Note something down."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            note = await add_note(work, application_id, data.text, as_keeper(work))
            return await answered(work, note)


class ApplicationOffersController(Controller):
    """Offers on a tenant's own applications, and its word on them."""

    path = "/api/v1/applications/{application_id:uuid}/offers"
    tags = TAGS
    dependencies = ACTOR

    @get(opt=READ)
    async def show_offers(
        self, application_id: FromPath[UUID], runtime: FromRuntime
    ) -> OffersAnswer:
        """Offers, newest first, also those that came to nothing."""
        async with runtime.database.reading() as work:
            await get_application(work, application_id)
            found = await list_offers(work, application_id)
        return OffersAnswer([present_offer(one) for one in found])

    @post("/{offer_id:uuid}/accept", status_code=200, opt=ACT)
    async def accept(
        self,
        application_id: FromPath[UUID],
        offer_id: FromPath[UUID],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> ApplicationAnswer:
        """Accept an agent's offer: a contract is opened, and all others are declined."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            who = as_keeper(work)
            moved = await accept_offer(work, application_id, offer_id, who)
            return await answered(work, present_application(moved, who))

    @post("/{offer_id:uuid}/decline", status_code=200, opt=ACT)
    async def decline(
        self,
        application_id: FromPath[UUID],
        offer_id: FromPath[UUID],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> OfferView:
        """Decline an agent's offer; again is fine."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            ended = await decline_offer(work, application_id, offer_id)
            return await answered(work, present_offer(ended))
