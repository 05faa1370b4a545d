"""What people do: ``/__sim/act`` with an actor's name, user name or number, or ``somebody`` new."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

import msgspec

from tramita.providers.telegram.simulator.callbacks import Callbacks
from tramita.providers.telegram.simulator.messenger import Messenger
from tramita.providers.telegram.simulator.mini_app import Launcher, Opening
from tramita.providers.telegram.simulator.records import Chat, File, Message, User
from tramita.simulation.agenda import Agenda
from tramita.simulation.clock import SpanUnreadable, parse_span
from tramita.simulation.front.orders import Order, Shown, Wanted
from tramita.simulation.simulator import UnknownAct


class InChat(Wanted, kw_only=True):
    """Where; without a number, the latest group that is not another by now."""

    chat: int | None = None


class Write(InChat, kw_only=True):
    """A text, as oneself or as the group."""

    text: str
    reply_to: int | None = None
    thread: int | None = None
    is_anonymous: bool = False


class OfMessage(InChat, kw_only=True):
    """A message; without a number, the latest of one's own."""

    message_id: int | None = None


class Edit(OfMessage, kw_only=True):
    """What it shall say."""

    text: str


class FileSaid(Wanted, kw_only=True):
    """A file; ``size`` where it says another than it has. Its content is Base64."""

    name: str | None = "document.pdf"
    media_type: str | None = "application/pdf"
    content: bytes = b"%PDF-1.4 simulated"
    size: int | None = None


class SendFile(FileSaid, kw_only=True):
    """A file with a caption, in a chat."""

    chat: int | None = None
    caption: str = ""
    is_photo: bool = False


class SendAlbum(InChat, kw_only=True):
    """Files that belong together; the bot learns of each ``seconds`` after the one before."""

    files: list[FileSaid]
    caption: str = ""
    seconds: float = 0.0


class Press(OfMessage, kw_only=True):
    """A button that sends ``data``; without a number, of the bot's latest message."""

    data: str


class OpenApp(OfMessage, kw_only=True):
    """Our application, by the bot's button or with what ``start`` says.

    ``age`` is how old what it gets is (``24h``); ``ahead`` how far in the future.
    """

    start: str | None = None
    age: str = ""
    ahead: str = ""
    is_confused: bool = False
    has_signature: bool = True


class NewGroup(Wanted, kw_only=True):
    """A group; ``topics`` are a forum's, numbered from 2 on; the general one may be closed."""

    title: str
    kind: str = "group"
    others: list[str] = msgspec.field(default_factory=list)
    topics: list[str] = msgspec.field(default_factory=list)
    is_general_closed: bool = False


class Upgrade(InChat, kw_only=True):
    """Of which chat the bot is told that the group has become another, in this order."""

    order: str = "old,new"


class Rank(InChat, kw_only=True):
    """Who shall be what: the bot, where nobody is named."""

    who: str | None = None
    status: str = "administrator"


