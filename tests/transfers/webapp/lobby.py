"""A chat with our bot, and people who open the Mini App from it, over HTTP and without a messenger."""

import hashlib
import hmac
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import aiohttp

from tests.transfers.house import MASTER, House
from tests.web.conftest import Answer, Site
from tramita.chats.members import Seen, note_people
from tramita.chats.ports import Chat, ChatType, Membership, Person
from tramita.chats.registry import add_chats, bind, find_chat, start_token
from tramita.kit.tokens import create_token
from tramita.providers.telegram.settings import DEMO_TOKEN
from tramita.transfers.api.webapp.access import BOT

BASE = "/api/webapp/v1"
APPLICATION, ASSETS = "/chats/current/application", "/chats/current/assets"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
AGENT, MANAGER, CLIENT = 4711, 4712, 9001
BROWSER = "Telegram-Android/11.0"
_numbers = itertools.count(1)


def form(
    content: bytes = PDF, media_type: str = "application/pdf", **said: str
) -> aiohttp.FormData:
    """A form with a file."""
    data = aiohttp.FormData()
    for name, value in said.items():
        data.add_field(name, value)
    data.add_field("file", content, filename="инвойс 77.pdf", content_type=media_type)
    return data


def sign(fields: Mapping[str, str], token: str = DEMO_TOKEN) -> str:
    """What Telegram signs for our bot."""
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    digest = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    return urlencode({**fields, "hash": digest}, quote_via=quote)


@dataclass(frozen=True)
class Room:
    """A chat that an agent has added our bot to."""

    id: UUID
    number: int
    token: str

    @property
    def instance(self) -> str:
        """Its other name."""
        return str(-self.number * 7)


@dataclass
class Visitor:
    """Somebody who opens the Mini App; ``headers`` bear their session."""

    site: Site
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, **request: Any) -> Answer:
        """One request of theirs; ``path`` begins behind the API's own."""
        headers = self.headers | request.pop("headers", {})
        return await self.site.ask(
            method, BASE + path, authenticated=False, headers=headers, **request
        )

    async def look(self, former: object = None) -> Answer:
        """The page, as they see it in their language; of a ``former`` application if one is named."""
        path = "/webapp/view" if former is None else f"/webapp/view?former={former}"
        return await self.site.ask("GET", path, authenticated=False, headers=self.headers)

    @asynccontextmanager
    async def follow(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """The live line of a page that they have open; it begins with what is so by now."""
        bearer = self.headers["Authorization"].partition(" ")[2]
        async with self.site.session.ws_connect(
            f"{self.site.url}/webapp/live",
            protocols=("tramita.webapp", f"bearer.{bearer}"),
            headers={"User-Agent": self.headers["User-Agent"]},
        ) as socket:
            assert {"type": "CHANGED"} == await socket.receive_json(timeout=60)
            yield socket


@dataclass(frozen=True)
class Lobby:
    """Where they meet."""

    site: Site
    house: House

    async def room(
        self,
        *,
        added_by: int = AGENT,
        tenant: str | None = MASTER,
        members: tuple[int, ...] = (CLIENT,),
    ) -> Room:
        """A new chat of a tenant, with somebody in it."""
        number = -(1_000_000 + next(_numbers))
        async with self.site.runtime.database.unit_of_work() as work:
            shown = {number: Chat(number, ChatType.SUPERGROUP, "Станки")}
            await add_chats(work, "telegram", shown)
            chat = await find_chat(work, number)
            assert chat is not None
            if tenant is not None:
                await bind(work, chat.id, tenant, added_by)
            token = await start_token(work, chat.id)
        for one in members:
            await self.rank(chat.id, one, Membership.MEMBER)
        return Room(chat.id, number, token)

    async def rank(self, chat_id: UUID, person: int, membership: Membership) -> None:
        """Have the messenger tell that somebody belongs to a chat otherwise."""
        async with self.site.runtime.database.unit_of_work() as work:
            shown = Person(person, "Иван", "Петров", language="ru")
            at = await work.now()
            await note_people(work, [Seen(chat_id, shown, at, next(_numbers), membership)])

    async def bot(self, tenant: str = MASTER) -> Visitor:
        """Our bot, with the service token of a tenant's."""
        async with self.site.runtime.database.unit_of_work() as work:
            name = f"bot {next(_numbers)}"
            token = await create_token(work, name, [BOT], tenant=tenant)
        return Visitor(self.site, {"Authorization": f"Bearer {token}"})

    async def init_data(
        self, room: Room, person: int, *, age: timedelta = timedelta(), **changed: str
    ) -> str:
        """What somebody opens it with; ``changed`` fields are signed too, empty ones left out."""
        async with self.site.runtime.database.unit_of_work() as work:
            at = await work.now() - age
        user = {"id": person, "first_name": "Иван", "last_name": "Петров", "language_code": "ru"}
        fields = {
            "user": json.dumps(user, ensure_ascii=False, separators=(",", ":")),
            "auth_date": str(int(at.timestamp())),
            "start_param": room.token,
            "chat_type": "supergroup",
            "chat_instance": room.instance,
        }
        return sign({name: said for name, said in (fields | changed).items() if said})

    async def open(self, room: Room, person: int, **how: Any) -> Answer:
        """Open it, and answer what that comes to."""
        return await self.begin(await self.init_data(room, person, **how))

    async def begin(self, init_data: str, **headers: str) -> Answer:
        """Exchange what was signed."""
        shown = {"Authorization": f"tma {init_data}", "User-Agent": BROWSER} | headers
        return await self.site.ask("POST", f"{BASE}/session", authenticated=False, headers=shown)

    async def visit(self, room: Room, person: int = CLIENT, **how: Any) -> Visitor:
        """Somebody inside."""
        begun = await self.open(room, person, **how)
        assert 201 == begun.status, begun
        token = begun.body["token"]
        return Visitor(self.site, {"Authorization": f"Bearer {token}", "User-Agent": BROWSER})
