"""Telegram keeps what every messenger promises."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from tramita.chats.ports import ChatNotices, ChatService
from tramita.kit.outcome import Unknown
from tramita.providers.telegram.plugin import provider
from tramita.providers.telegram.settings import DEMO_PATH
from tramita.testing.chats import ChatServiceSuite, Place
from tramita.testing.messages import MessageSuite
from tramita.testing.scene import Scene

ANNA = 700001


async def new_group(scene: Scene[Any], *, kind: str = "group") -> int:
    """A group of Igor's with Anna and the bot."""
    made = await scene.vendor.person(
        "igor", "create_group", title="A payment", kind=kind, others=["anna"]
    )
    await scene.vendor.person("igor", "add_bot", chat=made["chat"])
    chat: int = made["chat"]
    return chat


class TestTheChats(ChatServiceSuite):
    """What is sent twice is written twice, so nobody sends anything twice."""

    provider = provider
    troubles = {
        "missing_field": Unknown,
        "wrong_type": Unknown,
        "restart": Unknown,
        "bad_gateway": Unknown,
    }

    async def group(self, scene: Scene[ChatService]) -> Place:
        """One of Igor's."""
        return Place(await new_group(scene), ANNA)

    async def attach(self, scene: Scene[ChatService], place: Place, content: bytes) -> str:
        """Anna sends it."""
        encoded = b64encode(content).decode()
        said = await scene.vendor.person("anna", "send_file", chat=place.chat, content=encoded)
        file_id: str = said["file_id"]
        return file_id

    async def move(self, scene: Scene[ChatService], place: Place) -> int:
        """It becomes a supergroup."""
        said = await scene.vendor.person("igor", "upgrade_group", chat=place.chat)
        to: int = said["chat"]
        return to

    async def remove_bot(self, scene: Scene[ChatService], place: Place) -> None:
        """Igor does."""
        await scene.vendor.person("igor", "remove_bot", chat=place.chat)


class TestTheUpdates(MessageSuite[ChatNotices]):
    """A secret in a header, and one in the address."""

    provider = provider
    port = ChatNotices
    signs_bodies = False
    door = f"/telegram/webhook/{DEMO_PATH}"

    async def provoke(self, scene: Scene[ChatNotices]) -> None:
        """Somebody makes a group with the bot."""
        await new_group(scene)

    def reader(self, scene: Scene[ChatNotices]) -> Callable[[bytes], object]:
        """The gateway's own."""
        return scene.gateway.read_update
