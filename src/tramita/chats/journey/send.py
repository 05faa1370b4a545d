"""``chats.send``: write one thing into a chat, as quickly as the messenger allows.

Written, it is part of the chat's history. Not taken for now, or no messenger there, it is tried again
when the schedule says, or when the messenger wants to hear from us. Not taken for good, it is
refused. A chat that our bot is not in any more is lost, and gets nothing until the bot is back. When
it was handed over and nothing was answered it may stand there: what cannot be repeated is unknown
then, and a person decides; a message of ours that was to say something else is told so once more.

Every message of a chat costs its place in the queue: for status cards that is one in some seconds,
however often things change (``chats.cards``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom
from time import monotonic
from typing import Final, assert_never
from uuid import UUID

from tramita.chats.channel import CHANNEL, TELL_LOST, note_handing_over
from tramita.chats.letters import OPEN, Content, Letter, Sent, linked, open_of, opened_of, opens
from tramita.chats.lifecycle import ChatState
from tramita.chats.listening import get_listener
from tramita.chats.ports import (
    MESSAGE_UNKNOWN,
    ChatService,
    Document,
    Gone,
    MiniApp,
    Moved,
    Text,
)
from tramita.chats.ports import Sent as Stands
from tramita.chats.registry import find_chats, get_chat
from tramita.chats.settings import ChatSettings
from tramita.kit.attempt import Attempt
from tramita.kit.errors import NotFoundError, ProviderUnavailableError
from tramita.kit.jobs import Job, Schedule
from tramita.kit.masking import mask_text
from tramita.kit.outbox import sending
from tramita.kit.outbox.letters import Verdict
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime

# Waits after the first, second … failed attempt: about a day in all.
SCHEDULE: Final[Sequence[timedelta]] = (
    timedelta(seconds=1),
    timedelta(seconds=2),
    timedelta(seconds=5),
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=8),
)
_MOST_KEPT: Final = 500


def _any_chance() -> float:
    return SystemRandom().uniform(-1, 1)


@dataclass(frozen=True)
class ChatSender:
    """Writes what is to be written, by the messenger's gateway."""

    runtime: Runtime
    schedule: Sequence[timedelta] = SCHEDULE
    chance: Callable[[], float] = _any_chance

    async def send(self, letter: Letter) -> Sent:
        """Write it once. Never raises for what a messenger does."""
        said = letter.said
        if said is None:
            return _not_sent(Verdict.REFUSED, "what it said was forgotten")
        try:
            prepared = await self._prepare(letter, said)
        except NotFoundError as error:
            return _not_sent(Verdict.REFUSED, str(error))
        except ProviderUnavailableError as error:
            return _not_sent(Verdict.AGAIN, str(error))
        if not letter.is_repeatable and not await self._hand_over(letter):
            return _not_sent(Verdict.AGAIN, "it is in other hands")
        attempt = Attempt(letter.delivery_id, f"chat:{letter.send_id}", letter.number)
        began = monotonic()
        outcome = await self._call(letter, prepared, attempt)
        return _sent(letter, outcome, attempt, round((monotonic() - began) * 1000))

    async def _hand_over(self, letter: Letter) -> bool:
        return await self.runtime.gathered(note_handing_over).add(letter)

    async def _prepare(self, letter: Letter, said: Content) -> Text | Document:
        """What goes over the wire: a text with its link, a file with its content."""
        if said.text is not None:
            return await self._text(letter, said.text)
        content = await self.runtime.files.get(letter.file or "")
        return Document(
            said.name, said.media_type, content, said.caption, said.is_silent, letter.topic
        )

    async def _text(self, letter: Letter, text: Text) -> Text:
        tokens = await self._tokens(letter, text)
        if tokens:
            app = self.runtime.gateway(MiniApp, letter.provider)
            text = linked(text, {address: app.link(token) for address, token in tokens.items()})
        return Text(
            text.body, text.is_html, text.buttons, text.reply_to, text.is_silent, letter.topic
        )

    async def _tokens(self, letter: Letter, text: Text) -> dict[str, str]:
        """By which tokens its buttons open our application, as they are now."""
        tokens = {OPEN: letter.token} if opens(text.buttons) else {}
        others = opened_of(text.buttons)
        if others:
            async with self.runtime.database.reading() as work:
                found = await find_chats(work, others)
            tokens |= {open_of(number): one.start_token or "" for number, one in found.items()}
        return tokens

    async def _call(
        self, letter: Letter, prepared: Text | Document, attempt: Attempt
    ) -> Outcome[Stands | Moved | Gone]:
        gateway = self.runtime.gateway(ChatService, letter.provider)
        if isinstance(prepared, Document):
            return await gateway.send_document(letter.chat, prepared, attempt)
        if letter.edits is not None:
            return await gateway.edit_text(letter.chat, letter.edits, prepared, attempt)
        return await gateway.send_text(letter.chat, prepared, attempt)


