"""What GSIM posts to ``/webhooks/gsim``: signed, and numbered by GSIM itself."""

import hashlib
import hmac
from functools import partial
from typing import Final

import msgspec

from tramita.kit.outside import UNREADABLE
from tramita.kit.provider import Connection, Posted, Receiver

# The area's job, which handles a kept message; nothing of the area is imported for it.
JOB: Final = "numbering.take_callback"
SIGNATURE: Final = "x-gsim-signature"


class _Numbered(msgspec.Struct, rename="camel"):
    event_id: str


def make_receiver(connection: Connection) -> Receiver:
    """What takes GSIM's callbacks."""
    secret = connection.settings.read_callback_secret(connection.platform)
    return Receiver(verify=partial(is_signed, secret), job=JOB, vendor_id=read_event_id)


def is_signed(secret: str, posted: Posted) -> bool:
    """Whether GSIM signed it: ``X-GSIM-Signature: sha256=<HMAC-SHA256 of the body>``."""
    expected = f"sha256={hmac.new(secret.encode(), posted.body, hashlib.sha256).hexdigest()}"
    presented = posted.headers.get(SIGNATURE, "")
    return hmac.compare_digest(expected.encode(), presented.encode())


def read_event_id(body: bytes) -> str | None:
    """GSIM's own number of the message; without one, its content identifies it."""
    try:
        return msgspec.json.decode(body, type=_Numbered).event_id
    except UNREADABLE:
        return None
