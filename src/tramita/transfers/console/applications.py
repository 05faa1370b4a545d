"""``/console/applications``: applications by where they stand, and one of them with its story."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response, Stream, Template
from msgspec.structs import asdict

from tramita.console.acting import NOTED, ActionPage, act_form
from tramita.console.frame import ACT, PAGE, frame
from tramita.console.presentation import counted, query_of
from tramita.console.reader import words_for
from tramita.console.things import directory_of
from tramita.console.timeline import LAST, LOOK, MOST_AT_ONCE, Look, Telling
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import STAMPS, Stamp, name_of_kind
from tramita.kit.audit import Subject, note_act
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.masking_shapes import mask_name
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.queries import list_operations
from tramita.kit.runtime import Runtime
from tramita.kit.tenants import name_tenants
from tramita.transfers.agents import get_agent, list_takers
from tramita.transfers.amounts import told
from tramita.transfers.attached import list_attached
from tramita.transfers.attention import list_cases, need_of
from tramita.transfers.console.acts import ACTS_AS, ApplicationAction, allowed_on
from tramita.transfers.console.exporting import write_applications
from tramita.transfers.console.naming import title_of, title_of_line
from tramita.transfers.console.stages import PRODUCTS
from tramita.transfers.console.words import (
    APPLICATION_ACTIONS,
    APPLICATION_STAMPS,
    IT_SAYS,
    IT_SAYS_OF_IT,
    KINDS,
    NEEDS,
    NOTHING_FITS,
    OFFER_STAMPS,
    ONEC_STAMPS,
    ORIGINS,
    OUTLOOK,
    PAYMENT_STAMPS,
    TOLD_STAMPS,
    VIEWS,
)
from tramita.transfers.documents import list_documents, list_jobs
from tramita.transfers.following import topic_of
from tramita.transfers.guards import lacks_invoice
from tramita.transfers.handed import find_told
from tramita.transfers.lifecycle import (
    EDITABLE,
    UNCHECKED,
    ApplicationState,
    ApplicationTrigger,
    OfferState,
    PaymentState,
)
from tramita.transfers.model import Agent, Application
from tramita.transfers.naming.documents import DELIVERY_STAMPS, DOCUMENTS, JOB_STAMPS
from tramita.transfers.naming.fields import CHOICES, GROUPS, LABELS
from tramita.transfers.office.links import web_link_of
from tramita.transfers.office.standing import standings
from tramita.transfers.queries import (
    ApplicationFilter,
    count_applications,
    list_applications,
    list_offers,
)
from tramita.transfers.rules.fields import Fields
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.service import get_application, move_application
from tramita.transfers.story import tell_application
from tramita.transfers.views import present_offer
from tramita.transfers.who import Who

ADDRESS: Final = "/console/applications"
ROWS: Final = 25
# For so long whoever watches an application waits for a change, and then looks all the same.
WAIT: Final = 15.0
_MOST_OPERATIONS: Final = 50

_APPLICATION: Final = to_translate("Application")
_YES: Final = to_translate("yes")

InStates = Annotated[list[str] | None, QueryParameter(name="state")]


class ApplicationPages(Controller):
    """The list, and one of them."""

    path = "/applications"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        in_states: InStates = None,
        agent: FromQuery[UUID | None] = None,
        cursor: Cursor = None,
    ) -> Template:
        """Applications, newest first."""
        wanted = _wanted(in_states, agent)
        before = decode_cursor(cursor, UUID)
        async with runtime.database.reading() as work:
            found = await list_applications(work, wanted, before=before, limit=ROWS)
            counts = await count_applications(work)
            cases = await list_cases(work)
            partners = await name_tenants(work)
            now = now_for(request, await work.now())
        page = to_page(
            found,
            ROWS,
            present=lambda one: (
                one,
                title_of_line(one),
                APPLICATION_STAMPS[ApplicationState(one.state)],
                PAYMENT_STAMPS[PaymentState(one.payment_state)],
                Moment.of(one.created_at, now=now),
            ),
            key=lambda one: one.id,
        )
        context = {
            "partner_names": partners,
            "tabs": _tabs(wanted, counts, now.words),
            "cases": [
                (
                    one,
                    told(one.amount, one.currency) or _APPLICATION,
                    NEEDS[one.need],
                    Moment.of(one.since, now=now),
                )
                for one in cases
            ],
            "lines": page.items,
            "kinds": PRODUCTS,
            "agent": agent,
            "is_first": cursor is None,
            "first": _query(wanted),
            "next": _query(wanted, page.next_cursor) if page.next_cursor else None,
        }
        return Template("console/applications.html", context=_framed(request) | context)

    @get("/csv")
    async def export(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        in_states: InStates = None,
        agent: FromQuery[UUID | None] = None,
    ) -> Stream:
        """All that the list shows, as a spreadsheet opens it; that somebody took it along is in the audit."""
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            await note_act(work, work.actor, "applications.exported", Subject("application"))
        return Stream(
            write_applications(runtime, _wanted(in_states, agent), words_for(request)),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="applications.csv"'},
        )

    @get("/{application_id:uuid}", dependencies=LOOK)
    async def show(
        self,
        request: Request[Any, Any, Any],
        application_id: FromPath[UUID],
        runtime: FromRuntime,
        look: NamedDependency[Look],
        done: FromQuery[ApplicationAction | None] = None,
        noted: FromQuery[bool] = False,
    ) -> Template:
        """One application; ``done`` names the action that led here."""
        notice = APPLICATION_ACTIONS[done].done if done else NOTED if noted else None
        return await show_page(request, runtime, application_id, look=look, notice=notice)

    @post("/{application_id:uuid}", status_code=303, opt=ACT)
    async def act(
        self, request: Request[Any, Any, Any], application_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place."""
        return await _PAGE.act_by_form(request, runtime, application_id)

    @get("/{application_id:uuid}/changes", status_code=204)
    async def wait_for_change(self, application_id: FromPath[UUID], runtime: FromRuntime) -> None:
        """Answer when something of the application has changed, or may have."""
        async with runtime.live.subscribe(topic_of(application_id)) as changes:
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT):
                    await changes.messages.get()


