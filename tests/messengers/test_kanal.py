"""A messenger of another kind than Telegram keeps the same promises, from a package outside ours."""

from base64 import b64encode
from collections.abc import Callable

from tests.messengers.kanal.plugin import provider
from tramita.chats.ports import ChatNotices, ChatService
from tramita.testing.chats import ChatServiceSuite, Place
from tramita.testing.messages import MessageSuite
from tramita.testing.scene import Scene


class TestKanal(ChatServiceSuite):
    """Which knows what was sent already, merges rooms, and has errors with names."""

    provider = provider
    knows_repetitions = True

    async def group(self, scene: Scene[ChatService]) -> Place:
        """A room that somebody opens."""
        said = await scene.vendor.operate("open_room")
        return Place(said["room"], said["person"])

    async def attach(self, scene: Scene[ChatService], place: Place, content: bytes) -> str:
        """Handed in by hand."""
        encoded = b64encode(content).decode()
        said = await scene.vendor.operate("hand", room=place.chat, content=encoded)
        name: str = said["file"]
        return name

    async def move(self, scene: Scene[ChatService], place: Place) -> int:
        """Two rooms become one."""
        to: int = (await scene.vendor.operate("merge", room=place.chat))["room"]
        return to

    async def remove_bot(self, scene: Scene[ChatService], place: Place) -> None:
        """The host puts us out."""
        await scene.vendor.operate("put_out", room=place.chat)


class TestItsEvents(MessageSuite[ChatNotices]):
    """Signed over all that they say."""

    provider = provider
    port = ChatNotices

    async def provoke(self, scene: Scene[ChatNotices]) -> None:
        """Somebody says something."""
        room = (await scene.vendor.operate("open_room"))["room"]
        await scene.vendor.operate("say", room=room)

    def reader(self, scene: Scene[ChatNotices]) -> Callable[[bytes], object]:
        """The gateway's own."""
        return scene.gateway.read_update
