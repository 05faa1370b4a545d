"""A bot that is written for these tests alone, from the Bot API's documents."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.simulation.receiver import Receiver
from tramita.simulation.simulator import Simulator
from tramita.testing.control import VendorControl

TOKEN = "1000001:TEST-TOKEN-NOT-A-REAL-BOT"
ANNA, IGOR, BOT = 700001, 700900, 1000001


@dataclass
class Bot:
    """The bot, those who can order Telegram about, and Telegram itself."""

    session: aiohttp.ClientSession
    url: str
    simulator: Simulator
    token: str = TOKEN

    @property
    def vendor(self) -> VendorControl:
        """Telegram's control plane."""
        return VendorControl(self.session, "telegram")

    async def call(self, method: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
        """Call a method with parameters in JSON; status and document."""
        address = f"{self.url}/telegram/bot{self.token}/{method}"
        async with self.session.post(address, json=parameters) as answer:
            said: dict[str, Any] = await answer.json()
            return answer.status, said

    async def ask(self, method: str, **parameters: Any) -> Any:
        """The result of a call that goes well."""
        status, said = await self.call(method, **parameters)
        assert (200, True) == (status, said.get("ok")), said
        return said["result"]

    async def refused(self, method: str, **parameters: Any) -> tuple[int, str]:
        """The number and the words of a no."""
        status, said = await self.call(method, **parameters)
        assert (said["ok"], said["error_code"]) == (False, status), said
        return status, said["description"]

    async def send(self, text: str, *, chat: int, **more: Any) -> int:
        """Write a message; its number."""
        number: int = (await self.ask("sendMessage", chat_id=chat, text=text, **more))["message_id"]
        return number

    async def upload(
        self, chat: int, content: bytes, name: str = "contract.pdf", **more: str
    ) -> tuple[int, dict[str, Any]]:
        """Send a file as a form."""
        form = aiohttp.FormData({"chat_id": str(chat), **more}, quote_fields=False)
        form.add_field("document", content, filename=name, content_type="application/pdf")
        address = f"{self.url}/telegram/bot{self.token}/sendDocument"
        async with self.session.post(address, data=form) as answer:
            return answer.status, await answer.json()

    async def download(self, path: str) -> tuple[int, bytes]:
        """A file at the path that ``getFile`` gave."""
        async with self.session.get(f"{self.url}/telegram/file/bot{self.token}/{path}") as answer:
            return answer.status, await answer.read()

    async def person(self, who: str, action: str, **arguments: Any) -> Any:
        """Have somebody act."""
        return await self.vendor.person(who, action, **arguments)

    async def group(self, *, kind: str = "group", **more: Any) -> int:
        """A new group with Igor, Anna and the bot."""
        made = await self.person(
            "igor", "create_group", title="A payment", kind=kind, others=["anna"], **more
        )
        chat: int = made["chat"]
        await self.person("igor", "add_bot", chat=chat)
        return chat

    async def hear(self, receiver: Receiver, **more: Any) -> None:
        """Have updates posted there from now on."""
        await self.ask("setWebhook", url=receiver.url, **more)

    async def updates(self, offset: int = 0, **more: Any) -> list[dict[str, Any]]:
        """What there is to be fetched."""
        found: list[dict[str, Any]] = await self.ask("getUpdates", offset=offset, **more)
        return found

    async def forget_updates(self) -> None:
        """Take what there is."""
        known = await self.updates()
        if known:
            await self.updates(known[-1]["update_id"] + 1)


def kinds(updates: list[dict[str, Any]]) -> list[str]:
    """Of what kind updates are."""
    return [next(name for name in one if name != "update_id") for one in updates]
