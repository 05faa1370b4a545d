"""What one attempt writes into a chat, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

import msgspec

from tramita.chats.ports import Button, Text
from tramita.kit.outbox import letters as outbox

CONTENT: Final = "chat_sends.content"
CARD: Final = "chat_cards.content"
OPEN: Final = "chats:open"
"""The address of a button that opens our application: the chat's link as it is when it is sent."""

_OPEN_OF: Final = f"{OPEN}:"

CARD_KIND: Final = "card"
DOCUMENT_KIND: Final = "document"
TEXT_KIND: Final = "text"


class Content(msgspec.Struct, frozen=True):
    """What a send says: a text, or the name and caption of a file."""

    text: Text | None = None
    name: str = ""
    media_type: str = ""
    caption: str = ""
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class Letter(outbox.Letter):
    """One attempt at one send; ``chat`` is the chat's number now.

    ``content`` and ``card`` are JSON, the one or the other; ``edits`` is the message of ours that is
    to say something else, where it stands in this chat.
    """

    provider: str
    chat: int
    topic: int | None
    send_id: UUID
    kind: str
    file: str | None
    card_id: UUID | None
    card_version: int | None
    edits: int | None
    content: str = field(repr=False)
    card: str = field(repr=False)
    token: str = field(repr=False)

    @property
    def is_repeatable(self) -> bool:
        """Whether doing it twice is doing it once."""
        return self.edits is not None

    @property
    def said(self) -> Content | None:
        """What it says; ``None``: that is forgotten."""
        stored = self.card or self.content
        return msgspec.json.decode(stored, type=Content) if stored else None


@dataclass(frozen=True, slots=True)
class Sent(outbox.Sent):
    """What came of one attempt: where it stands, or what the messenger told of the chat.

    ``has_lost_message``: the message that was to be edited is not there any more.
    """

    message_id: int | None = None
    file_id: str | None = None
    moved_to: int | None = None
    has_lost_message: bool = False


def linked(text: Text, links: Mapping[str, str]) -> Text:
    """A text whose buttons open our application: by which link, each address of theirs says."""
    return replace(text, buttons=[[_linked(one, links) for one in row] for row in text.buttons])


def _linked(button: Button, links: Mapping[str, str]) -> Button:
    return Button(button.text, links.get(button.url, button.url))


def opens(buttons: Sequence[Sequence[Button]]) -> bool:
    """Whether one of them opens our application."""
    return any(one.url == OPEN for row in buttons for one in row)


def open_of(number: int) -> str:
    """The address of a button that opens our application from another chat, by any number that it has or had."""
    return f"{_OPEN_OF}{number}"


def opened_of(buttons: Sequence[Sequence[Button]]) -> list[int]:
    """From which other chats buttons open it."""
    urls = [one.url for row in buttons for one in row]
    return [int(one.removeprefix(_OPEN_OF)) for one in urls if one.startswith(_OPEN_OF)]
