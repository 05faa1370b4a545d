"""Reading a chat's application, its former ones, and what belongs to it, for one role."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET, UnsetType

from tramita.chats.registry import KnownChat
from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.tenants import get_tenant
from tramita.transfers.errors import ApplicationNotFound
from tramita.transfers.lifecycle import APPLICATION
from tramita.transfers.model import Application
from tramita.transfers.office.standing import standings
from tramita.transfers.queries import get_application_of_chat
from tramita.transfers.rules.permissions import ClientEdits
from tramita.transfers.rules.roles import Role
from tramita.transfers.webapp.views import ApplicationView, FinishedView, Hint, show_application

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


async def finished_of(work: UnitOfWork, chat_id: UUID) -> Sequence[FinishedView]:
    """A chat's former applications, the newest first."""
    return await work.read(FinishedView, _FINISHED, chat_id)


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
    return show_application(
        application,
        role,
        ClientEdits(tenant.client_edit_until),
        finished=finished,
        standing=(await standings(work, [application.id])).get(application.id),
        warnings=warnings,
        **also,
    )
