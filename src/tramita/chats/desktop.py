"""What Telegram's desktop application exports of a chat, as JSON: its messages. Pure and total.

The file is written by people's own computers: whatever of it is no message is left out and counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from tramita.chats.messages import NewMessage
from tramita.chats.ports import Person
from tramita.kit.outside import UNREADABLE, NotUnderstood, storable_json, storable_text

# A supergroup's number in the Bot API: this, less the number that an export has.
_SUPERGROUP: Final = -1_000_000_000_000
_USER: Final = "user"


@dataclass(frozen=True, slots=True)
class Export:
    """A chat's number as the Bot API has it, and its messages, each as it stands in the file."""

    number: int
    items: Sequence[Mapping[str, Any]]


def read_export(content: bytes) -> Export | NotUnderstood:
    """The export of one group; of a whole account it is none."""
    try:
        said = msgspec.json.decode(storable_json(content.removeprefix(b"\xef\xbb\xbf")))
    except UNREADABLE as error:
        return NotUnderstood(f"It is no JSON: {error}")
    if not isinstance(said, dict) or not isinstance(said.get("messages"), list):
        return NotUnderstood("It is no export of one chat: there are no messages in it.")
    number, kind = said.get("id"), str(said.get("type", ""))
    if not isinstance(number, int) or "group" not in kind:
        return NotUnderstood("It is not the export of a group.")
    items = [one for one in said["messages"] if isinstance(one, dict)]
    return Export(_SUPERGROUP - number if "supergroup" in kind else -number, items)


def read_item(chat_id: UUID, in_chat: int, item: Mapping[str, Any]) -> NewMessage | None:
    """One message; ``None``: it is none, or says no number and no time."""
    number, at = item.get("id"), _moment(item, "date")
    if not isinstance(number, int) or number <= 0 or at is None:
        return None
    reply_to, service = item.get("reply_to_message_id"), item.get("type") == "service"
    return NewMessage(
        chat_id,
        in_chat,
        number,
        at,
        storable_text("".join(_texts(item.get("text")))),
        edited_at=_moment(item, "edited"),
        sender=_sender(item),
        reply_to=reply_to if isinstance(reply_to, int) else None,
        service=str(item.get("action", "service")) if service else "",
    )


def _moment(item: Mapping[str, Any], name: str) -> datetime | None:
    """The exact second; what the file says besides is in the zone of whoever exported it."""
    try:
        return datetime.fromtimestamp(int(item[f"{name}_unixtime"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def _texts(said: object) -> Iterator[str]:
    """A text is one, or pieces, some of them with what they are."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, list):
        for one in said:
            yield from _texts(one.get("text") if isinstance(one, dict) else one)


def _sender(item: Mapping[str, Any]) -> Person | None:
    known, name = str(item.get("from_id", "")), item.get("from")
    if not known.startswith(_USER) or not known[len(_USER) :].isdigit():
        return None
    return Person(int(known[len(_USER) :]), first_name=name if isinstance(name, str) else "")
