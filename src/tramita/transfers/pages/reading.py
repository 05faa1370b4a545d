"""Reading everything that one view of the Mini App shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.words import Words
from tramita.kit.runtime import Runtime
from tramita.kit.tenants import Tenant, get_tenant
from tramita.transfers.attached import list_attached
from tramita.transfers.documents import DocumentKind, list_documents, list_jobs
from tramita.transfers.guards import lacks_invoice, may_take_back
from tramita.transfers.lifecycle import (
    ACTIVE,
    CHOSEN,
    GIVEN_UP,
    UNCHECKED,
    ApplicationState,
    PaymentState,
)
from tramita.transfers.model import Application
from tramita.transfers.office.links import web_link_of
from tramita.transfers.office.standing import OnecState, standings
from tramita.transfers.page.conditions import Conditions, show_conditions
from tramita.transfers.page.documents import (
    BROUGHT,
    File,
    Job,
    Paper,
    kinds,
    show_documents,
    show_files,
    show_jobs,
)
from tramita.transfers.page.form import Facts as FilledIn
from tramita.transfers.page.form import Section, show_facts, show_form, tell_amount
from tramita.transfers.page.standing import Facts, Standing, stand
from tramita.transfers.page.words import STAMPS
from tramita.transfers.pages.telling import Told, read_told
from tramita.transfers.queries import get_application_of_chat
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import CREATORS, Action, ClientEdits, may
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import find_active_of_chat
from tramita.transfers.webapp.changing import hints_of
from tramita.transfers.webapp.guests import Guest
from tramita.transfers.webapp.reading import conditions_for, finished_of, get_former
from tramita.transfers.webapp.settings import WebAppSettings


@dataclass(frozen=True, slots=True)
class Former:
    """A former application of the chat."""

    id: UUID
    stamp: tuple[str, str]
    what: str
    when: str


@dataclass(frozen=True, slots=True)
class View:
    """What a reader sees; without an ``id`` the chat has no application now.

    ``can_copy``: another one may be begun with what stands in it. ``form`` is empty where nothing
    may be changed, ``facts`` where something may. ``link`` opens
    1C's document within 1C, ``web_link`` in a browser, where that is possible.
    """

    chat: str
    role: str
    can_begin: bool
    former: Sequence[Former]
    id: UUID | None = None
    version: int = 0
    is_former: bool = False
    can_copy: bool = False
    standing: Standing | None = None
    form: Sequence[Section] = ()
    facts: Sequence[FilledIn] = ()
    conditions: Conditions | None = None
    documents: Sequence[Paper] = ()
    jobs: Sequence[Job] = ()
    can_upload: bool = False
    lacks_invoice: bool = False
    can_request: bool = False
    brought: Sequence[tuple[str, str]] = ()
    from_chat: Sequence[File] = ()
    makeable: Sequence[tuple[str, str]] = ()
    link: str | None = None
    web_link: str | None = None
    number: str | None = None
    rules_url: str = ""
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at what; ``former`` is one of the chat's applications that are over."""

    guest: Guest
    settings: WebAppSettings
    tenant: Tenant
    words: Words
    former: UUID | None


async def read_view(
    runtime: Runtime, work: UnitOfWork, guest: Guest, words: Words, *, former: UUID | None = None
) -> View:
    """The chat's application for whoever asks, or a ``former`` one; raises ``ApplicationNotFound``."""
    tenant = await get_tenant(work, guest.tenant)
    finished = [
        Former(
            one.id,
            _stamp(one.status, words),
            f"{tell_amount(one.amount, words) if one.amount else ''} {one.currency or ''}".strip(),
            words.date(one.finished_at) if one.finished_at else "",
        )
        for one in await finished_of(work, guest.chat.id)
    ]
    application = await _find(work, guest, former)
    role = guest.who.role
    can_begin = application is None and tenant.is_master and role in CREATORS
    if application is None:
        return View(guest.chat.title, role, can_begin, finished)
    looking = Looking(guest, runtime.configured(WebAppSettings), tenant, words, former)
    told = await read_told(work, application, guest.who, words, is_former=former is not None)
    view = replace(await _view(work, looking, application, finished), told=told)
    if view.link is not None:
        view = replace(view, web_link=await web_link_of(runtime, work, application))
    return view


