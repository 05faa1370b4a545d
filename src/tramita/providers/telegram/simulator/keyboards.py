"""What may stand under a message."""

from typing import Any, Final
from urllib.parse import urlsplit

from tramita.providers.telegram.simulator.errors import (
    BUTTON_DATA_INVALID,
    BUTTON_TYPE_INVALID,
    bad,
)
from tramita.providers.telegram.simulator.records import Chat, Document
from tramita.simulation.front.asking import Refused

# What a button does; each does exactly one thing.
_DEEDS: Final = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
)
_LONGEST_DATA: Final = 64


def read_markup(chat: Chat, markup: dict[str, Any] | None) -> Document | None:
    """The keyboard, if it may stand there; raise ``Refused`` where it may not."""
    if not markup:
        return None
    rows = markup.get("inline_keyboard")
    if rows is None:
        return markup  # Another kind, which stands under nothing.
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Refused(bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array'))
    for button in (button for row in rows for button in row):
        _check(chat, button)
    return {"inline_keyboard": rows}


def _check(chat: Chat, button: Any) -> None:
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise Refused(bad("Text buttons are not allowed in the inline keyboard"))
    deeds = [name for name in _DEEDS if button.get(name) is not None]
    if len(deeds) != 1:
        raise Refused(bad("Text buttons are not allowed in the inline keyboard"))
    said = button[deeds[0]]
    match deeds[0]:
        case "web_app" if chat.is_group:
            raise Refused(BUTTON_TYPE_INVALID)
        case "callback_data" if not 1 <= len(str(said).encode()) <= _LONGEST_DATA:
            raise Refused(BUTTON_DATA_INVALID)
        case "url" if urlsplit(str(said)).scheme not in ("http", "https", "tg"):
            raise Refused(
                bad(f"inline keyboard button URL '{said}' is invalid: Unsupported URL protocol")
            )
        case _:
            return
