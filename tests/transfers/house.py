"""A house for tests of transfers: a master tenant with agents, another tenant, and applications."""

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tramita.chats.ports import Chat, ChatType
from tramita.chats.registry import add_chats, bind, find_chat
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.files import StoredFile
from tramita.kit.tenants import create_tenant
from tramita.transfers.agents import NewAgent, add_agent
from tramita.transfers.documents import DocumentKind, NewDocument, add_document
from tramita.transfers.lifecycle import ApplicationTrigger
from tramita.transfers.model import AgentRole, Application
from tramita.transfers.rules.kinds import IN_ONEC, Kind, Origin
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import (
    NewApplication,
    create_application,
    get_application,
    move_application,
)
from tramita.transfers.tenants import change_tenant
from tramita.transfers.who import Who

_chats = itertools.count(1_001_000_000_001)
MASTER, OTHER = "paybridge", "northway"
AGENT_NAME, LEAD_NAME = "Анна Круглова", "Игорь Летов"
FIELDS: Mapping[str, Any] = {
    "payer": {
        "name": "ООО «Станкоимпорт»",
        "kind": "legal_entity",
        "inn": "7707083893",
        "kpp": "773601001",
        "address": "Москва, ул. Вавилова, 19",
        "contact": "+7 495 500-55-50",
    },
    "beneficiary": {
        "name": "SHENZHEN MACHINE TOOLS CO LTD",
        "country": "CN",
        "address": "88 KEJI ROAD NANSHAN",
        "city": "SHENZHEN",
        "entity_type": "company",
        "local_id": "91110000600037341L",
    },
    "beneficiary_bank": {
        "name": "BANK OF CHINA",
        "country": "CN",
        "bic": "BKCHCNBJ",
        "account": "6217000010012345678",
        "local_code": "104100000004",
    },
    "money": {"amount": "12500.00", "currency": "CNY", "fee_bearer": "OUR"},
    "purpose": {"text": "PAYMENT FOR MACHINE TOOLS INV 77", "kind": "goods"},
    "basis": {"invoice_number": "77", "invoice_date": "2026-01-15"},
    "consent": {"personal_data": True, "rules_version": "1"},
}
INVOICE = NewDocument(
    DocumentKind.INVOICE,
    "Invoice 77.pdf",
    StoredFile("1770", 1024, "application/pdf"),
    hashlib.sha256(b"%PDF of invoice 77").digest(),
)
ONEC = Who(Role.ONEC, "onec:Ольга Сергеевна")


@dataclass(frozen=True)
class House:
    """``agent`` and ``lead`` are the master tenant's, ``stranger`` is another tenant's."""

    database: Database
    agent: UUID
    lead: UUID
    stranger: UUID

    def acting(self, who: Who) -> UnitOfWork:
        """A unit of work of theirs."""
        return self.database.unit_of_work(actor=who.name)

    @property
    def as_agent(self) -> Who:
        """The agent of the master tenant."""
        return Who(Role.AGENT, "telegram:4711", self.agent, 4711)

    @property
    def as_client(self) -> Who:
        """A client in the chat."""
        return Who(Role.CLIENT, "telegram:9001", telegram_id=9001)

    @property
    def as_lead(self) -> Who:
        """The manager of the master tenant."""
        return Who(Role.MANAGER, "telegram:4712", self.lead, 4712)

    async def chat(self, added_by: int = 4711) -> UUID:
        """A group of the master tenant's, bound by whoever has added the bot."""
        number = -next(_chats)
        shown = Chat(number, ChatType.SUPERGROUP, "Станкоимпорт")
        async with self.database.unit_of_work(actor="test") as work:
            await add_chats(work, "telegram", {number: shown})
            found = await find_chat(work, number)
            assert found is not None
            await bind(work, found.id, MASTER, added_by)
        return found.id

    async def draft(self, who: Who | None = None, **more: Any) -> Application:
        """A draft from a chat of its own, filled in."""
        who = who or self.as_agent
        given: dict[str, Any] = {
            "tenant": MASTER,
            "origin": Origin.WEBAPP,
            "actor": who,
            "agent_id": self.agent,
            "fields": FIELDS,
        }
        if "chat_id" not in more:
            given["chat_id"] = await self.chat()
        async with self.acting(who) as work:
            return await create_application(work, NewApplication(**(given | more)))

    async def ordinary(self, **more: Any) -> Application:
        """A draft of the other tenant's own."""
        return await self.draft(
            Who(Role.MANAGER, "token:northway"),
            tenant=OTHER,
            origin=Origin.API,
            agent_id=None,
            chat_id=None,
            **more,
        )

    async def in_house(self, **more: Any) -> Application:
        """A new in-house application."""
        return await self.move((await self.draft(**more)).id, ApplicationTrigger.CHECK)

    async def bring_invoice(self, application_id: UUID) -> None:
        """The agent adds what is to be paid, where 1C is to have it; once."""
        who = self.as_agent
        async with self.acting(who) as work:
            found = await get_application(work, application_id)
            if Kind(found.kind) in IN_ONEC:
                await add_document(work, application_id, INVOICE, who)

    async def move(
        self, application_id: UUID, trigger: ApplicationTrigger, who: Who | None = None, **more: Any
    ) -> Application:
        """Somebody, the agent unless it is said, moves it; what is checked has its invoice."""
        who = who or self.as_agent
        if trigger is ApplicationTrigger.CHECK:
            await self.bring_invoice(application_id)
        async with self.acting(who) as work:
            return await move_application(work, application_id, trigger, who, **more)


async def open_house(database: Database) -> House:
    """Tenants and agents, and nothing else."""
    async with database.unit_of_work(actor="test") as work:
        await create_tenant(work, MASTER, "PayBridge")
        await create_tenant(work, OTHER, "Northway")
        await change_tenant(work, MASTER, is_master=True)
        agent = await add_agent(work, NewAgent(MASTER, AGENT_NAME, 4711))
        manager = await add_agent(work, NewAgent(MASTER, LEAD_NAME, 4712, AgentRole.MANAGER))
        stranger = await add_agent(work, NewAgent(OTHER, "Пётр Нордин", 4713))
        return House(database, agent.id, manager.id, stranger.id)
