"""``chats.take_update``: what the messenger tells has its effect, once, in whatever order it comes.

An update may come twice, late, or before what it belongs to: a message before the news that our
bot was added, an edit before its message, a chat's new number before or after what is written under it.
So nothing here depends on the order: each message is kept by its number, with its versions; of our
bot and of people the latest news counts. Updates of many chats that arrive together share a unit of
work; one that cannot be handled is tried again by itself and holds up no other, of its own chat or of
another.

What nobody has activated is none of our business: its messages wait some minutes for somebody who
does, and are then passed over, of which only their number is kept. An update of a kind that is not
known stays, and is shown (``docs/how-to``: messages not understood).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tramita.chats import standing
from tramita.chats.listening import KeepsChats, get_listener
from tramita.chats.members import Seen, note_people
from tramita.chats.messages import Saved, Source, message_of, save_all
from tramita.chats.moving import FOLLOW, move_chat
from tramita.chats.ports import (
    PRESENT,
    BotStatus,
    ButtonPressed,
    Chat,
    ChatNotices,
    ChatType,
    MembersChanged,
    MessageSeen,
    Migrated,
    Person,
    SpokenTo,
    Update,
)
from tramita.chats.registry import KnownChat, add_chats, bind, find_chats, note_looks, pin_instance
from tramita.chats.settings import ChatSettings
from tramita.kit import inbox
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime

JOB: Final = "chats.take_update"
# Whoever added the bot is told of within a second, if Telegram is well.
_EARLY: Final = inbox.Later(timedelta(seconds=2))
_GROUPS: Final = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
_CALL: Final = "start"


def _reader(runtime: Runtime, sender: str) -> Callable[[bytes], Update | NotUnderstood]:
    return runtime.gateway(ChatNotices, sender).read_update


async def _apply(
    runtime: Runtime, work: UnitOfWork, told: Sequence[inbox.Told[Update]]
) -> Mapping[UUID, inbox.Left]:
    batch = _Batch(work, runtime.configured(ChatSettings), told)
    await batch.find_chats()
    await batch.activate()
    await batch.save_messages()
    await batch.note_members()
    await batch.note_bot()
    await batch.note_private()
    await batch.note_chats()
    await batch.follow_chats()
    await batch.forget_passed_over()
    return batch.left


@dataclass(frozen=True, slots=True)
class _Told:
    """One update about a group."""

    id: UUID
    age: timedelta
    update: Update
    chat: Chat


@dataclass
class _Batch:
    """Updates that share a unit of work, and what becomes of them.

    Listeners are told before rows of chats are written: they lock what is theirs first.
    """

    work: UnitOfWork
    settings: ChatSettings
    told: Sequence[inbox.Told[Update]]
    left: dict[UUID, inbox.Left] = field(default_factory=dict)
    passed_over: list[UUID] = field(default_factory=list)
    _chats: dict[int, KnownChat] = field(default_factory=dict)

    @property
    def provider(self) -> str:
        """The messenger."""
        return self.told[0].provider

    @property
    def listener(self) -> KeepsChats:
        """Who is told of chats."""
        return get_listener(self.settings.backend)

    def of_groups(self, *kinds: type) -> list[_Told]:
        """Updates of these kinds about groups, the oldest first."""
        return [
            _Told(one.id, one.age, one.said, one.said.chat)
            for one in self.told
            if one.said.chat is not None
            and one.said.chat.type in _GROUPS
            and isinstance(one.said.event, kinds)
        ]

    async def find_chats(self) -> None:
        """Chats by their numbers; one that our bot is added to, or called in, has a row from now on."""
        new = {
            one.chat.id: one.chat
            for one in self.of_groups(BotStatus, MessageSeen)
            if _is_begin(one.update) is not None
        }
        await add_chats(self.work, self.provider, new)
        await self._look_up()

    async def _look_up(self) -> None:
        numbers = {one.said.chat.id for one in self.told if one.said.chat is not None}
        self._chats = await find_chats(self.work, numbers)

    async def activate(self) -> None:
        """Chats that are nobody's become somebody's, where whoever calls our bot may do that."""
        asked: dict[int, Person] = {}
        for one in self.of_groups(BotStatus, MessageSeen):
            by = _is_begin(one.update)
            chat = self._chats.get(one.chat.id)
            if by is not None and chat is not None and chat.tenant is None:
                asked.setdefault(one.chat.id, by)
        # In one order: what a listener locks for one chat, another worker may want for the next.
        for number, by in sorted(asked.items(), key=lambda one: self._chats[one[0]].id):
            chat = self._chats[number]
            tenant = await self.listener.bot_added(self.work, chat.seen, by)
            if tenant is None:
                await standing.say_not_activated(self.work, chat, by)
            else:
                await bind(self.work, chat.id, tenant, by.id)
        if asked:
            await self._look_up()

    async def save_messages(self) -> None:
        """Messages of chats that are somebody's are kept; whoever calls our bot is heard once."""
        seen: list[tuple[_Told, MessageSeen, KnownChat]] = []
        for one in self.of_groups(MessageSeen):
            chat = self._chats.get(one.chat.id)
            if chat is None or chat.tenant is None:
                self._wait(one)
            elif isinstance(one.update.event, MessageSeen):
                seen.append((one, one.update.event, chat))
        given = [
            message_of(chat.id, one.chat.id, one.update.update_id, event)
            for one, event, chat in seen
        ]
        saved = await save_all(self.work, self.provider, Source.UPDATE, given)
        new = [
            (event, chat)
            for (_, event, chat), what in zip(seen, saved, strict=True)
            if what is Saved.CREATED
        ]
        for event, chat in sorted(new, key=lambda one: one[1].id):
            if event.command and event.sender:
                await self.listener.command_given(self.work, chat.seen, event.sender, event.command)
        await standing.note_alive(self.work, {chat.id: event.at for event, chat in new})

    def _wait(self, one: _Told) -> None:
        """A message of nobody's chat waits for somebody who activates it, and not for ever."""
        if one.age < self.settings.unbound_for:
            self.left[one.id] = _EARLY
        else:
            self.passed_over.append(one.id)

    async def note_members(self) -> None:
        """Who came, went, or got other rights."""
        seen, chats = list[Seen](), dict[UUID, KnownChat]()
        for one in self.of_groups(MembersChanged):
            chat, event = self._chats.get(one.chat.id), one.update.event
            if chat is None or chat.tenant is None:
                self._wait(one)
            elif isinstance(event, MembersChanged):
                chats[chat.id] = chat
                number = one.update.update_id
                seen += [
                    Seen(chat.id, member.person, event.at, number, member.membership)
                    for member in event.members
                ]
        for news in await note_people(self.work, seen):
            if news.membership not in PRESENT:
                await self.listener.member_left(self.work, chats[news.chat_id].seen, news.person.id)

    async def note_bot(self) -> None:
        """Our bot was added, removed, or got other rights; of chats in order of id, as all lock them."""
        for one in sorted(self._of_known(BotStatus), key=lambda one: self._chats[one.chat.id].id):
            chat, event = self._chats[one.chat.id], one.update.event
            if isinstance(event, BotStatus):
                await standing.note_bot(self.work, chat.id, event, one.update.update_id)

    async def note_private(self) -> None:
        """Whom we have written to by themselves let our bot in, or shut it out; what they say is not kept."""
        heard: dict[UUID, datetime] = {}
        for one in self.told:
            shown, event = one.said.chat, one.said.event
            if isinstance(event, SpokenTo):
                self.passed_over.append(one.id)
            chat = self._chats.get(shown.id) if shown is not None else None
            if shown is None or chat is None or shown.type is not ChatType.PRIVATE:
                continue
            if isinstance(event, BotStatus):
                await standing.note_bot(self.work, chat.id, event, one.said.update_id)
            if isinstance(event, SpokenTo):
                heard[chat.id] = max(event.at, heard.get(chat.id, event.at))
        await standing.note_alive(self.work, heard)

    async def note_chats(self) -> None:
        """How chats are called now, in which part of a forum people call us, and their other names."""
        shown = {self._chats[one.chat.id].id: one.chat for one in self._of_known(object)}
        await note_looks(self.work, shown)
        for one in sorted(self._of_known(object), key=lambda one: self._chats[one.chat.id].id):
            chat, event = self._chats[one.chat.id], one.update.event
            if isinstance(event, MessageSeen) and event.command and event.topic != chat.topic:
                await standing.note_topic(self.work, chat.id, event.topic)
            if isinstance(event, ButtonPressed) and event.chat_instance:
                await pin_instance(self.work, chat.id, event.chat_instance, number=one.chat.id)

    def _of_known(self, *kinds: type) -> Iterable[_Told]:
        return (one for one in self.of_groups(*kinds) if one.chat.id in self._chats)

    async def follow_chats(self) -> None:
        """Chats that got another number, by a job that holds nothing yet; neither may be known yet."""
        for one in self.told:
            event = one.said.event
            if not isinstance(event, Migrated):
                continue
            if await find_chats(self.work, [event.old, event.new]):
                self.work.enqueue(FOLLOW, old=event.old, new=event.new)
            elif one.age < self.settings.unbound_for:
                self.left[one.id] = _EARLY

    async def forget_passed_over(self) -> None:
        """Of what is none of our business it is kept that it came, and not what it says."""
        if self.passed_over:
            await self.work.fetch(
                "UPDATE inbox SET body = '' WHERE id = ANY($1::uuid[])", self.passed_over
            )


def _is_begin(update: Update) -> Person | None:
    """Who adds our bot to a chat with this update, or calls it there."""
    event = update.event
    if isinstance(event, BotStatus) and event.new in PRESENT:
        return event.by
    if isinstance(event, MessageSeen) and event.command and event.command.name == _CALL:
        return event.sender
    return None


async def follow(runtime: Runtime, old: int, new: int) -> None:
    """The chat ``old`` is ``new`` from now on."""
    async with runtime.database.unit_of_work(actor="chats") as work:
        await move_chat(work, old, new)


UPDATES: Final = inbox.Reading(JOB, _reader, _apply, together=True)

JOBS: Final[list[Job[Runtime]]] = [Job(JOB, UPDATES.take), Job(FOLLOW, follow)]
