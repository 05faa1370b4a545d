"""A payment agent: groups in Telegram, the Mini App in them, and 1C, all over real sockets."""

import itertools
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import pytest

from tests.hastening import hasten
from tests.quiet import is_quiet
from tests.transfers.house import FIELDS, House, open_house
from tests.transfers.webapp.lobby import BASE, Visitor, form
from tests.web.conftest import Answer, Site
from tests.world import World, running_world, until
from tramita.chats.check import check_chats
from tramita.chats.receiving.keeping import keep_receiving
from tramita.kit.database.engine import Database
from tramita.testing.control import VendorControl
from tramita.transfers.agents import change_agent
from tramita.transfers.check import check_transfers
from tramita.transfers.office.settings import DEMO_SECRET, DEMO_USERNAME, OfficeSettings

# What takes minutes in a back office is a matter of moments here.
OFFICE = OfficeSettings(ask_after=0.05, grace=1.5, outage_wait=5.0, files_after=0)
# In the environment: how quickly is written is the same for every process.
CHATS = {
    "TRAMITA_CHATS_CHAT_SECONDS": "0.05",
    "TRAMITA_CHATS_GROUP_MESSAGES": "1000",
    "TRAMITA_CHATS_CARD_SECONDS": "0.1",
}
CLIENT, AGENT, LEAD = "anna", "igor", "olga"
_IDS = {CLIENT: 700001, AGENT: 700900, LEAD: 700901}
_ONEC = f"Basic {b64encode(f'{DEMO_USERNAME}:{DEMO_SECRET}'.encode()).decode()}"
_AT_WORK = """
    SELECT (SELECT count(*) FROM operations
            WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN'))
         + (SELECT count(*) FROM inbox WHERE processed_at IS NULL)
         + (SELECT count(*) FROM chat_deliveries WHERE state IN ('waiting', 'sending'))
         + (SELECT count(*) FROM pgqueuer WHERE entrypoint ~ '^(transfers|chats)'
            AND execute_after <= now()) AS n
"""


@dataclass(frozen=True)
class Group:
    """A group that our bot is in: Telegram's number of it, and ours."""

    number: int
    id: UUID


