"""A messenger in memory behind the ports, and a house that has its bot there; jobs run when a test says."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from tramita.chats import ports
from tramita.chats.area import AREA
from tramita.chats.journey.take_update import UPDATES
from tramita.chats.listening import ChatSeen, KeepsChats
from tramita.chats.ports import (
    BotStatus,
    Chat,
    ChatNotices,
    ChatService,
    ChatType,
    Command,
    Document,
    Gone,
    Membership,
    MessageSeen,
    MiniApp,
    Moved,
    NotTrusted,
    Person,
    Sent,
    Text,
    Update,
)
from tramita.chats.registry import KnownChat, find_chat
from tramita.contracts.backends import ContractBackend, install_backend
from tramita.kit import inbox
from tramita.kit.attempt import Attempt
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.exchange import Exchange
from tramita.kit.jobs import Job
from tramita.kit.live import Live
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.outside import NotUnderstood
from tramita.kit.provider import Provider, ProviderSettings
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings

AGENT: Final = Person(7001, "Agafya", "Agentova", "agafya", "ru")
CLIENT: Final = Person(7002, "Klim", "Klientov", "", "ru")
STRANGER: Final = Person(7003, "Sidor", language="en")
GROUP: Final = Chat(-4001, ChatType.GROUP, "Payment to Shenzhen")
OTHER: Final = Chat(-4002, ChatType.GROUP, "Payment to Hanoi")
# Later than whatever the house itself notes meanwhile.
NOON: Final = datetime(2036, 11, 30, 12, tzinfo=UTC)
BACKEND: Final = "conversations"
TENANT: Final = "house"


def at(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def body_of(update: Update) -> bytes:
    """An update as this messenger writes it."""
    return msgspec.json.encode(
        {
            "update_id": update.update_id,
            "chat": update.chat,
            "kind": type(update.event).__name__,
            "event": update.event,
        }
    )


def ago(seconds: float) -> datetime:
    """So many seconds ago, as the messenger tells of it."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).replace(microsecond=0)


@dataclass
class Messenger:
    """Takes everything, unless a test says otherwise; ``written`` is what stands in chats, ``links`` where edited buttons lead."""

    written: list[tuple[int, int, Any]] = field(default_factory=list)
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    members: dict[int, Membership] = field(default_factory=dict)
    answers: dict[int, list[Outcome[Any] | None]] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    next_id: int = 100

    def texts(self, chat: int) -> list[str]:
        """What was written into a chat."""
        return [said.body for number, _, said in self.written if number == chat]

    def _planned(self, chat: int) -> Outcome[Any] | None:
        self.calls.append(chat)
        waiting = self.answers.get(chat, [])
        return waiting.pop(0) if waiting else None

    def _write(self, chat: int, said: Text | Document) -> Outcome[Any]:
        planned = self._planned(chat)
        if planned is not None and not isinstance(planned, Unknown):
            return planned
        self.next_id += 1
        self.written.append((chat, self.next_id, said))
        return planned or Done(Sent(self.next_id))

    async def send_text(self, chat: int, text: Text, _: Attempt) -> Outcome[Any]:
        return self._write(chat, text)

    async def send_document(self, chat: int, document: Document, _: Attempt) -> Outcome[Any]:
        return self._write(chat, document)

    async def edit_text(self, chat: int, message_id: int, text: Text, _: Attempt) -> Outcome[Any]:
        planned = self._planned(chat)
        if planned is not None and not isinstance(planned, Unknown):
            return planned
        self.edits.append((chat, message_id, text.body))
        self.links += [one.url for row in text.buttons for one in row]
        return planned or Done(Sent(message_id))

    async def get_member(
        self, chat: int, person: int, _: Attempt
    ) -> Outcome[Membership | Moved | Gone]:
        self.asked.append(person)
        planned = self._planned(chat)
        if planned is not None:
            return planned
        found = self.members.get(person)
        return Done(found) if found else Refused(ports.MEMBER_HIDDEN, "hidden")

    async def get_file(self, file_id: str, _: Attempt) -> Outcome[bytes]:
        found = self.files.get(file_id)
        return Done(found) if found is not None else Refused(ports.FILE_UNKNOWN, "gone")

    async def leave(self, _: int, __: Attempt) -> Outcome[None]:
        return Done(None)

    def read_update(self, body: bytes) -> Update | NotUnderstood:
        said = msgspec.json.decode(body)
        kind = getattr(ports, said["kind"], None)
        if kind is None:
            return NotUnderstood(f"nobody knows {said['kind']}")
        chat = said["chat"] and msgspec.convert(said["chat"], Chat)
        return Update(said["update_id"], msgspec.convert(said["event"], kind), chat)

    def link(self, start: str) -> str:
        return f"https://messenger.example/bot/app?startapp={start}"

    def open(self, _: str, __: datetime) -> NotTrusted:
        return NotTrusted(ports.MistrustCode.INVALID, "nobody opens anything here")


class ListenerFailed(Exception):
    """A fault of its own."""


