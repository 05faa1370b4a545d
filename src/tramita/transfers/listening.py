"""What chats tell: whoever is on the list and adds the bot makes the chat their tenant's.

Later each request looks at the list anew, so nothing here is kept but whose the chat is.
"""

from uuid import UUID

from tramita.chats.listening import ChatSeen
from tramita.chats.ports import Command, Person
from tramita.chats.registry import get_chat
from tramita.kit.database.work import UnitOfWork
from tramita.kit.tenants import get_tenant
from tramita.transfers.agents import find_agent
from tramita.transfers.card import greet, show_card
from tramita.transfers.queries import get_application_of_chat


class ChatsOfAgents:
    """What an application's contract backend answers to chats."""

    async def bot_added(self, work: UnitOfWork, chat: ChatSeen, by: Person) -> str | None:
        """An agent of the master tenant who is on the list binds it; anybody else does not."""
        agent = await find_agent(work, by.id)
        if agent is None or not agent.is_active:
            return None
        tenant = await get_tenant(work, agent.tenant)
        if not tenant.is_master:
            return None
        await greet(work, chat.id)
        return tenant.key

    async def bot_removed(self, _: UnitOfWork, __: ChatSeen) -> None:
        """The application goes on; what is sent to the chat is shown as undelivered."""

    async def member_left(self, _: UnitOfWork, __: ChatSeen, ___: int) -> None:
        """Whoever left is let in by nothing any more: membership is asked at each request."""

    async def command_given(self, work: UnitOfWork, chat: ChatSeen, _: Person, __: Command) -> None:
        """Whatever is asked by a command, the card with its button is the answer."""
        if chat.tenant is None:
            return
        application = await get_application_of_chat(work, chat.id)
        if application is None:
            await greet(work, chat.id)
        else:
            await show_card(work, application)


async def agent_of_chat(work: UnitOfWork, chat_id: UUID) -> UUID | None:
    """Whose chat it is: who has added the bot, as long as they are on its tenant's list."""
    chat = await get_chat(work, chat_id)
    if chat.added_by is None:
        return None
    agent = await find_agent(work, chat.added_by)
    is_theirs = agent is not None and agent.is_active and agent.tenant == chat.tenant
    return agent.id if agent is not None and is_theirs else None
