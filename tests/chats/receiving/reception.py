"""A process that hears of Telegram's updates, and Telegram."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tramita.chats.ports import ChatService
from tramita.chats.receiving.settings import ReceivingSettings
from tramita.kit.database.engine import Database
from tramita.kit.live import Live
from tramita.kit.runtime import Runtime
from tramita.providers.telegram.plugin import provider
from tramita.testing.control import VendorControl
from tramita.testing.scene import Scene, open_scene


@dataclass
class Reception:
    """The process, and how Telegram is ordered about."""

    runtime: Runtime
    scene: Scene[ChatService]

    @property
    def vendor(self) -> VendorControl:
        """Telegram."""
        return self.scene.vendor

    async def new_group(self) -> int:
        """One with the bot in it, of which three updates tell."""
        made = await self.vendor.person("igor", "create_group", title="A payment", others=["anna"])
        await self.vendor.person("igor", "add_bot", chat=made["chat"])
        chat: int = made["chat"]
        return chat

    async def kept(self) -> list[str]:
        """Which updates are kept, by their numbers."""
        async with self.runtime.database.unit_of_work(actor="test") as work:
            rows = await work.fetch("SELECT vendor_id FROM inbox ORDER BY received_at, vendor_id")
        return [row["vendor_id"].partition("-")[0] for row in rows]

    async def webhook(self) -> dict[str, Any]:
        """Where Telegram posts."""
        async with self.vendor.session.get("/telegram/__sim/webhooks") as answer:
            found: dict[str, Any] = await answer.json()
            return found


@asynccontextmanager
async def reception_at(
    database: Database, folder: Path, *, polls: bool = False, waits: bool = False, port: int = 8000
) -> AsyncIterator[Reception]:
    """It is found at this port of this machine; ``waits``: a question waits for an update."""
    async with open_scene(provider, ChatService, folder, {}, our_port=port) as scene:
        runtime = Runtime(scene.connection.platform, database, Live(database.connect))
        patience = scene.exchange.deadline
        scene.exchange.deadline = patience if waits else timedelta(seconds=1)
        runtime.connect_provider(provider, scene.connection.settings, scene.exchange)
        scene.exchange.deadline = patience
        runtime.configure(ReceivingSettings(polls=polls))
        yield Reception(runtime, scene)