def _not_sent(verdict: Verdict, why: str) -> Sent:
    return Sent(verdict, None, why, "", 0)


def _sent(
    letter: Letter, outcome: Outcome[Stands | Moved | Gone], attempt: Attempt, milliseconds: int
) -> Sent:
    """What an outcome comes to."""
    last = attempt.exchanges[-1] if attempt.exchanges else None
    status, answer = (last.status, last.answer[:_MOST_KEPT]) if last else (None, "")

    def sent(verdict: Verdict, error: str | None = None, **more: object) -> Sent:
        masked = error and mask_text(error)[:_MOST_KEPT]
        return Sent(verdict, status, masked, answer, milliseconds, **more)  # type: ignore[arg-type]  # its own fields

    match outcome:
        case Done(value):
            verdict, error, more = _done(value)
            return sent(verdict, error, **more)
        case Refused(code, reason) if code == MESSAGE_UNKNOWN and letter.is_repeatable:
            return sent(Verdict.AGAIN, reason, has_lost_message=True)
        case Refused(code, reason):
            return sent(Verdict.REFUSED, f"{code}: {reason}")
        case NotSent(reason, retry_in):
            return sent(Verdict.AGAIN, reason, retry_after=retry_in)
        case Unknown(reason):
            return sent(Verdict.AGAIN if letter.is_repeatable else Verdict.UNKNOWN, reason)
        case Pending():
            return sent(Verdict.UNKNOWN, "it was accepted, and how it ends is not told")
        case _:
            assert_never(outcome)


def _done(value: Stands | Moved | Gone) -> tuple[Verdict, str | None, dict[str, object]]:
    """What the messenger has done, or said of the chat."""
    match value:
        case Stands(message_id, file_id):
            return Verdict.ACCEPTED, None, {"message_id": message_id, "file_id": file_id}
        case Moved(to):
            return Verdict.AGAIN, "the chat has another number now", {"moved_to": to}
        case Gone(why):
            return Verdict.GONE, why, {}
        case _:
            assert_never(value)


async def send(runtime: Runtime, delivery_id: UUID) -> None:
    """Write one thing into a chat, if that is to be now, and record what came of it."""
    await sending.send_once(runtime, CHANNEL, ChatSender(runtime), delivery_id)


async def tell_lost(runtime: Runtime, chat_id: UUID) -> None:
    """Tell whoever a chat is about that our bot is not there any more, if that is still so."""
    backend = runtime.configured(ChatSettings).backend
    async with runtime.database.unit_of_work(actor=CHANNEL.name) as work:
        chat = await get_chat(work, chat_id)
        if chat.state is ChatState.LOST and chat.tenant is not None:
            await get_listener(backend).bot_removed(work, chat.seen)


JOBS: Final[list[Job[Runtime]]] = [Job(CHANNEL.job, send), Job(TELL_LOST, tell_lost)]
SCHEDULES: Final[list[Schedule[Runtime]]] = [sending.sweep_of(CHANNEL)]
