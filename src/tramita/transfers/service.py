"""Use cases of applications: make one, change it, move it, its money. Each inside the caller's unit of work.

Contracts are locked before applications, and these before their offers and documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from tramita.kit.audit import Subject, note_act
from tramita.kit.database.conditions import one_of
from tramita.kit.database.records import get_one
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.tenants import get_tenant
from tramita.transfers.acts import TELL_AGENT
from tramita.transfers.card import tell_of_return
from tramita.transfers.documents import cancel_jobs
from tramita.transfers.errors import (
    AgentNotWhitelisted,
    ApplicationExists,
    ChatNotBound,
    ReadOnly,
    RoleForbidden,
    TelegramChannelDisabled,
    TooManyApplications,
)
from tramita.transfers.following import follow_creation, follow_edit, follow_move, follow_payment
from tramita.transfers.guards import (
    check_move,
    check_payment_move,
    check_taking_back,
    expect_countable,
    expect_form,
)
from tramita.transfers.handed import tell_taker
from tramita.transfers.lifecycle import (
    ACTIVE,
    APPLICATION,
    EDITABLE,
    GIVEN_UP,
    PAYMENT,
    UNCHECKED,
    ApplicationState,
    ApplicationTrigger,
    PaymentTrigger,
)
from tramita.transfers.model import Agent, Application
from tramita.transfers.offers import close_offers, consider, hand_over_offers
from tramita.transfers.office.wanting import note_due
from tramita.transfers.rows import (
    advance,
    advance_payment,
    hold_beginnings,
    lock_application,
    write_form,
)
from tramita.transfers.rules.fields import PATHS, Fields, change, changed_paths, is_filled
from tramita.transfers.rules.form import asked_only
from tramita.transfers.rules.kinds import Kind, Origin, kind_of
from tramita.transfers.rules.permissions import CREATORS, Action, ClientEdits, may
from tramita.transfers.rules.roles import Role
from tramita.transfers.who import Who, get_active_agent

A, S, T = Action, ApplicationState, ApplicationTrigger

HANDED_OVER: Final = "application.handed_over"
"""As the audit has it that another agent works on an application."""


@dataclass(frozen=True, slots=True)
class NewApplication:
    """An application to be made in a tenant by ``actor``; ``fields`` are what stands in it already."""

    tenant: str
    origin: Origin
    actor: Who
    agent_id: UUID | None = None
    chat_id: UUID | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


async def create_application(work: UnitOfWork, new: NewApplication) -> Application:
    """Make a draft.

    Raises ``InvalidError``, ``TelegramChannelDisabled``, ``ChatNotBound``, ``AgentNotWhitelisted``
    and ``ApplicationExists``.
    """
    tenant = await get_tenant(work, new.tenant)
    kind = kind_of(is_master=tenant.is_master, origin=new.origin, has_chat=new.chat_id is not None)
    if kind is None:
        raise TelegramChannelDisabled
    if new.actor.role not in CREATORS:
        raise RoleForbidden(role=new.actor.role, action="create")
    await _check_agent(work, new)
    form = asked_only(change(Fields(), new.fields), kind)
    now = await work.now()
    application = Application(
        id=new_id(),
        tenant=tenant.key,
        carrier=work.bounds.carrier,
        agent_id=new.agent_id,
        chat_id=new.chat_id,
        origin=new.origin.value,
        kind=kind.value,
        state=APPLICATION.initial.value,
        payment_state=PAYMENT.initial.value,
        version=1,
        revision=0,
        created_at=now,
        updated_at=now,
    )
    filled = [path for path in PATHS if is_filled(form, path)]
    await write_form(work, application, form, filled, new.actor)
    await follow_creation(work, application)
    return application


async def _check_agent(work: UnitOfWork, new: NewApplication) -> None:
    """Whoever is to work on it may, and its chat has nothing else under way."""
    if new.agent_id is not None:
        agent = await get_active_agent(work, new.agent_id)
        if agent.tenant != new.tenant:
            raise AgentNotWhitelisted
    if new.chat_id is None:
        return
    if new.agent_id is None:
        raise ChatNotBound
    # One after another: a second one finds what the first has made.
    await hold_beginnings(work, [new.chat_id])
    found = await find_active_of_chat(work, new.chat_id)
    if found is not None:
        raise ApplicationExists(id=found)


async def check_room(work: UnitOfWork, tenant: str, most: int) -> None:
    """Raise ``TooManyApplications`` where a tenant has so many under way.

    Of two at the same time both may be let in: it bounds what one tenant fills, and counts nothing.
    """
    rows = await work.fetch(
        "SELECT count(*) AS n FROM (SELECT FROM applications "  # noqa: S608 - ours
        f"WHERE tenant = $1 AND {one_of('state', ACTIVE)} LIMIT $2) AS open",
        tenant,
        most,
    )
    if rows[0]["n"] >= most:
        raise TooManyApplications(most=most)


async def find_active_of_chat(work: UnitOfWork, chat_id: UUID) -> UUID | None:
    """The application of a chat that is not finished; there is one at most."""
    rows = await work.fetch(
        "SELECT id FROM applications WHERE chat_id = $1 AND state = ANY($2::text[])",
        chat_id,
        sorted(ACTIVE),
    )
    return rows[0]["id"] if rows else None


async def get_application(work: UnitOfWork, application_id: UUID) -> Application:
    """One application as it is now; raises ``ApplicationNotFound``."""
    return await get_one(work.session, Application, application_id)


async def edit_application(
    work: UnitOfWork,
    application_id: UUID,
    changes: Mapping[str, Any],
    version: int | None,
    who: Who,
) -> Application:
    """Merge ``changes`` into the form, as a revision more; what changes nothing is none.

    What is not asked any more after them (an account where there is an IBAN) is emptied with them.

    Raises ``VersionConflict``, ``ReadOnly``, ``RoleForbidden`` and ``InvalidError``.
    """
    application = await lock_application(work, application_id, version)
    await check_may_edit(work, application, who)
    before = application.form
    form = asked_only(change(before, changes), Kind(application.kind))
    changed = changed_paths(before, form)
    if not changed:
        return application
    await write_form(work, application, form, changed, who)
    if application.state not in UNCHECKED and who.role is not Role.ONEC:
        await expect_form(work, application, form, T.CHECK)
    if who.role is Role.ONEC and application.onec_ref is not None:
        # It is not told what it has said itself.
        application.onec_revision = application.revision
    application.version += 1
    await work.session.flush()
    await follow_edit(work, application)
    return application


async def validate_changes(
    work: UnitOfWork, application_id: UUID, changes: Mapping[str, Any], who: Who
) -> Application:
    """What an edit would make of it, were it checked then; nothing is kept.

    What counts already was checked: of that an edit asks for the form alone.

    Raises ``InvalidError`` with everything that would be missing or wrong.
    """
    application = await get_application(work, application_id)
    await check_may_edit(work, application, who)
    kind = Kind(application.kind)
    form = asked_only(change(application.form, changes), kind)
    if application.state in UNCHECKED:
        await expect_countable(work, application, form)
    elif changed_paths(application.form, form):
        await expect_form(work, application, form, T.CHECK)
    return application


async def check_may_edit(work: UnitOfWork, application: Application, who: Who) -> None:
    """Raise ``ReadOnly`` where nobody changes it any more, ``RoleForbidden`` where others do."""
    tenant = await get_tenant(work, application.tenant)
    state, kind = S(application.state), Kind(application.kind)
    edits = ClientEdits(tenant.client_edit_until)
    if may(who.role, state, A.EDIT, kind=kind, client_edits=edits):
        return
    if state not in EDITABLE:
        raise ReadOnly(state=state)
    raise RoleForbidden(role=who.role, action=A.EDIT)


async def move_application(
    work: UnitOfWork,
    application_id: UUID,
    trigger: ApplicationTrigger,
    who: Who,
    *,
    reason: str | None = None,
    version: int | None = None,
) -> Application:
    """Move an application as somebody wants it; an offer is accepted by ``offers`` alone.

    Raises ``VersionConflict``, ``InvalidTransition``, ``RoleForbidden``, ``ReasonMissing`` and what
    forbids this move besides.
    """
    application = await lock_application(work, application_id, version)
    return await move_locked(work, application, trigger, who, reason)


async def move_locked(
    work: UnitOfWork,
    application: Application,
    trigger: ApplicationTrigger,
    who: Who,
    reason: str | None = None,
) -> Application:
    """The same of an application that is locked already."""
    if trigger is T.ACCEPT_OFFER:
        raise RoleForbidden(role=who.role, action=A.ACCEPT_OFFER)
    await check_move(work, application, trigger, who, reason)
    before = await advance(work, application, trigger, reason)
    if application.state in APPLICATION.final:
        await close_offers(work, application)
    if application.state in GIVEN_UP | UNCHECKED:
        await cancel_jobs(work, application)
    await follow_move(work, application, before)
    if application.state == S.DRAFT and who.role is not Role.CLIENT:
        await tell_of_return(work, application)
    return application


async def assign_agent(
    work: UnitOfWork, application_id: UUID, agent_id: UUID, who: Who
) -> Application:
    """Let another agent of the tenant work on it, who is told; what 1C has offered meanwhile is theirs, and 1C hears it.

    It stands in the audit. Of whoever has it already only waiting conditions are looked at again.

    Raises ``RoleForbidden``, ``ReadOnly`` and ``AgentNotWhitelisted``.
    """
    application = await lock_application(work, application_id)
    state, kind = S(application.state), Kind(application.kind)
    if not may(who.role, state, A.HAND_OVER, kind=kind):
        if state not in EDITABLE:
            raise ReadOnly(state=state)
        raise RoleForbidden(role=who.role, action=A.HAND_OVER)
    agent = await get_active_agent(work, agent_id)
    if agent.tenant != application.tenant:
        raise AgentNotWhitelisted
    if application.agent_id != agent_id:
        await _hand_over(work, application, agent, who)
    await consider(work, application)
    return application


async def _hand_over(work: UnitOfWork, application: Application, agent: Agent, who: Who) -> None:
    former = application.agent_id
    await note_due(work, TELL_AGENT, [application.id])
    application.agent_id = agent.id
    application.version += 1
    application.updated_at = await work.now()
    await work.session.flush()
    await hand_over_offers(work, application)
    await follow_edit(work, application)
    await tell_taker(work, application, agent, who)
    subject = Subject("application", application.id, application.tenant)
    before = None if former is None else str(former)
    await note_act(work, who.name, HANDED_OVER, subject, agent=str(agent.id), former=before)


async def move_payment(
    work: UnitOfWork,
    application_id: UUID,
    trigger: PaymentTrigger,
    who: Who,
    *,
    reason: str | None = None,
    version: int | None = None,
) -> Application:
    """Move the money of an application; saying again what was said changes nothing.

    Raises ``VersionConflict``, ``InvalidTransition``, ``RoleForbidden``, ``ReasonMissing`` and
    ``StatusForbids``.
    """
    application = await lock_application(work, application_id, version)
    return await move_locked_payment(work, application, trigger, who, reason)


async def move_locked_payment(
    work: UnitOfWork,
    application: Application,
    trigger: PaymentTrigger,
    who: Who,
    reason: str | None = None,
) -> Application:
    """The same of an application that is locked already."""
    if not check_payment_move(application, trigger, who, reason):
        return application
    await check_taking_back(work, application, trigger, who)
    before = await advance_payment(work, application, trigger, reason)
    await follow_payment(work, application, before)
    return application
