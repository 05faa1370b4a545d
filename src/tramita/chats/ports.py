"""What chats need from a messenger, in our words.

Chats, people and messages have the messenger's numbers here; a chat may get another number
(``Moved``), a message is known by its number within its chat. Nothing that is sent can be looked
for afterwards: a lost answer stays ``Unknown``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Outcome
from tramita.kit.outside import NotUnderstood

LONGEST_TEXT: Final = 4096
"""Characters (UTF-16 units, after markup was read) that one message may have."""
LONGEST_CAPTION: Final = 1024
LARGEST_UPLOAD: Final = 50 * 1024 * 1024
LARGEST_DOWNLOAD: Final = 20 * 1024 * 1024

MESSAGE_UNKNOWN: Final = "message_unknown"
"""The code of a refusal: there is no such message of ours to be edited or replied to."""
MEMBER_HIDDEN: Final = "member_hidden"
"""The bot may not see this person, or nobody knows them."""
FILE_UNKNOWN: Final = "file_unknown"
FILE_TOO_LARGE: Final = "file_too_large"
NOT_ACCEPTED: Final = "not_accepted"
"""Any other refusal, in the messenger's words."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message that opens an address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Text:
    """What is written into a chat; ``is_html``: with the messenger's few tags, everything else escaped.

    ``topic`` is the part of a forum in which it is to stand.
    """

    body: str
    is_html: bool = False
    buttons: Sequence[Sequence[Button]] = ()
    reply_to: int | None = None
    is_silent: bool = False
    topic: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file to be put into a chat, with a plain caption."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    caption: str = ""
    is_silent: bool = False
    topic: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """It stands in the chat under this number; ``file_id`` is the messenger's name of a file."""

    message_id: int
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """Nothing happened: the chat has another number now, under which it is to be done."""

    to: int


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing happened, and nothing will: the bot is not in the chat any more, or there is no chat."""

    why: str


class Membership(StrEnum):
    """How somebody belongs to a chat; ``restricted`` is one who is in it all the same."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"


PRESENT: Final = frozenset(
    {Membership.OWNER, Membership.ADMINISTRATOR, Membership.MEMBER, Membership.RESTRICTED}
)


class ChatService(Protocol):
    """A messenger, for one bot of ours.

    ``NotSent`` says in ``retry_in`` when the messenger wants to hear from us again. What it has no
    fault with but a text, a button or a file is ``Refused``, by the codes above.
    """

    async def send_text(
        self, chat: int, text: Text, attempt: Attempt
    ) -> Outcome[Sent | Moved | Gone]:
        """Write a message."""
        ...

    async def edit_text(
        self, chat: int, message_id: int, text: Text, attempt: Attempt
    ) -> Outcome[Sent | Moved | Gone]:
        """Have a message of ours say this instead; one that says it already is done. Idempotent."""
        ...

    async def send_document(
        self, chat: int, document: Document, attempt: Attempt
    ) -> Outcome[Sent | Moved | Gone]:
        """Upload a file into a chat."""
        ...

    async def get_member(
        self, chat: int, person: int, attempt: Attempt
    ) -> Outcome[Membership | Moved | Gone]:
        """How a person belongs to a chat; changes nothing there."""
        ...

    async def get_file(self, file_id: str, attempt: Attempt) -> Outcome[bytes]:
        """What somebody has attached; changes nothing there."""
        ...

    async def leave(self, chat: int, attempt: Attempt) -> Outcome[None]:
        """Leave a chat; one that the bot is not in is left. Idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the messenger shows them; ``language`` is a code such as ``ru`` or ``en-GB``."""

    id: int
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    language: str = ""
    is_bot: bool = False


