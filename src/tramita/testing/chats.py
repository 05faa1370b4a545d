"""The conformance suite of ``ChatService``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from tramita.chats.ports import (
    FILE_TOO_LARGE,
    FILE_UNKNOWN,
    LARGEST_UPLOAD,
    MESSAGE_UNKNOWN,
    PRESENT,
    Button,
    ChatService,
    Document,
    Gone,
    Membership,
    Moved,
    Sent,
    Text,
)
from tramita.kit.outcome import Done, Outcome, Refused
from tramita.testing.gateways import ActingGatewaySuite, Method, done
from tramita.testing.scene import Scene, attempt

TEXT: Final = Text(
    "Application 7 <b>& co.</b> 🙂", buttons=((Button("Open", "https://example.org/"),),)
)
OTHER: Final = Text("<b>Accepted</b>", is_html=True)
FILE: Final = Document("Счёт №7.pdf", "application/pdf", b"%PDF-1.4 seven", "An invoice")
NOBODY: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class Place:
    """A group that the bot is in, and somebody who writes there."""

    chat: int
    person: int


@dataclass(frozen=True, slots=True)
class Written:
    """A message of ours."""

    chat: int
    message_id: int


class ChatServiceSuite(ActingGatewaySuite[ChatService]):
    """Subclass it, and say what people do at the simulator.

    With ``knows_repetitions`` what is sent twice under one key is written once. ``group`` makes a new group each time, with the bot and somebody in it; ``attach`` has them send a
    file there, and answers its name there; ``move`` gives the group another number, and
    ``remove_bot`` takes the bot out of it.
    """

    port = ChatService
    knows_repetitions: ClassVar[bool] = False
    attached: ClassVar[bytes] = b"%PDF-1.4 a passport"

    async def group(self, scene: Scene[ChatService]) -> Place:
        """A group that the bot is in."""
        raise NotImplementedError

    async def attach(self, scene: Scene[ChatService], place: Place, content: bytes) -> str:
        """A file that somebody has sent there."""
        raise NotImplementedError

    async def move(self, scene: Scene[ChatService], place: Place) -> int:
        """The group's other number, from now on."""
        raise NotImplementedError

    async def remove_bot(self, scene: Scene[ChatService], place: Place) -> None:
        """Somebody takes the bot out."""
        raise NotImplementedError

    async def written(self, scene: Scene[ChatService]) -> Written:
        """A message of ours."""
        place = await self.group(scene)
        sent = done(await scene.gateway.send_text(place.chat, TEXT, attempt()))
        assert isinstance(sent, Sent)
        return Written(place.chat, sent.message_id)

    async def file(self, scene: Scene[ChatService]) -> str:
        """A file that somebody has sent."""
        return await self.attach(scene, await self.group(scene), self.attached)

    def methods(self) -> Mapping[str, Method[ChatService]]:
        """All six."""
        return {
            "send_text": Method(
                lambda us, place, of: us.send_text(place.chat, TEXT, of),
                self.group,
                is_act=True,
                is_once=self.knows_repetitions,
            ),
            "edit_text": Method(
                lambda us, one, of: us.edit_text(one.chat, one.message_id, OTHER, of),
                self.written,
                is_act=True,
            ),
            "send_document": Method(
                lambda us, place, of: us.send_document(place.chat, FILE, of),
                self.group,
                is_act=True,
                is_once=self.knows_repetitions,
            ),
            "get_member": Method(
                lambda us, place, of: us.get_member(place.chat, place.person, of), self.group
            ),
            "get_file": Method(lambda us, name, of: us.get_file(name, of), self.file),
            "leave": Method(
                lambda us, place, of: us.leave(place.chat, of), self.group, is_act=True
            ),
        }

    async def test_says_where_a_message_stands(self, tmp_path: Path) -> None:
        """Each has a number of its own; a file has a name as well."""
        async with self.scene(tmp_path) as scene:
            place = await self.group(scene)
            text = done(await scene.gateway.send_text(place.chat, TEXT, attempt()))
            file = done(await scene.gateway.send_document(place.chat, FILE, attempt()))

        assert isinstance(text, Sent)
        assert isinstance(file, Sent)
        assert text.message_id != file.message_id
        assert file.file_id

    async def test_takes_for_done_what_is_so_already(self, tmp_path: Path) -> None:
        """A message that says what it is to say."""
        async with self.scene(tmp_path) as scene:
            one = await self.written(scene)
            found = [
                done(await scene.gateway.edit_text(one.chat, one.message_id, OTHER, attempt()))
                for _ in range(2)
            ]

        assert [Sent(one.message_id)] * 2 == found

    async def test_knows_its_own_messages_only(self, tmp_path: Path) -> None:
        """Another is refused, by its code."""
        async with self.scene(tmp_path) as scene:
            one = await self.written(scene)
            found = await scene.gateway.edit_text(one.chat, NOBODY, OTHER, attempt())

        assert isinstance(found, Refused)
        assert MESSAGE_UNKNOWN == found.code

    async def test_says_who_is_there(self, tmp_path: Path) -> None:
        """Somebody is; a stranger is not, or is hidden."""
        async with self.scene(tmp_path) as scene:
            place = await self.group(scene)
            member = done(await scene.gateway.get_member(place.chat, place.person, attempt()))
            stranger = await scene.gateway.get_member(place.chat, NOBODY, attempt())

        assert member in PRESENT
        assert isinstance(stranger, Refused) or Done(Membership.LEFT) == stranger

    async def test_gives_a_file_as_it_was_sent(self, tmp_path: Path) -> None:
        """Byte by byte; a name that is nobody's is refused."""
        async with self.scene(tmp_path) as scene:
            found = await scene.gateway.get_file(await self.file(scene), attempt())
            nobodys = await scene.gateway.get_file("nobodys", attempt())

        assert Done(self.attached) == found
        assert isinstance(nobodys, Refused)
        assert FILE_UNKNOWN == nobodys.code

    async def test_refuses_what_is_too_large(self, tmp_path: Path) -> None:
        """Nothing is sent of it."""
        async with self.scene(tmp_path) as scene:
            place = await self.group(scene)
            large = Document("large.bin", "application/octet-stream", bytes(LARGEST_UPLOAD + 1))
            before = await scene.count_effects()
            found = await scene.gateway.send_document(place.chat, large, attempt())
            after = await scene.count_effects()

        assert isinstance(found, Refused)
        assert (FILE_TOO_LARGE, before) == (found.code, after)

    async def test_says_where_a_group_has_gone(self, tmp_path: Path) -> None:
        """Nothing was done under the old number; under the new one it is."""
        async with self.scene(tmp_path) as scene:
            place = await self.group(scene)
            to = await self.move(scene, place)
            before = await scene.count_effects()
            old = [await self._ask(scene, name, place) for name in _IN_A_CHAT]
            during = await scene.count_effects()
            new = done(await scene.gateway.send_text(to, TEXT, attempt()))

        assert [Done(Moved(to))] * len(_IN_A_CHAT) == old
        assert before == during
        assert isinstance(new, Sent)

    async def test_says_that_it_is_not_there_any_more(self, tmp_path: Path) -> None:
        """Whoever removed the bot; to leave is done then."""
        async with self.scene(tmp_path) as scene:
            place = await self.group(scene)
            await self.remove_bot(scene, place)
            found = [done(await self._ask(scene, name, place)) for name in _IN_A_CHAT]
            left = await scene.gateway.leave(place.chat, attempt())

        assert [Gone] * len(_IN_A_CHAT) == [type(one) for one in found]
        assert Done(None) == left

    async def _ask(self, scene: Scene[ChatService], name: str, place: Place) -> Outcome[Any]:
        subject = Written(place.chat, 1) if name == "edit_text" else place
        return await self.methods()[name].call(scene.gateway, subject, attempt())


_IN_A_CHAT: Final = ("send_text", "edit_text", "send_document", "get_member")
