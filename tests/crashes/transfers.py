"""Deaths while applications are carried to 1C, and while 1C and a group of Telegram are heard.

The ledger of the base judges: one document of an application, whatever was lost on the way. Of what
is heard each message has its effect once.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final
from uuid import UUID

from tests.crashes.dying import ActCrashes
from tests.transfers.house import INVOICE, House, open_house
from tests.transfers.pricing import price
from tests.world import until
from tramita.transfers.agents import change_agent
from tramita.transfers.documents import (
    DocumentKind,
    Request,
    add_document,
    request_document,
)
from tramita.transfers.lifecycle import ApplicationTrigger, PaymentTrigger
from tramita.transfers.model import Application
from tramita.transfers.service import (
    assign_agent,
    edit_application,
    get_application,
    move_payment,
)

ONEC: Final = "onec"
TELEGRAM: Final = "telegram"
_AGENT: Final = "igor"
_CLIENT: Final = "anna"
_AGENT_ID: Final = 700900
_APPLIED: Final = "WHEN (NEW.direction = 'in' AND NEW.state = 'applied')"


@dataclass
class Group:
    """A group with our bot in it, and what its client has written there."""

    chat: int
    message: int = 0


class Transfers(ActCrashes):
    """A house whose processes are killed."""

    places = {
        "hearing": ("BEFORE INSERT ON office_messages", "WHEN (NEW.direction = 'in')"),
        "heard of": ("AFTER UPDATE ON office_messages", _APPLIED),
    }
    commits = {"known": ("AFTER UPDATE ON office_messages", _APPLIED)}
    posting = (ONEC, TELEGRAM)
    environment: ClassVar[Mapping[str, str]] = {
        "TRAMITA_ONEC_DEADLINE": "120",
        "TRAMITA_ONEC_CONCURRENCY": "20",
        "TRAMITA_OFFICE_ASK_AFTER": "0.2",
        "TRAMITA_OFFICE_GRACE": "600",
        "TRAMITA_OFFICE_FILES_AFTER": "0",
    }
    house: House

    async def ready(self) -> None:
        """Two tenants with their agents, and licences for everybody."""
        self.house = await open_house(self.world.database)
        await self.vendor(ONEC).act(licences=1000)
        async with self.house.database.unit_of_work(actor="test") as work:
            await change_agent(work, self.house.agent, telegram_id=_AGENT_ID)

    # Subjects.

    async def drafted(self) -> UUID:
        """An application that is filled in."""
        return (await self.house.draft()).id

    async def sent(self) -> UUID:
        """One that 1C has."""
        id_ = (await self.house.in_house()).id
        await until(lambda: self.is_sent(id_))
        return id_

    async def accepted(self) -> UUID:
        """One whose conditions are accepted."""
        id_ = await self.sent()
        await price(self.house, await self.look(id_))
        return id_

    async def group(self) -> Group:
        """A group of an agent and a client, in which our bot has been heard of."""
        telegram = self.vendor(TELEGRAM)
        made = await telegram.person(_AGENT, "create_group", title="Платёж", others=[_CLIENT])
        group = Group(made["chat"])
        await telegram.person(_AGENT, "add_bot", chat=group.chat)

        async def is_bound() -> bool:
            query = "SELECT FROM chats WHERE telegram_id = $1 AND tenant IS NOT NULL"
            waiting = await self.fetch("SELECT FROM inbox WHERE processed_at IS NULL")
            return bool(await self.fetch(query, group.chat)) and not waiting

        await until(is_bound)
        return group

    async def look(self, id_: UUID) -> Application:
        """The application as it is."""
        async with self.world.database.reading() as work:
            return await get_application(work, id_)

    # What is begun.

    async def check_it(self, id_: UUID) -> None:
        """The agent finds it right."""
        await self.house.move(id_, ApplicationTrigger.CHECK)

    async def change(self, id_: UUID) -> None:
        """The agent corrects it."""
        who = self.house.as_agent
        async with self.house.acting(who) as work:
            await edit_application(work, id_, {"money": {"amount": "13000.00"}}, None, who)

    async def reassign(self, id_: UUID) -> None:
        """The manager has another agent work on it."""
        who = self.house.as_lead
        async with self.house.acting(who) as work:
            await assign_agent(work, id_, self.house.lead, who)

    async def add_paper(self, id_: UUID) -> None:
        """The client adds a contract."""
        who = self.house.as_client
        async with self.house.acting(who) as work:
            await add_document(work, id_, replace(INVOICE, kind=DocumentKind.CONTRACT), who)

    async def give_up(self, id_: UUID) -> None:
        """The agent takes it back."""
        await self.house.move(id_, ApplicationTrigger.REOPEN_DRAFT)

    async def pay(self, id_: UUID) -> None:
        """The client says that the money is sent."""
        who = self.house.as_client
        async with self.house.acting(who) as work:
            await move_payment(work, id_, PaymentTrigger.SEND, who)

    async def ask_for_document(self, id_: UUID) -> None:
        """The agent asks for an act."""
        who = self.house.as_agent
        async with self.house.acting(who) as work:
            await request_document(work, id_, Request(DocumentKind.ACT), who)

    async def offer(self, id_: UUID) -> None:
        """1C forms conditions, and says so."""
        await self.vendor(ONEC).operate("form_conditions", external_id=str(id_))

    async def hand_over(self, id_: UUID) -> None:
        """1C makes a paper, and sends it."""
        await self.vendor(ONEC).operate("generate_document", external_id=str(id_))

    async def write(self, group: Group) -> None:
        """The client writes."""
        said = await self.vendor(TELEGRAM).person(
            _CLIENT, "write", chat=group.chat, text="Good day"
        )
        group.message = said["message_id"]

    async def attach(self, group: Group) -> None:
        """The client sends a file, like nobody else's."""
        content = b64encode(b"%PDF-1.4 of group " + str(group.chat).encode()).decode()
        said = await self.vendor(TELEGRAM).person(
            _CLIENT, "send_file", chat=group.chat, content=content
        )
        group.message = said["message_id"]

    # By which words they know it there.

    async def names(self, id_: UUID) -> set[str]:
        """Our own."""
        return {str(id_)}

    async def files(self, group: Group) -> set[str]:
        """Telegram's words for what is attached there."""
        query = "SELECT file_id FROM chat_assets WHERE chat_id IN (SELECT id FROM chats WHERE telegram_id = $1)"
        return {row["file_id"] for row in await self.fetch(query, group.chat)}

    # Where it stands in the end.

    async def is_sent(self, id_: UUID) -> bool:
        """Whether 1C has made its document, with what stands in it."""
        one = await self.look(id_)
        return one.onec_ref is not None and one.onec_revision == one.revision

    async def is_changed(self, id_: UUID) -> bool:
        """Whether 1C has the second revision."""
        return (await self.look(id_)).onec_revision == 2

    async def is_given_up(self, id_: UUID) -> bool:
        """Whether 1C has given it up."""
        query = "SELECT FROM office_standings WHERE application_id = $1 AND is_cancelled"
        return bool(await self.fetch(query, id_))

    async def is_told(self, id_: UUID) -> bool:
        """Whether 1C knows of the money."""
        query = "SELECT FROM office_standings WHERE application_id = $1 AND payment_told = 'client_sent'"
        return bool(await self.fetch(query, id_))

    async def is_reassigned(self, id_: UUID) -> bool:
        """Whether it is another agent's, and 1C knows."""
        query = (
            "SELECT FROM office_standings AS s JOIN applications AS a ON a.id = s.application_id "
            "WHERE a.id = $1 AND a.agent_id = $2 AND s.agent_due_at IS NULL"
        )
        return bool(await self.fetch(query, id_, self.house.lead))

    async def is_filed(self, id_: UUID) -> bool:
        """Whether there is a contract, and 1C knows."""
        query = (
            "SELECT FROM office_standings AS s JOIN application_documents AS d USING (application_id) "
            "WHERE s.application_id = $1 AND d.kind = 'contract' AND s.files_due_at IS NULL"
        )
        return bool(await self.fetch(query, id_))

    async def is_asked_for(self, id_: UUID) -> bool:
        """Whether the act is being made."""
        query = "SELECT FROM document_jobs WHERE application_id = $1 AND state <> 'requested'"
        return bool(await self.fetch(query, id_))

    async def is_offered(self, id_: UUID) -> bool:
        """Whether there is one offer, which is accepted."""
        rows = await self.fetch("SELECT state FROM offers WHERE application_id = $1", id_)
        return [row["state"] for row in rows] == ["auto_accepted"]

    async def is_documented(self, id_: UUID) -> bool:
        """Whether there is one paper of 1C's."""
        query = "SELECT FROM application_documents WHERE application_id = $1 AND origin = 'onec'"
        return len(await self.fetch(query, id_)) == 1

    async def is_read(self, group: Group) -> bool:
        """Whether what the client has written is there once, and nothing else of theirs."""
        query = "SELECT message_id FROM chat_messages WHERE in_chat = $1 AND NOT is_ours AND service = ''"
        rows = await self.fetch(query, group.chat)
        return [row["message_id"] for row in rows] == [group.message]

    async def is_kept(self, group: Group) -> bool:
        """Whether the file is."""
        query = (
            "SELECT state FROM chat_assets "
            "WHERE chat_id IN (SELECT id FROM chats WHERE telegram_id = $1)"
        )
        return [row["state"] for row in await self.fetch(query, group.chat)] == ["kept"]