Act = Callable[[User, Any], Shown]
_STATUSES: Final = ("creator", "administrator", "member", "restricted", "left", "kicked")


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who can be told to do something."""

    there: Messenger
    callbacks: Callbacks
    launcher: Launcher
    agenda: Agenda

    def orders(self, actor: str) -> Mapping[str, Order[Any]]:
        """What one of them can be told; raise ``UnknownAct`` for nobody."""
        user = self.find(actor)
        acts: Mapping[str, tuple[type, Act]] = {
            "write": (Write, self._write),
            "edit": (Edit, self._edit),
            "delete": (OfMessage, self._delete),
            "send_file": (SendFile, self._send_file),
            "send_album": (SendAlbum, self._send_album),
            "press": (Press, self._press),
            "open_mini_app": (OpenApp, self._open),
            "create_group": (NewGroup, self._create),
            "upgrade_group": (Upgrade, self._upgrade),
            "delete_group": (InChat, self._delete_group),
            "add_bot": (InChat, partial(self._rank_bot, "member")),
            "promote_bot": (InChat, partial(self._rank_bot, "administrator")),
            "demote_bot": (InChat, partial(self._rank_bot, "member")),
            "remove_bot": (InChat, partial(self._rank_bot, "kicked")),
            "rank": (Rank, self._rank),
            "join": (InChat, partial(self._come, "member")),
            "leave": (InChat, partial(self._come, "left")),
            "block_bot": (Wanted, partial(self._block, is_blocked=True)),
            "start_bot": (Wanted, partial(self._block, is_blocked=False)),
        }
        return {name: Order(shape, partial(do, user)) for name, (shape, do) in acts.items()}

    def find(self, actor: str) -> User:
        """Somebody by name, user name or number."""
        known = [user for user in self.there.users.values() if not user.is_bot]
        for user in known:
            names = {str(user.id), user.first_name, user.name, user.username}
            if actor.removeprefix("@") in {*names, user.username.rpartition("_")[2]}:
                return user
        raise UnknownAct(
            f"nobody is called {actor}; there are {', '.join(u.username for u in known)}"
        )

    def chat(self, chat_id: int | None) -> Chat:
        """A chat by its number, else the latest group."""
        if chat_id is not None:
            found = self.there.chats.get(chat_id)
        else:
            groups = [one for one in self.there.chats.values() if one.is_group]
            found = next((one for one in reversed(groups) if one.moved_to is None), None)
        if found is None:
            raise UnknownAct("there is no such chat")
        return found

    # ---- writing -------------------------------------------------------------------------

    def _write(self, user: User, order: Write) -> Shown:
        chat = self._where(user, order.chat)
        message = Message(
            0, self.there.now(), user, _said(order.text), order.reply_to, order.thread
        )
        message.is_anonymous = order.is_anonymous
        return self._told(chat, self.there.write(chat, message))

    def _edit(self, user: User, order: Edit) -> Shown:
        chat = self._where(user, order.chat)
        message = self._own(chat, user, order.message_id)
        name = "caption" if message.file is not None else "text"
        self.there.change(chat, message, {**message.content, name: order.text})
        return self._told(chat, message)

    def _delete(self, user: User, order: OfMessage) -> Shown:
        # The bot is not told, as it never is.
        chat = self._where(user, order.chat)
        message = self._own(chat, user, order.message_id)
        del chat.messages[message.id]
        return self._told(chat, message)

    def _send_file(self, user: User, order: SendFile) -> Shown:
        chat = self._where(user, order.chat)
        file = self._kept(order)
        content = _content(file, order.caption, is_photo=order.is_photo)
        return {**self._told(chat, self.there.say(chat, user, content)), "file_id": file.id}

    def _send_album(self, user: User, order: SendAlbum) -> Shown:
        chat = self._where(user, order.chat)
        album = str(self.there.world.random.getrandbits(50))
        for number, said in enumerate(order.files):
            caption = order.caption if number == 0 else ""
            content = _content(self._kept(said), caption)
            message = Message(0, self.there.now(), user, content, album=album)
            at = self.there.now() + timedelta(seconds=number * order.seconds)
            if at == self.there.now():
                self.there.write(chat, message)
            else:
                slot = (album, str(number))
                self.agenda.plan(slot, at, partial(self._write_later, chat, message))
        return {"chat": chat.id, "album": album}

    def _write_later(self, chat: Chat, message: Message, _: object) -> None:
        self.there.write(chat, message)

    def _kept(self, said: FileSaid) -> File:
        return self.there.files.keep(said.content, said.name, said.media_type, size=said.size)

    # ---- the bot's buttons ---------------------------------------------------------------

    def _press(self, user: User, order: Press) -> Shown:
        chat = self._where(user, order.chat)
        message = self._bots(chat, order.message_id)
        return {"query": self.callbacks.press(chat, message, user, order.data)}

    def _open(self, user: User, order: OpenApp) -> Shown:
        chat = self.chat(order.chat)
        start = order.start
        if start is None:
            start = self._button(chat, order.message_id)
        age = _span(order.age) - _span(order.ahead)
        how = Opening(start, age, order.is_confused, order.has_signature)
        return self.launcher.open(chat, user, how)

    def _button(self, chat: Chat, message_id: int | None) -> str:
        """With what the button opens it, of this message or of the latest that has one."""
        messages = [self._bots(chat, message_id)] if message_id else [*chat.messages.values()]
        starts = [self.launcher.start_of(one) for one in reversed(messages)]
        found = next((start for start in starts if start is not None), None)
        if found is None:
            raise UnknownAct("no button there opens our application")
        return found

    # ---- coming and going ----------------------------------------------------------------

    def _create(self, user: User, order: NewGroup) -> Shown:
        others = [self.find(one) for one in order.others]
        chat = self.there.create(user, order.title, others, kind=order.kind)
        chat.topics = dict(enumerate(order.topics, start=2))
        chat.is_forum, chat.is_general_closed = bool(order.topics), order.is_general_closed
        return {"chat": chat.id}

    def _upgrade(self, user: User, order: Upgrade) -> Shown:
        chat = self._where(user, order.chat)
        if chat.type != "group":
            raise UnknownAct("it is a supergroup already")
        return {"chat": self.there.upgrade(chat, user, order.order).id, "was": chat.id}

    def _delete_group(self, user: User, order: InChat) -> Shown:
        chat = self._where(user, order.chat)
        chat.is_deleted = True
        return {"chat": chat.id}

    def _rank_bot(self, status: str, user: User, order: InChat) -> Shown:
        chat = self._where(user, order.chat)
        self.there.become(chat, self.there.bot, status, user)
        return {"chat": chat.id}

    def _rank(self, user: User, order: Rank) -> Shown:
        if order.status not in _STATUSES:
            raise UnknownAct(f"people are {', '.join(_STATUSES)}")
        chat = self._where(user, order.chat)
        who = self.find(order.who) if order.who else self.there.bot
        self.there.become(chat, who, order.status, user)
        return {"chat": chat.id}

    def _come(self, status: str, user: User, order: InChat) -> Shown:
        chat = self.chat(order.chat)
        self.there.become(chat, user, status, user)
        return {"chat": chat.id}

    def _block(self, user: User, _: Wanted, *, is_blocked: bool) -> Shown:
        chat = self.there.private(user)
        user.has_blocked = is_blocked
        self.there.become(chat, self.there.bot, "kicked" if is_blocked else "member", user)
        if not is_blocked:
            self.there.say(chat, user, _said("/start"))
        return {"chat": chat.id}

    # ---- which ---------------------------------------------------------------------------

    def _where(self, user: User, chat_id: int | None) -> Chat:
        chat = self.chat(chat_id)
        if chat.moved_to is not None or chat.is_deleted or not chat.has(user):
            raise UnknownAct(f"{user.first_name} is not in a chat {chat.id}")
        return chat

    def _own(self, chat: Chat, user: User, message_id: int | None) -> Message:
        found = [
            one
            for one in chat.messages.values()
            if one.sender is user and message_id in (None, one.id)
        ]
        if not found:
            raise UnknownAct(f"{user.first_name} has written no such message")
        return found[-1]

    def _bots(self, chat: Chat, message_id: int | None) -> Message:
        found = [
            one
            for one in chat.messages.values()
            if one.sender is self.there.bot and message_id in (None, one.id)
        ]
        if not found:
            raise UnknownAct("the bot has written no such message")
        return found[-1]

    def _told(self, chat: Chat, message: Message) -> Shown:
        return {"chat": chat.id, "message_id": message.id}


def _said(text: str) -> dict[str, Any]:
    entities = []
    if text.startswith("/"):
        length = len(text.split(maxsplit=1)[0])
        entities.append({"type": "bot_command", "offset": 0, "length": length})
    return {"text": text} | ({"entities": entities} if entities else {})


def _content(file: File, caption: str, *, is_photo: bool = False) -> dict[str, Any]:
    said = {"caption": caption} if caption else {}
    if not is_photo:
        return {"document": file.shown(), **said}
    shown = {name: value for name, value in file.shown().items() if name.startswith("file_")}
    shown.pop("file_name", None)
    return {"photo": [{**shown, "width": 90, "height": 90}], **said}


def _span(text: str) -> timedelta:
    try:
        return parse_span(text) if text else timedelta()
    except SpanUnreadable as unreadable:
        raise UnknownAct(f"unreadable span {text!r}") from unreadable