@dataclass
class Listener:
    """Whose chats they are: the agent's are the house's; it fails over commands in ``faults``."""

    told: list[tuple[str, int, object]] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)

    async def bot_added(self, _: UnitOfWork, chat: ChatSeen, by: Person) -> str | None:
        self.told.append(("bot_added", chat.telegram_id, by.id))
        return TENANT if by.id == AGENT.id else None

    async def bot_removed(self, _: UnitOfWork, chat: ChatSeen) -> None:
        self.told.append(("bot_removed", chat.telegram_id, None))

    async def member_left(self, _: UnitOfWork, chat: ChatSeen, person: int) -> None:
        self.told.append(("member_left", chat.telegram_id, person))

    async def command_given(
        self, _: UnitOfWork, chat: ChatSeen, person: Person, command: Command
    ) -> None:
        if command.name in self.faults:
            raise ListenerFailed
        self.told.append(("command_given", chat.telegram_id, command.name))

    async def hold_chats(self, _: UnitOfWork, __: Collection[UUID]) -> None:
        pass

    async def join_chats(self, _: UnitOfWork, kept: UUID, gone: UUID) -> bool:
        self.told.append(("join_chats", 0, (kept, gone)))
        return True

    def heard(self, what: str) -> list[object]:
        """What it was told of one kind."""
        return [about for kind, _, about in self.told if kind == what]


@dataclass
class House:
    """One process with a bot; a test runs its jobs."""

    runtime: Runtime
    messenger: Messenger
    listener: Listener
    number: int = 1000

    @property
    def database(self) -> Database:
        return self.runtime.database

    def update(self, event: Any, chat: Chat = GROUP, number: int | None = None) -> Update:
        """The next update."""
        self.number += 1
        return Update(self.number if number is None else number, event, chat)

    async def keep(self, *updates: Update) -> None:
        """Keep updates as they come from the messenger."""
        async with self.database.unit_of_work() as work:
            for one in updates:
                body = body_of(one)
                await inbox.receive(
                    work,
                    "telegram",
                    body,
                    job=UPDATES.job,
                    vendor_id=f"{one.update_id}-{hash(body)}",
                )

    async def tell(self, *updates: Update) -> None:
        """Keep updates and have them handled."""
        await self.keep(*updates)
        await self.work()

    async def work(self, *, late: bool = False) -> int:
        """Run the jobs that are due, with ``late`` also those that would be later; answers how many."""
        jobs: dict[str, Job[Runtime]] = {one.name: one for one in AREA.jobs}
        count = 0
        while rows := await self.fetch(
            "DELETE FROM pgqueuer WHERE entrypoint = ANY($1::text[]) AND ($2 OR execute_after <= now()) "
            "RETURNING entrypoint, payload",
            list(jobs),
            late,
        ):
            count += len(rows)
            ended = await asyncio.gather(
                *(jobs[row["entrypoint"]](self.runtime, row["payload"]) for row in rows),
                return_exceptions=True,
            )
            for failed in ended:
                if failed is not None:
                    raise failed
            if late:
                break
        return count

    async def hurry(self) -> None:
        """Let the time of whatever waits to be sent come, and run its jobs."""
        await self.fetch(
            "UPDATE chat_deliveries SET next_attempt_at = now() WHERE state = 'waiting'"
        )
        await self.fetch("UPDATE chats SET recent = '{}', closed_until = NULL")
        await self.fetch("UPDATE chat_bots SET recent = '{}', closed_until = NULL")
        await self.work(late=True)

    async def begin(
        self, chat: Chat = GROUP, by: Person = AGENT, since: datetime = NOON
    ) -> KnownChat:
        """A chat that the agent has added our bot to."""
        news = BotStatus(by, Membership.LEFT, Membership.MEMBER, since)
        await self.tell(self.update(news, chat))
        return await self.chat(chat.id)

    async def chat(self, number: int = GROUP.id) -> KnownChat:
        """A chat by its number."""
        async with self.database.unit_of_work() as work:
            found = await find_chat(work, number)
        assert found is not None
        return found

    async def states(self) -> list[str]:
        """The states of everything that was to be sent, oldest first."""
        rows = await self.fetch("SELECT state FROM chat_deliveries ORDER BY id")
        return [row["state"] for row in rows]

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Run one statement."""
        async with self.database.unit_of_work(actor="test") as work:
            return list(await work.fetch(query, *arguments))


def message(number: int, text: str, seconds: float = 1, **more: Any) -> MessageSeen:
    """What the client writes, so many seconds after noon."""
    return MessageSeen(number, at(seconds), text=text, **{"sender": CLIENT, **more})


def later(retry_in: float) -> NotSent:
    """Too many requests."""
    return NotSent("429", timedelta(seconds=retry_in))


def house_at(database: Database, messenger: Messenger, listener: Listener, folder: Path) -> House:
    """A process on a database."""
    runtime = Runtime(Settings(data_dir=folder), database, Live(database.connect))
    provider = Provider(
        "telegram",
        "A messenger in memory",
        ProviderSettings,
        dict.fromkeys((ChatService, ChatNotices, MiniApp), lambda _: messenger),
    )
    runtime.connect_provider(
        provider, ProviderSettings(), Exchange("telegram", "http://127.0.0.1:1")
    )
    install_backend(ContractBackend(BACKEND, "Conversations", answers={KeepsChats: listener}))
    return House(runtime, messenger, listener)


def bodies(given: Sequence[Any]) -> list[str]:
    """Texts of messages."""
    return [one.text for one in given]


def ids_of(rows: Sequence[Any]) -> list[UUID]:
    """Ids of rows."""
    return [row["id"] for row in rows]