class ChatType(StrEnum):
    """What kind of chat it is; only what is said in groups of both kinds is kept."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat as an update shows it."""

    id: int
    type: ChatType
    title: str = ""
    is_forum: bool = False


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that somebody has attached.

    ``unique_id`` is the same for the same file, whoever sends it; ``file_id`` is by what this bot gets
    it. ``kind`` is the messenger's word: document, photo, video, voice.
    """

    kind: str
    file_id: str
    unique_id: str
    name: str = ""
    media_type: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A command to our bot: ``start`` of ``/start abc``, with ``abc``."""

    name: str
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """Somebody has written, or edited what they wrote (``edited_at``).

    ``sender`` is missing where the messenger hides who it was: an anonymous administrator, a channel.
    ``text`` is also a caption's. ``service`` names what is no text of anybody: ``pinned_message``.
    """

    message_id: int
    at: datetime
    edited_at: datetime | None = None
    sender: Person | None = None
    text: str = ""
    reply_to: int | None = None
    album: str | None = None
    assets: Sequence[Asset] = ()
    command: Command | None = None
    topic: int | None = None
    service: str = ""


@dataclass(frozen=True, slots=True)
class SpokenTo:
    """Somebody has written to our bot by themselves: that they have, nobody here reads what."""

    at: datetime


@dataclass(frozen=True, slots=True)
class BotStatus:
    """Somebody (``by``) has added our bot, removed it, or given it other rights."""

    by: Person
    old: Membership
    new: Membership
    at: datetime


@dataclass(frozen=True, slots=True)
class Migrated:
    """A chat has got another number; history, people and everything else stay."""

    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to a chat in this way now."""

    person: Person
    membership: Membership


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """Some came, went, or got other rights."""

    members: Sequence[Member]
    at: datetime


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """Somebody has pressed a button that sends something; ``chat_instance`` is the chat's other name."""

    person: Person
    data: str
    message_id: int | None = None
    chat_instance: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """What nobody here does anything about; ``kind`` is the messenger's word."""

    kind: str


Event: TypeAlias = (
    MessageSeen | SpokenTo | BotStatus | Migrated | MembersChanged | ButtonPressed | Other
)


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that a messenger tells; without a ``chat`` it is about none."""

    update_id: int
    event: Event
    chat: Chat | None = None


class ChatNotices(Protocol):
    """A messenger that posts to us, or is asked for, what happens in the chats of our bot."""

    def read_update(self, body: bytes) -> Update | NotUnderstood:
        """What an update says. Pure and total: what it is not able to read is kept and shown."""
        ...


class PostedTo(StrEnum):
    """Where a messenger posts its updates to."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class WebhookState:
    """Where a messenger posts to, how many updates wait there, and how it last failed."""

    posted_to: PostedTo
    pending: int
    last_error: str = ""
    last_error_at: datetime | None = None


class ChatWebhook(Protocol):
    """A messenger that posts its updates to us; ``address`` is this installation's own."""

    async def register(self, address: str, attempt: Attempt) -> Outcome[None]:
        """Have updates posted to this installation from now on. Idempotent."""
        ...

    async def remove(self, attempt: Attempt) -> Outcome[None]:
        """Have them posted nowhere; they are kept to be fetched. Idempotent."""
        ...

    async def state(self, address: str, attempt: Attempt) -> Outcome[WebhookState]:
        """Where they are posted to, and how that goes; changes nothing there."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """An update as it was fetched."""

    update_id: int
    body: bytes


class ChatUpdates(Protocol):
    """A messenger whose updates can be fetched, for an installation that nobody can post to."""

    async def fetch(self, after: int | None, attempt: Attempt) -> Outcome[Sequence[Fetched]]:
        """The next updates, waited for; those up to ``after`` are forgotten there."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """Who has opened our application from a chat, as the messenger vouches for it."""

    person: Person
    auth_date: datetime
    chat_type: str = ""
    chat_instance: str = ""
    start: str = ""


class MistrustCode(StrEnum):
    """Why an opening is not believed."""

    INVALID = "init_data_invalid"
    EXPIRED = "init_data_expired"


@dataclass(frozen=True, slots=True)
class NotTrusted:
    """What was shown is not the messenger's, or is too old; ``why`` names no content of it."""

    code: MistrustCode
    why: str


class MiniApp(Protocol):
    """An application of ours that a messenger opens for people. Pure, nothing is asked for."""

    def link(self, start: str) -> str:
        """The address by which it opens from any chat, with what it is told on opening."""
        ...

    def open(self, init_data: str, now: datetime) -> Opened | NotTrusted:
        """Who opens it, by the signed text that the messenger hands to it. Total."""
        ...