async def _view(
    work: UnitOfWork, looking: Looking, application: Application, finished: Sequence[Former]
) -> View:
    guest, settings, words = looking.guest, looking.settings, looking.words
    tenant, role, is_former = looking.tenant, guest.who.role, looking.former is not None
    state, kind = ApplicationState(application.state), Kind(application.kind)
    edits = ClientEdits(tenant.client_edit_until)

    def can(action: Action) -> bool:
        return may(role, state, action, kind=kind, client_edits=edits)

    is_editable = not is_former and can(Action.EDIT)
    offer = await conditions_for(work, application, role)
    is_client, is_given_up = role is Role.CLIENT, state in GIVEN_UP
    conditions = (
        show_conditions(offer, words, is_client=is_client, is_given_up=is_given_up)
        if offer
        else None
    )
    form, facts = application.form, await _facts(work, application, role, is_editable=is_editable)
    if offer is not None and offer.state in CHOSEN and conditions is not None:
        facts = replace(facts, to_pay=conditions.to_pay)
    wrong = {one.path: one.hint for one in await hints_of(work, application, words)}
    documents = [
        one
        for one in await list_documents(work, application.id)
        if one.is_for_client or role is not Role.CLIENT
    ]
    attached = await list_attached(work, application, documents) if is_editable else []
    jobs = await list_jobs(work, application.id) if can(Action.REQUEST_DOCUMENT) else []
    return View(
        guest.chat.title,
        role,
        can_begin=False,
        former=() if is_former else finished,
        id=application.id,
        version=application.version,
        is_former=is_former,
        can_copy=is_former and await _can_begin(work, looking),
        standing=stand(facts, words),
        form=show_form(form, kind, wrong, settings.rules_version, words) if is_editable else (),
        facts=() if is_editable else show_facts(form, words),
        conditions=conditions,
        documents=show_documents(documents, words, can_send=can(Action.SEND_DOCUMENT)),
        jobs=show_jobs(jobs, words),
        can_upload=not is_former and state in ACTIVE and can(Action.UPLOAD),
        lacks_invoice=state in UNCHECKED and await lacks_invoice(work, application),
        can_request=not is_former and can(Action.REQUEST_DOCUMENT),
        brought=kinds(BROUGHT, words),
        from_chat=show_files(attached, words),
        makeable=kinds([one for one in DocumentKind if one not in BROUGHT], words),
        link=application.onec_link if can(Action.SEE_ONEC) else None,
        number=application.onec_number if can(Action.SEE_ONEC) else None,
        rules_url=settings.rules_url,
    )


async def _can_begin(work: UnitOfWork, looking: Looking) -> bool:
    """Whether the reader may begin an application, now that none is under way."""
    guest, tenant = looking.guest, looking.tenant
    if not tenant.is_master or guest.who.role not in CREATORS:
        return False
    return await find_active_of_chat(work, guest.chat.id) is None


async def _find(work: UnitOfWork, guest: Guest, former: UUID | None) -> Application | None:
    if former is None:
        return await get_application_of_chat(work, guest.chat.id)
    return await get_former(work, guest.chat.id, former)


async def _facts(
    work: UnitOfWork, application: Application, role: Role, *, is_editable: bool
) -> Facts:
    told = (await standings(work, [application.id])).get(application.id)
    return Facts(
        role,
        ApplicationState(application.state),
        PaymentState(application.payment_state),
        Kind(application.kind),
        onec=told.state if told else OnecState.NONE,
        number=application.onec_number,
        refusal=told.refusal if told else None,
        reason=application.reason,
        is_editable=is_editable,
        may_take_back=await may_take_back(work, application, role),
    )


def _stamp(state: ApplicationState, words: Words) -> tuple[str, str]:
    word, look = STAMPS[state]
    return words.gettext(word), look
