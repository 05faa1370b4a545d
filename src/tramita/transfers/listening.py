"""What chats tell: whoever is on the list and adds the bot makes the chat their tenant's.

Later each request looks at the list anew, so nothing here is kept but whose the chat is.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from tramita.chats.listening import ChatSeen
from tramita.chats.ports import Command, Person
from tramita.chats.registry import get_chat
from tramita.kit.database.work import UnitOfWork
from tramita.transfers.agents import find_agent
from tramita.transfers.card import greet, show_card
from tramita.transfers.errors import OnecRefused
from tramita.transfers.handed import tell_in_chats
from tramita.transfers.lifecycle import ApplicationState, ApplicationTrigger
from tramita.transfers.model import Application
from tramita.transfers.naming.reasons import ONE_CHAT
from tramita.transfers.queries import get_application_of_chat, last_agent_of_chat
from tramita.transfers.rows import hold_beginnings, lock_application, lock_applications
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import move_application
from tramita.transfers.tenants import find_master
from tramita.transfers.who import Who

_STATES: Final = list(ApplicationState)


class ChatsOfAgents:
    """What an application's contract backend answers to chats."""

    async def bot_added(self, work: UnitOfWork, chat: ChatSeen, by: Person) -> str | None:
        """An agent of the master tenant who is on the list binds it; anybody else does not."""
        master = await find_master(work)
        agent = master and await find_agent(work, master, by.id)
        if not agent or not agent.is_active:
            return None
        await greet(work, chat.id)
        return agent.tenant

    async def bot_removed(self, work: UnitOfWork, chat: ChatSeen) -> None:
        """The application goes on; what is sent to the chat is shown as undelivered.

        Of somebody whom our bot may not write to: what they were to be told is said in their applications' chats.
        """
        await tell_in_chats(work, chat.id)

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
            # Whoever moves it at this moment is waited for: the card says what it is then.
            await show_card(work, await lock_application(work, application.id))

    async def hold_chats(self, work: UnitOfWork, ids: Collection[UUID]) -> None:
        """No application of theirs changes, and none is begun there."""
        await hold_beginnings(work, ids)
        rows = await work.fetch(
            "SELECT id FROM applications WHERE chat_id = ANY($1::uuid[])", list(ids)
        )
        await lock_applications(work, [row["id"] for row in rows])

    async def join_chats(self, work: UnitOfWork, kept: UUID, gone: UUID) -> bool:
        """Applications go along; of two that are under way the one that is less far is given up.

        Unless 1C has its money: then the other is. Where it has the money of both, the chats wait for the end of one.
        """
        found = [await get_application_of_chat(work, one) for one in (gone, kept)]
        under_way = [one for one in found if one is not None]
        if len(under_way) == len(found) and not await _give_one_up(work, under_way):
            return False
        await work.fetch("UPDATE applications SET chat_id = $1 WHERE chat_id = $2", kept, gone)
        return True


async def _give_one_up(work: UnitOfWork, under_way: Collection[Application]) -> bool:
    """Cancel the one of these held applications that is least far, of those that may be; false: none may."""
    who = Who(Role.PLATFORM_ADMIN, work.actor)
    for one in sorted(under_way, key=lambda one: _STATES.index(ApplicationState(one.state))):
        try:
            await move_application(work, one.id, ApplicationTrigger.CANCEL, who, reason=ONE_CHAT)
        except OnecRefused:
            continue
        return True
    return False


async def agent_of_chat(work: UnitOfWork, chat_id: UUID) -> UUID | None:
    """Whose chat it is, as long as they are on its tenant's list.

    Who had its last application at the end, so that a client goes along who is handed over; else who has added the bot.
    """
    chat = await get_chat(work, chat_id)
    if chat.tenant is None:
        return None
    last = await last_agent_of_chat(work, chat_id, chat.tenant)
    if last is not None or chat.added_by is None:
        return last
    agent = await find_agent(work, chat.tenant, chat.added_by)
    return agent.id if agent is not None and agent.is_active else None