@dataclass
class Bank:
    """The house of the agents with everything around: workers, messenger, back office."""

    world: World
    site: Site
    house: House
    telegram: VendorControl
    onec: VendorControl
    numbers: "itertools.count[int]"

    @classmethod
    async def of_world(cls, world: World) -> Self:
        """A bank in a world, whose agents Telegram knows."""
        house = await open_house(world.database)
        async with world.database.unit_of_work(actor="test") as work:
            await change_agent(work, house.agent, telegram_id=_IDS[AGENT])
            await change_agent(work, house.lead, telegram_id=_IDS[LEAD])
        site = Site(world.url, world.runtime, world.api, {"Authorization": f"Bearer {world.token}"})
        telegram, onec = (VendorControl(world.qitech.session, key) for key in ("telegram", "onec"))
        await onec.act(licences=1000)
        await keep_receiving(world.runtime)
        return cls(world, site, house, telegram, onec, itertools.count(1))

    # In Telegram.

    async def group(self, title: str = "Платёж в Шэньчжэнь") -> Group:
        """An agent makes a group with a client, and adds the bot."""
        made = await self.telegram.person(AGENT, "create_group", title=title, others=[CLIENT, LEAD])
        await self.telegram.person(AGENT, "add_bot", chat=made["chat"])

        async def is_ours() -> bool:
            return bool(await self._group(made["chat"]))

        await until(is_ours)
        [row] = await self._group(made["chat"])
        return Group(made["chat"], row["id"])

    async def _group(self, number: int) -> list[Any]:
        query = "SELECT id FROM chats WHERE telegram_id = $1 AND tenant IS NOT NULL"
        return await self.world.fetch(query, number)

    async def button(self, group: Group) -> int:
        """The message in the group whose button opens the Mini App."""
        query = (
            "SELECT message_id FROM chat_cards WHERE chat_id = $1 AND message_id IS NOT NULL "
            "ORDER BY id DESC LIMIT 1"
        )

        async def is_there() -> bool:
            return bool(await self.world.fetch(query, group.id))

        await until(is_there)
        [row] = await self.world.fetch(query, group.id)
        return int(row["message_id"])

    async def open(self, group: Group, who: str, **how: Any) -> Answer:
        """Somebody presses the button, and the Mini App begins a session."""
        pressed = {"message_id": await self.button(group)} | how
        opened = await self.telegram.person(who, "open_mini_app", chat=group.number, **pressed)
        headers = {"Authorization": f"tma {opened['init_data']}"}
        return await self.site.ask("POST", f"{BASE}/session", authenticated=False, headers=headers)

    async def visit(self, group: Group, who: str) -> Visitor:
        """Somebody inside the Mini App."""
        begun = await self.open(group, who)
        assert 201 == begun.status, begun
        return Visitor(self.site, {"Authorization": f"Bearer {begun.body['token']}"})

    async def written(self, group: Group, effect: str = "message_sent") -> list[dict[str, Any]]:
        """What our bot wrote into the group, by Telegram's ledger."""
        rows = await self.telegram.ledger(effect)
        return [row["data"] for row in rows if row["subject"] == str(group.number)]

    # In the Mini App.

    async def fill(self, visitor: Visitor, **changed: Any) -> dict[str, Any]:
        """Somebody makes the group's application, and brings the invoice; answers it."""
        made = await visitor.ask("POST", "/chats/current/application", json={**FIELDS, **changed})
        assert 201 == made.status, made
        invoice = form(b"%PDF-1.7 of invoice 77", kind="invoice")
        brought = await visitor.ask("POST", "/chats/current/assets", data=invoice)
        assert 201 == brought.status, brought
        return dict(made.body)

    async def move(
        self, visitor: Visitor, to: str, axis: str = "application", **more: Any
    ) -> Answer:
        """Somebody changes its status."""
        body = {"axis": axis, "to": to} | more
        return await visitor.ask("POST", "/chats/current/application/status", json=body)

    async def look(self, visitor: Visitor) -> dict[str, Any]:
        """The group's application as somebody sees it."""
        said = await visitor.ask("GET", "/chats/current/application")
        assert 200 == said.status, said
        return dict(said.body)

    # At 1C.

    async def tell(self, id_: object, what: str, **body: Any) -> Answer:
        """1C tells something: conditions, status or documents."""
        sent = {"message_no": next(self.numbers), "operator": "Ольга Сергеевна"} | body
        path, headers = f"/api/onec/v1/applications/{id_}/{what}", {"Authorization": _ONEC}
        return await self.site.ask("POST", path, authenticated=False, json=sent, headers=headers)

    async def price(self, id_: object, **more: Any) -> Answer:
        """1C sends conditions for what stands in it now."""
        [row] = await self.world.fetch(
            "SELECT revision, amount::text, currency FROM applications WHERE id = $1",
            UUID(str(id_)),
        )
        said = {
            "revision": row["revision"],
            "rate": "12.85",
            "commission_percent": "1.5",
            "payer_amount": "163034.38",
            "payer_currency": "RUB",
            "payout_amount": row["amount"],
            "payout_currency": row["currency"],
            "terms_text": "Оплата в течение дня",
        }
        return await self.tell(id_, "conditions", **said | more)

    async def until_at_onec(self, id_: object) -> None:
        """Wait until 1C has its newest form."""

        async def is_so() -> bool:
            await self.world.hasten()
            query = "SELECT FROM applications WHERE id = $1 AND onec_revision = revision"
            return bool(await self.world.fetch(query, UUID(str(id_))))

        await until(is_so)

    async def effects(self, id_: object) -> list[str]:
        """What really happened to an application in 1C, in order."""
        return [one["effect"] for one in await self.onec.effects() if one["subject"] == str(id_)]

    # In the end.

    async def until_quiet(self, *, deadline: float = 120) -> None:
        """Wait until nothing is left to do, here or on the way."""

        async def is_at_rest() -> bool:
            async with self.world.database.unit_of_work(actor="test") as work:
                await hasten(work)
            [row] = await self.world.fetch(_AT_WORK)
            return not row["n"]

        await until(lambda: is_quiet([self.telegram, self.onec], is_at_rest), deadline=deadline)

    async def broken(self) -> list[str]:
        """Whatever breaks a promise about applications or chats, or could not be verified."""
        runtime = self.world.runtime
        return [
            f"{one.invariant} {one.promise}: {one.verdict} {one.differences}"
            for check in (check_transfers, check_chats)
            for one in await check(runtime)
            if one.verdict != "kept"
        ]


@asynccontextmanager
async def running_bank(database: Database, url: str, folder: Path) -> AsyncIterator[Bank]:
    """A bank in a world of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CHATS.items():
            patch.setenv(name, value)
        async with running_world(database, url, folder) as world:
            world.runtime.configure(OFFICE)
            yield await Bank.of_world(world)