def _wanted(in_states: Sequence[str] | None, agent: UUID | None) -> ApplicationFilter:
    return ApplicationFilter([_state(one) for one in in_states or () if one], None, agent)


def _state(name: str) -> ApplicationState:
    try:
        return ApplicationState(name)
    except ValueError:
        raise ValidationException(f"no application is {name}") from None


def _framed(request: AnyRequest) -> dict[str, Any]:
    return frame(request) | {"room": "applications"}


def _query(wanted: ApplicationFilter, cursor: str | None = None) -> str:
    states = "&".join(f"state={one.value}" for one in sorted(wanted.states))
    rest = query_of(agent=str(wanted.agent_id or ""), cursor=cursor)
    return "&".join(filter(None, [states, rest]))


def _tabs(
    wanted: ApplicationFilter, counts: Mapping[ApplicationState, int], words: Words
) -> list[dict[str, Any]]:
    """The views, with how many are in each, as far as they were counted."""
    tabs = []
    for one in VIEWS:
        numbers = [counts.get(state, 0) for state in one.states]
        tabs.append(
            {
                "title": one.title,
                "query": _query(ApplicationFilter(sorted(one.states), None, wanted.agent_id)),
                "count": counted(numbers, words) if one.states else None,
                "is_current": frozenset(wanted.states) == one.states,
                "calls": one.calls and any(numbers),
            }
        )
    return tabs


async def _act(
    runtime: Runtime, application_id: UUID, action: ApplicationAction, *, note: str, actor: str
) -> None:
    """Do it for the house, with the reason that was given."""
    who = Who(ACTS_AS, actor)
    async with runtime.database.unit_of_work(actor=actor, note=note) as work:
        trigger = ApplicationTrigger(action.value)
        await move_application(work, application_id, trigger, who, reason=note)


async def _facts(runtime: Runtime, application_id: UUID) -> list[tuple[str, str]]:
    """What it is, and how it stands."""
    async with runtime.database.reading() as work:
        found = await get_application(work, application_id)
    return [
        (_APPLICATION, title_of(found)),
        (
            to_translate("Payer"),
            mask_name(found.form.payer.name) or to_translate("not filled in"),
        ),
        (to_translate("Now"), APPLICATION_STAMPS[ApplicationState(found.state)].word),
        (to_translate("Money"), PAYMENT_STAMPS[PaymentState(found.payment_state)].word),
    ]


