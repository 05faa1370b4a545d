"""What somebody in the Mini App is told of themselves, and our own people of others in the chat."""

from typing import Final

from tramita.chats.members import find_member
from tramita.chats.ports import PRESENT
from tramita.chats.registry import KnownChat, tenant_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.choosing import choose_language, language_of
from tramita.kit.tenants import Tenant, get_tenant
from tramita.transfers.agents import find_agent
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.listening import agent_of_chat
from tramita.transfers.queries import get_application_of_chat
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import CREATORS, ClientEdits, allowed_actions
from tramita.transfers.rules.roles import Role
from tramita.transfers.webapp.errors import UserUnknown
from tramita.transfers.webapp.guests import Guest
from tramita.transfers.webapp.languages import SPOKEN
from tramita.transfers.webapp.views import SettingsView, TenantView, UserView
from tramita.transfers.who import role_of

CREATE: Final = "create"


async def show_guest(work: UnitOfWork, guest: Guest, default: str) -> UserView:
    """Whoever asks."""
    return await _show(
        work,
        guest.chat,
        guest.session.telegram_id,
        role=guest.who.role,
        name=guest.session.name,
        language=choose_language(guest.session.language, None, default, among=SPOKEN),
    )


async def show_person(
    work: UnitOfWork, chat: KnownChat, telegram_id: int, default: str
) -> UserView:
    """Somebody of a chat; raises ``UserUnknown`` of whoever is not there, as of a stranger."""
    agent = await find_agent(work, tenant_of(chat), telegram_id)
    if agent is not None and agent.is_active:
        application = await get_application_of_chat(work, chat.id)
        theirs = application.agent_id if application else await agent_of_chat(work, chat.id)
        role = role_of(agent, agent.tenant, theirs)
        if role is Role.OTHER_AGENT:
            raise UserUnknown
        return await _show(work, chat, telegram_id, role=role, name=agent.name, language=default)
    member = await find_member(work, chat.id, telegram_id)
    if member is None or agent is not None or member.membership not in PRESENT:
        raise UserUnknown
    person = member.person
    language = choose_language(person.language, None, default, among=SPOKEN)
    name = person.first_name
    return await _show(work, chat, telegram_id, role=Role.CLIENT, name=name, language=language)


async def _show(
    work: UnitOfWork, chat: KnownChat, telegram_id: int, *, role: Role, name: str, language: str
) -> UserView:
    tenant = await get_tenant(work, tenant_of(chat))
    agent = await find_agent(work, tenant.key, telegram_id)
    return UserView(
        telegram_id=telegram_id,
        display_name=name,
        tenant=TenantView(tenant.key, tenant.title, tenant.is_master),
        role=role,
        rights=await _rights(work, chat, tenant, role),
        settings=SettingsView(language_of(language), "telegram", "chat"),
        agent_id=agent.id if agent is not None else None,
    )


async def _rights(work: UnitOfWork, chat: KnownChat, tenant: Tenant, role: Role) -> list[str]:
    application = await get_application_of_chat(work, chat.id)
    if application is None:
        return [CREATE] if role in CREATORS and tenant.is_master else []
    return list(
        allowed_actions(
            role,
            ApplicationState(application.state),
            kind=Kind(application.kind),
            client_edits=ClientEdits(tenant.client_edit_until),
        )
    )
