"""What Telegram posts to us: updates, at an address and with a header that nobody else knows.

The same update is the same bytes each time it is delivered. Its number alone does not tell it from
another: after a quiet week Telegram counts from anywhere.
"""

import hashlib
import hmac
import re
from typing import Final

import msgspec

from tramita.kit.errors import ConfigurationError
from tramita.kit.outside import UNREADABLE
from tramita.kit.provider import Connection, Posted, Receiver

# The area's job, which handles a kept update; nothing of the area is imported for it.
JOB: Final = "chats.take_update"
SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"
DOOR: Final = "/telegram/webhook"

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)


class WebhookSecretMalformed(ConfigurationError):
    """{variable} has letters, digits, _ and - only: Telegram takes no other."""


class _Numbered(msgspec.Struct):
    update_id: int


def make_receiver(connection: Connection) -> Receiver:
    """What takes updates."""
    path, secret = read_path(connection), read_shown(connection)

    def verify(posted: Posted) -> bool:
        last = posted.path.rpartition("/")[2]
        shown = posted.headers.get(SECRET_HEADER, "")
        is_here = hmac.compare_digest(last.encode(errors="replace"), path.encode())
        return hmac.compare_digest(shown.encode(errors="replace"), secret.encode()) and is_here

    # Nothing of the body is looked at.
    return Receiver(verify, JOB, vendor_id, admits=verify)


def vendor_id(body: bytes) -> str | None:
    """Number and content of an update: what makes it the same as one before."""
    try:
        number = msgspec.json.decode(body, type=_Numbered).update_id
    except UNREADABLE:
        return None
    return f"{number}-{hashlib.sha256(body).hexdigest()[:16]}"


def read_path(connection: Connection) -> str:
    """The end of the address that Telegram is told."""
    return _checked(connection, "webhook_path")


def read_shown(connection: Connection) -> str:
    """What Telegram is told to show."""
    return _checked(connection, "webhook_secret")


def _checked(connection: Connection, name: str) -> str:
    found = connection.secret(name)
    if _SECRET.fullmatch(found) is None:
        raise WebhookSecretMalformed(variable=f"TRAMITA_TELEGRAM_{name.upper()}")
    return found
