"""One payment abroad of the transfers' scene: what people do about it in Telegram, in the Mini App and in 1C."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import ge
from typing import Any, Final

import aiohttp

from tramita.demo.partner import DEADLINE_SECONDS, PAUSE_SECONDS, View, read_answer
from tramita.demo.stage import Stage
from tramita.demo.vendor import Vendor

CLIENT, AGENT, MANAGER, LEAVER = "anna", "igor", "olga", "pyotr"
_APPLICATION: Final = "/chats/current/application"
# As much of a PDF as a viewer needs to show an empty page.
_INVOICE: Final = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n"
    b"trailer << /Size 4 /Root 1 0 R >>\n%%EOF\n"
)

FORM: Final[Mapping[str, Mapping[str, object]]] = {
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
"""A form as it is right: a Russian company pays a Chinese one."""


@dataclass
class Bank:
    """The house of the agents, and the systems around it; ``agents`` are their ids by name."""

    stage: Stage
    telegram: Vendor
    onec: Vendor
    agents: Mapping[str, str]

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> View:
        """One request to the platform's API, as the house."""
        url = f"/api/v1{path}"
        async with self.stage.api.request(method, url, json=body, headers=headers) as answer:
            return await read_answer(answer)


@dataclass
class Transfer:
    """One application, from its group on; ``id`` is empty until there is one."""

    bank: Bank
    title: str
    agent: str
    id: str = ""
    chat: int = 0
    former: set[int] = field(default_factory=set)
    sessions: dict[str, str] = field(default_factory=dict)

    # ---- in Telegram ---------------------------------------------------------------------

    async def begin(self) -> None:
        """The agent makes a group with the client, and adds the bot."""
        made = await self.bank.telegram.act(
            self.agent, "create_group", title=self.title, others=[CLIENT, MANAGER]
        )
        self.chat = made["chat"]
        await self.bank.telegram.act(self.agent, "add_bot", chat=self.chat)

    async def upgrade(self) -> None:
        """The group becomes a supergroup, with another number."""
        made = await self.bank.telegram.act(self.agent, "upgrade_group", chat=self.chat)
        self.former.add(self.chat)
        self.chat = made["chat"]

    async def say(self, who: str, text: str) -> None:
        """Somebody writes into the group."""
        await self.bank.telegram.act(who, "write", chat=self.chat, text=text)

    async def written(self, effect: str = "message_sent") -> Sequence[View]:
        """What our bot wrote into the group, by the messenger's ledger."""
        known = {str(one) for one in (self.chat, *self.former)}
        rows = await self.bank.telegram.ledger()
        return [one for one in rows if one["effect"] == effect and one["subject"] in known]

    async def until_written(self, count: int, effect: str = "document_sent") -> None:
        """Wait until our bot has written so much there."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while len(await self.written(effect)) < count:  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(PAUSE_SECONDS)

    # ---- in the Mini App -----------------------------------------------------------------

    async def fill(self, who: str = CLIENT, **groups: Mapping[str, object]) -> View:
        """Somebody opens the Mini App in the group, fills the form in, and adds the invoice."""
        made = await self.ask(who, "POST", _APPLICATION, {**FORM, **groups})
        self.id = made["id"]
        await self.bring_invoice(who)
        return made

    async def bring_invoice(self, who: str = CLIENT) -> None:
        """Somebody adds the invoice that is to be paid."""
        form = aiohttp.FormData()
        form.add_field("kind", "invoice")
        form.add_field("file", _INVOICE, filename="Invoice 77.pdf", content_type="application/pdf")
        url = f"{self.bank.stage.url}/api/webapp/v1/chats/current/assets"
        headers = {"Authorization": f"Bearer {await self._session(who)}"}
        async with self.bank.stage.simulators.post(url, data=form, headers=headers) as answer:
            await read_answer(answer)

    async def change(self, who: str, **groups: Mapping[str, object]) -> View:
        """Somebody changes some of it."""
        seen = await self.ask(who, "GET", _APPLICATION)
        return await self.ask(
            who, "PATCH", _APPLICATION, groups, {"If-Match": f'"{seen["version"]}"'}
        )

    async def move(self, who: str, to: str, axis: str = "application", **more: str) -> View:
        """Somebody changes its status, or that of its payment."""
        body = {"axis": axis, "to": to} | more
        return await self.ask(who, "POST", f"{_APPLICATION}/status", body)

    async def is_refused(self, who: str, to: str) -> bool:
        """Whether it may not go there as it is."""
        async with self._request(
            await self._session(who), "POST", f"{_APPLICATION}/status", {"to": to}
        ) as answer:
            return not answer.ok

    async def ask(
        self,
        who: str,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> View:
        """One request from somebody's Mini App."""
        async with self._request(await self._session(who), method, path, body, headers) as answer:
            return await read_answer(answer)

    def _request(
        self,
        session: str,
        method: str,
        path: str,
        body: object,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        url = f"{self.bank.stage.url}/api/webapp/v1{path}"
        bearing = {"Authorization": f"Bearer {session}", **(headers or {})}
        return self.bank.stage.simulators.request(method, url, json=body, headers=bearing)

    async def _session(self, who: str) -> str:
        """Press the button in the group, once for everybody."""
        if who not in self.sessions:
            await self.until_written(1, "message_sent")
            button = (await self.written())[0]["data"]["message_id"]
            opened = await self.bank.telegram.act(
                who, "open_mini_app", chat=self.chat, message_id=button
            )
            url = f"{self.bank.stage.url}/api/webapp/v1/session"
            headers = {"Authorization": f"tma {opened['init_data']}"}
            async with self.bank.stage.simulators.post(url, headers=headers) as answer:
                self.sessions[who] = (await read_answer(answer))["token"]
        return self.sessions[who]

    # ---- in 1C ---------------------------------------------------------------------------

    async def office(self, action: str, **more: object) -> None:
        """An operator of 1C does something about it, as soon as it is there."""
        await self.until_in_office()
        await self.bank.onec.act("operator", action, external_id=self.id, **more)

    async def until_in_office(self) -> None:
        """Wait until we know its number in 1C."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while (await self.look())["onec"]["number"] is None:  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(PAUSE_SECONDS)

    async def fail(self, operation: str, kind: str) -> None:
        """Have a call about it to 1C go wrong, once."""
        match = {"external_id": self.id}
        await self.bank.onec.fail(operation, kind, match=match, arguments={"seconds": 3.0})

    # ---- on the platform -----------------------------------------------------------------

    async def look(self) -> View:
        """The application as the house sees it."""
        return await self.bank.ask("GET", f"/applications/{self.id}")

    async def until(self, state: str, payment: str | None = None) -> View:
        """Look at it again and again until it stands there."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            seen = await self.look()
            while seen["state"] != state or payment not in (None, seen["payment_state"]):
                await asyncio.sleep(PAUSE_SECONDS)
                seen = await self.look()
        return seen

    async def until_offers(self, count: int) -> None:
        """Wait until so many offers were made for it."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while len(await self._offers()) < count:  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(PAUSE_SECONDS)

    async def until_revision(self, revision: int) -> None:
        """Wait until 1C has this revision of the form."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while (await self.look())["onec"]["revision"] != revision:  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(PAUSE_SECONDS)

    async def _offers(self) -> Sequence[View]:
        offers: Sequence[View] = (await self.bank.ask("GET", f"/applications/{self.id}/offers"))[
            "items"
        ]
        return offers

    async def leave_list(self) -> None:
        """The agent works here no more."""
        await self.bank.ask(
            "PATCH", f"/agents/{self.bank.agents[self.agent]}", {"is_active": False}
        )

    async def hand_over(self) -> None:
        """Another one takes it over."""
        body = {"agent_id": self.bank.agents[MANAGER]}
        await self.bank.ask("POST", f"/applications/{self.id}/agent", body)

    async def counts(self) -> tuple[int, int, int]:
        """Documents in 1C, messages and files of our bot in the group."""
        rows = await self.bank.onec.ledger()
        made = [(one["effect"], one["subject"]) for one in rows].count(
            ("application_created", self.id)
        )
        return made, len(await self.written()), len(await self.written("document_sent"))

    async def until_counts(self, least: tuple[int, int, int]) -> None:
        """Wait until there are as many: what is written into a group takes its turn."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not all(map(ge, await self.counts(), least)):  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(PAUSE_SECONDS)