async def show_page(
    request: AnyRequest,
    runtime: Runtime,
    application_id: UUID,
    *,
    status: int = 200,
    look: Look = LAST,
    **shown: str | None,
) -> Template:
    """The page of one application; with an error it is not the page that was asked for."""
    async with runtime.database.reading() as work:
        application = await get_application(work, application_id)
        context = await _context(request, work, application, look)
        context["web_link"] = await web_link_of(runtime, work, application)
    allowed = allowed_on(ApplicationState(application.state), Kind(application.kind))
    form = act_form(allowed, APPLICATION_ACTIONS, when_none=NOTHING_FITS)
    return Template(
        "console/application.html",
        status_code=status,
        context=_framed(request) | context | form | shown,
    )


async def _context(
    request: AnyRequest, work: UnitOfWork, application: Application, look: Look
) -> dict[str, Any]:
    now, around = now_for(request, await work.now()), frame(request)
    story = await tell_application(
        work, application.id, look.before, most=MOST_AT_ONCE, with_notes=around["may_act"]
    )
    standing = (await standings(work, [application.id])).get(application.id)
    knows = await find_told(work, application)
    return {
        "application": application,
        "partner_names": await name_tenants(work),
        "called": title_of(application),
        "agent": await get_agent(work, application.agent_id) if application.agent_id else None,
        "told": knows and (TOLD_STAMPS[knows[0]], knows[1]),
        "others": await _others(work, application) if around["may_act"] else [],
        "kind": KINDS[application.kind],
        "stamp": APPLICATION_STAMPS[ApplicationState(application.state)],
        "payment": PAYMENT_STAMPS[PaymentState(application.payment_state)],
        "outlook": OUTLOOK[ApplicationState(application.state)],
        "needs": NEEDS[need] if (need := need_of(application)) else None,
        "made": Moment.of(application.created_at, now=now),
        "fields": _form(application.form, now.words),
        "offers": [
            (
                one,
                told(one.payer_amount, one.payer_currency),
                told(one.payout_amount, one.payout_currency),
                OFFER_STAMPS[OfferState(one.state)],
                Moment.of(one.created_at, now=now),
            )
            for one in map(present_offer, await list_offers(work, application.id))
        ],
        "onec": standing
        and (
            ONEC_STAMPS[standing.state],
            standing.refusal,
            IT_SAYS.get(standing.refused or "", IT_SAYS_OF_IT),
        ),
        "operations": [
            (one, name_of_kind(one.kind), STAMPS[OperationState(one.state)])
            for one in await list_operations(
                work, state=None, after=None, limit=_MOST_OPERATIONS, subject=application.id
            )
        ],
        "story": Telling(now, directory_of(request).parts).tell(story, look),
        "address": f"{ADDRESS}/{application.id}",
    } | await _papers(work, application, now, with_files=around["may_act"])


async def _others(work: UnitOfWork, application: Application) -> Sequence[Agent]:
    """Who may take it over."""
    if application.state not in EDITABLE:
        return []
    return await list_takers(work, application.tenant, application.agent_id)


async def _papers(
    work: UnitOfWork, application: Application, now: Now, *, with_files: bool
) -> dict[str, Any]:
    """Its documents, those that 1C was asked for, and what of the chat's files may be one."""
    documents = await list_documents(work, application.id)
    return {
        "lacks_invoice": application.state in UNCHECKED and await lacks_invoice(work, application),
        "documents": [
            (
                one,
                DOCUMENTS.get(one.kind, DOCUMENTS["other"]),
                ORIGINS[one.origin],
                one.delivery and Stamp(*DELIVERY_STAMPS[one.delivery]),
            )
            for one in documents
        ],
        "attached": [
            (one, Moment.of(one.created_at, now=now))
            for one in (
                await list_attached(work, application, documents)
                if with_files and application.state in EDITABLE
                else ()
            )
        ],
        "jobs": [
            (one, DOCUMENTS.get(one.kind, DOCUMENTS["other"]), Stamp(*JOB_STAMPS[one.state]))
            for one in await list_jobs(work, application.id)
            if one.document_id is None
        ],
    }


def _form(form: Fields, words: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    """What is filled in, by groups, in words."""
    yes = words.gettext(_YES)
    groups = []
    for group, values in asdict(form).items():
        filled = []
        for name, value in asdict(values).items():
            path = f"{group}.{name}"
            said = CHOICES.get(path, {}).get(value)
            shown = yes if value is True else words.gettext(said) if said else value
            if value:
                filled.append((LABELS[path], shown))
        if filled:
            groups.append((GROUPS[group], filled))
    return groups


_PAGE: Final = ActionPage(APPLICATION_ACTIONS, _act, show_page, _facts)
