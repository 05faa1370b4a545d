"""Reading a chat's application, its former ones, and what belongs to it, for one role."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET, UnsetType

from tramita.chats.queries import count_messages
from tramita.chats.registry import KnownChat
from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.tenants import get_tenant
from tramita.transfers.amounts import written
from tramita.transfers.documents import list_documents
from tramita.transfers.errors import ApplicationNotFound
from tramita.transfers.guards import may_take_back
from tramita.transfers.lifecycle import APPLICATION, ApplicationState, PaymentState
from tramita.transfers.model import Application, Offer
from tramita.transfers.offers import find_chosen, offer_of
from tramita.transfers.office.standing import standings
from tramita.transfers.queries import get_application_of_chat
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import Action, ClientEdits, may
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import get_application
from tramita.transfers.webapp.views import (
    ApplicationView,
    FinishedView,
    Hint,
    show_application,
    show_offer,
)

_MOST_FINISHED: Final = 50
_FINISHED: Final = f"""
    SELECT id, state AS status, payment_state AS payment_status, amount::text, currency, finished_at
    FROM applications WHERE chat_id = $1 AND {one_of("state", APPLICATION.final)}
    ORDER BY id DESC LIMIT {_MOST_FINISHED}
"""  # noqa: S608 - ours


async def get_of_chat(work: UnitOfWork, chat: KnownChat) -> Application:
    """The application of a chat that is not finished; raises ``ApplicationNotFound``."""
    found = await get_application_of_chat(work, chat.id)
    if found is None:
        raise ApplicationNotFound(id=f"in chat {chat.telegram_id}")
    return found


async def get_former(work: UnitOfWork, chat_id: UUID, application_id: UUID) -> Application:
    """One of a chat's applications that are over; raises ``ApplicationNotFound``."""
    found = await get_application(work, application_id)
    if found.chat_id != chat_id or found.state not in APPLICATION.final:
        raise ApplicationNotFound(id=application_id)
    return found


def may_here(application: Application, role: Role, action: Action) -> bool:
    """Whether the role may do it with the application as it stands."""
    return may(role, ApplicationState(application.state), action, kind=Kind(application.kind))


async def conditions_for(work: UnitOfWork, application: Application, role: Role) -> Offer | None:
    """What the role sees of what is offered.

    A client sees what is accepted alone: what waits for a person may be about another form, and nobody
    is to pay by it.
    """
    if not may_here(application, role, Action.SEE_CONDITIONS):
        return None
    if role is Role.CLIENT:
        return await find_chosen(work, application.id)
    return await offer_of(work, application.id)


async def include(
    work: UnitOfWork, view: ApplicationView, application: Application, role: Role, wanted: set[str]
) -> None:
    """Add to a view what is asked for besides: ``offer``, ``documents``, ``messages_count``.

    What the role may not see is not there.
    """
    if "offer" in wanted:
        found = await conditions_for(work, application, role)
        is_client = role is Role.CLIENT
        view.offer = None if found is None else show_offer(found, is_client=is_client)
    if "documents" in wanted:
        documents = await list_documents(work, application.id)
        is_client = role is Role.CLIENT
        view.documents = [one for one in documents if one.is_for_client or not is_client]
    if "messages_count" in wanted and application.chat_id is not None:
        view.messages_count = await count_messages(work, application.chat_id)


async def finished_of(work: UnitOfWork, chat_id: UUID) -> Sequence[FinishedView]:
    """A chat's former applications, the newest first."""
    found = await work.read(FinishedView, _FINISHED, chat_id)
    for one in found:
        one.amount = None if one.amount is None else written(Decimal(one.amount), one.currency)
    return found


async def view_of(
    work: UnitOfWork,
    application: Application,
    role: Role,
    *,
    warnings: list[Hint] | UnsetType = UNSET,
    **also: Any,
) -> ApplicationView:
    """An application for somebody of this role."""
    tenant = await get_tenant(work, application.tenant)
    finished = [] if application.chat_id is None else await finished_of(work, application.chat_id)
    view = show_application(
        application,
        role,
        ClientEdits(tenant.client_edit_until),
        finished=finished,
        standing=(await standings(work, [application.id])).get(application.id),
        warnings=warnings,
        **also,
    )
    if not await may_take_back(work, application, role):
        moves = view.transitions
        moves.payment = [one for one in moves.payment if one is not PaymentState.NONE]
    return view
