"""What Telegram hands to an application that somebody opens: signed, in the address's hash."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tramita.providers.telegram.simulator.messenger import Messenger
from tramita.providers.telegram.simulator.records import Chat, Document, Message, User

# The pair by which this Telegram vouches for what its applications are given.
SIGNING_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_LIGHT: Final = {
    "bg_color": "#ffffff",
    "text_color": "#000000",
    "hint_color": "#707579",
    "link_color": "#3390ec",
    "button_color": "#3390ec",
    "button_text_color": "#ffffff",
    "secondary_bg_color": "#f4f4f5",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """How an application is opened.

    ``age`` is how old what it is given is, negative where it comes from the future; with
    ``is_confused`` the client takes the group for a chat with the sender, as some do.
    """

    start: str
    age: timedelta = timedelta()
    is_confused: bool = False
    has_signature: bool = True


@dataclass(frozen=True, slots=True)
class Launcher:
    """Opens our application."""

    there: Messenger
    token: str

    def open(self, chat: Chat, user: User, how: Opening) -> dict[str, object]:
        """What the application gets, and the address under which it is loaded."""
        data = self.sign(self._fields(chat, user, how), has_signature=how.has_signature)
        launch = {
            "tgWebAppData": data,
            "tgWebAppVersion": "8.0",
            "tgWebAppPlatform": "web",
            "tgWebAppThemeParams": json.dumps(_LIGHT, separators=(",", ":")),
        }
        where = self.there.conditions.app_url
        query = urlencode({"tgWebAppStartParam": how.start})
        address = f"{where}?{query}#{urlencode(launch, quote_via=quote)}"
        return {"init_data": data, "start_param": how.start, "url": address}

    def start_of(self, message: Message) -> str | None:
        """With what a button under a message opens our application, if it has one."""
        rows = (message.markup or {}).get("inline_keyboard", [])
        starts = [self.start_in(str(button.get("url", ""))) for row in rows for button in row]
        return next((start for start in starts if start is not None), None)

    def start_in(self, url: str) -> str | None:
        """The same of an address: None where it leads elsewhere."""
        parts = urlsplit(url)
        path = f"/{self.there.conditions.bot}/{self.there.conditions.app}"
        if parts.hostname != "t.me" or parts.path != path:
            return None
        return parse_qs(parts.query).get("startapp", [""])[0]

    def sign(self, fields: dict[str, str], *, has_signature: bool = True) -> str:
        """``initData`` with Telegram's signature for others, and the hash for us."""
        if has_signature:
            bot_id = self.token.partition(":")[0]
            told = f"{bot_id}:WebAppData\n{_lines(fields)}".encode()
            signature = urlsafe_b64encode(SIGNING_KEY.sign(told)).rstrip(b"=").decode()
            fields = {**fields, "signature": signature}
        key = hmac.new(b"WebAppData", self.token.encode(), hashlib.sha256).digest()
        digest = hmac.new(key, _lines(fields).encode(), hashlib.sha256).hexdigest()
        return urlencode({**fields, "hash": digest}, quote_via=quote, safe="")

    def _fields(self, chat: Chat, user: User, how: Opening) -> dict[str, str]:
        at = self.there.now() - how.age
        user_level = user.id * 142  # Of the person, not of the chat.
        return {
            "user": json.dumps(shown_user(user), separators=(",", ":"), ensure_ascii=False),
            "chat_instance": str(user_level if how.is_confused else chat.instance),
            "chat_type": "sender" if how.is_confused else chat.type,
            "start_param": how.start,
            "auth_date": str(int(at.timestamp())),
        }


def shown_user(user: User) -> Document:
    """A ``WebAppUser``."""
    shown = user.shown()
    del shown["is_bot"]
    return shown


def _lines(fields: dict[str, str]) -> str:
    return "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
