"""Who has come from a chat, and as what: found anew at each request, and kept nowhere.

Whoever is on the list of the chat's tenant is an agent there, or nobody. Everybody else is a client
as long as they are in the chat, whatever other tenants say of them. Somebody whom the messenger does not show, because our bot
is no administrator, is believed to be where the application says it was opened: in this chat.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tramita.chats.errors import MembershipUnknown, MessengerUnavailable
from tramita.chats.members import find_membership, membership
from tramita.chats.ports import PRESENT, Opened
from tramita.chats.registry import KnownChat, find_by_token, get_chats, pin_instance
from tramita.kit.bounds import Bounds
from tramita.kit.database.work import UnitOfWork
from tramita.kit.runtime import Runtime
from tramita.transfers.agents import find_agent
from tramita.transfers.errors import AgentNotWhitelisted, ChatNotBound, WrongAgent
from tramita.transfers.listening import agent_of_chat
from tramita.transfers.model import Agent
from tramita.transfers.queries import agent_of_application
from tramita.transfers.rules.roles import Role
from tramita.transfers.webapp.errors import ChatMismatch, NotChatMember
from tramita.transfers.webapp.sessions import Session
from tramita.transfers.who import Who, role_of

_GROUPS: Final = frozenset({"group", "supergroup"})
# Whoever leaves is told of; whoever is in a chat may stay for years.
_EVER: Final = timedelta(days=36500)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody in the Mini App of ``chat``, as ``who`` they are there now."""

    session: Session
    chat: KnownChat
    tenant: str
    who: Who

    @property
    def bounds(self) -> Bounds:
        """What is the chat's tenant's."""
        return Bounds(self.tenant)

    @property
    def actor(self) -> str:
        """Who it is in the history: of a person no name."""
        return self.who.name

    @property
    def key(self) -> str:
        """What tells them, in this chat, from everybody else."""
        return f"webapp:{self.chat.id}:{self.session.telegram_id}"


async def find_chat_of(work: UnitOfWork, opened: Opened) -> KnownChat:
    """The chat that the application was opened from; raises ``ChatNotBound``."""
    chat = await find_by_token(work, opened.start) if opened.start else None
    if chat is None or chat.tenant is None:
        raise ChatNotBound
    return chat


async def check_opening(runtime: Runtime, chat: KnownChat, opened: Opened) -> None:
    """Whether whoever opens it for a chat is there.

    Some of the messenger's programs say nothing of the group, and then the messenger itself is
    asked.

    Raises ``ChatMismatch``, ``NotChatMember``, ``MessengerUnavailable`` and ``MembershipUnknown``.
    """
    is_from_group = _is_from_group(opened)
    if is_from_group and chat.chat_instance not in (None, opened.chat_instance):
        raise ChatMismatch
    async with runtime.database.unit_of_work() as work:
        if chat.tenant and await find_agent(work, chat.tenant, opened.person.id) is not None:
            return  # The list lets them in, or not.
    try:
        found = await membership(runtime, chat.id, opened.person.id)
    except (MessengerUnavailable, MembershipUnknown):
        if not is_from_group:
            raise
        return
    if found not in PRESENT and not (found is None and is_from_group):
        raise NotChatMember


async def pin_opening(work: UnitOfWork, chat: KnownChat, opened: Opened) -> None:
    """A chat's other name is what the first says of it who is let in from a group.

    Nobody who is refused decides it: a link that was passed on would close the chat to its own
    people. Raises ``ChatMismatch``.
    """
    name, at = opened.chat_instance, opened.auth_date
    if _is_from_group(opened) and not await pin_instance(work, chat.id, name, at=at):
        raise ChatMismatch


def _is_from_group(opened: Opened) -> bool:
    return opened.chat_type in _GROUPS and bool(opened.chat_instance)


async def recognize(work: UnitOfWork, session: Session) -> Guest:
    """Whose session it is, and as what they act.

    Raises ``ChatNotBound``, ``NotChatMember``, ``AgentNotWhitelisted`` and ``WrongAgent``.
    """
    chat = (await get_chats(work, [session.chat_id])).get(session.chat_id)
    if chat is None or chat.tenant is None:
        raise ChatNotBound
    person = session.telegram_id
    agent = await find_agent(work, chat.tenant, person)
    if agent is None:
        known = await find_membership(work, chat.id, person, no_older=_EVER)
        if known is not None and known not in PRESENT:
            raise NotChatMember
        return Guest(session, chat, chat.tenant, Who(Role.CLIENT, _name_of(person), None, person))
    role = await _role_of(work, chat, chat.tenant, agent)
    return Guest(session, chat, chat.tenant, Who(role, _name_of(person), agent.id, person))


async def _role_of(work: UnitOfWork, chat: KnownChat, tenant: str, agent: Agent) -> Role:
    if not agent.is_active:
        raise AgentNotWhitelisted
    theirs = await agent_of_application(work, chat.id) or await agent_of_chat(work, chat.id)
    role = role_of(agent, tenant, theirs)
    if role is Role.OTHER_AGENT:
        raise WrongAgent
    return role


def _name_of(telegram_id: int) -> str:
    return f"telegram:{telegram_id}"
