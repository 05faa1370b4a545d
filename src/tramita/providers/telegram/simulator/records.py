"""People, chats, messages and files, and how the Bot API shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

Document = dict[str, Any]

PRESENT: Final = frozenset({"creator", "administrator", "member", "restricted"})
ADMINISTRATING: Final = frozenset({"creator", "administrator"})
GROUPS: Final = frozenset({"group", "supergroup"})


@dataclass(slots=True, eq=False)
class User:
    """Somebody, or a bot. ``has_blocked``: our bot may not write to them."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = "ru"
    is_bot: bool = False
    has_blocked: bool = False
    is_deactivated: bool = False

    @property
    def name(self) -> str:
        """As chats show it."""
        return f"{self.first_name} {self.last_name}".strip()

    def shown(self) -> Document:
        """A ``User``."""
        shown: Document = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            shown["last_name"] = self.last_name
        if self.username:
            shown["username"] = self.username
        if not self.is_bot:
            shown["language_code"] = self.language
        return shown


@dataclass(slots=True, eq=False)
class Message:
    """A message; ``content`` is what it says in the Bot API's words.

    Without a ``sender`` it is an anonymous administrator's, or the chat's own. ``revisions`` are
    what it said before, the oldest first.
    """

    id: int
    at: datetime
    sender: User | None
    content: Document
    reply_to: int | None = None
    thread: int | None = None
    album: str | None = None
    markup: Document | None = None
    edited_at: datetime | None = None
    is_anonymous: bool = False
    revisions: list[Document] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says, or the caption of its file."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def file(self) -> Document | None:
        """The file in it, if it has one."""
        photos: Sequence[Document] = self.content.get("photo", ())
        found: Document | None = self.content.get("document", photos[-1] if photos else None)
        return found


@dataclass(slots=True, eq=False)
class Chat:
    """A chat, with everybody who is or was in it by how they belong to it.

    ``instance`` is its other name, which applications get. ``moved_to`` is the supergroup that
    it has become.
    """

    id: int
    type: str
    title: str = ""
    is_forum: bool = False
    instance: int = 0
    members: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int = 0
    topics: dict[int, str] = field(default_factory=dict)
    is_general_closed: bool = False
    pinned: list[int] = field(default_factory=list)
    moved_to: int | None = None
    is_deleted: bool = False

    @property
    def is_group(self) -> bool:
        """Whether several people write there."""
        return self.type in GROUPS

    def has(self, user: User) -> bool:
        """Whether somebody is in it."""
        return self.members.get(user.id) in PRESENT

    def is_led_by(self, user: User) -> bool:
        """Whether somebody is one of its administrators."""
        return self.members.get(user.id) in ADMINISTRATING

    def shown(self, other: User | None = None) -> Document:
        """A ``Chat``; of a private one ``other`` is whose it is."""
        shown: Document = {"id": self.id, "type": self.type}
        if other is not None and not self.is_group:
            named = other.shown()
            names = ("first_name", "last_name", "username")
            return shown | {name: named[name] for name in names if name in named}
        shown["title"] = self.title
        if self.is_forum:
            shown["is_forum"] = True
        if self.type == "group":
            shown["all_members_are_administrators"] = False
        return shown


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """A file; ``size`` is what it says that it has."""

    id: str
    unique_id: str
    name: str | None
    media_type: str | None
    content: bytes = field(repr=False)
    size: int

    def shown(self) -> Document:
        """A ``Document``."""
        shown: Document = {"file_id": self.id, "file_unique_id": self.unique_id}
        if self.name is not None:
            shown["file_name"] = self.name
        if self.media_type is not None:
            shown["mime_type"] = self.media_type
        return shown | {"file_size": self.size}
