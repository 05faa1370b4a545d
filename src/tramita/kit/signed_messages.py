"""Messages that a vendor signs with a secret that both know, and may number itself."""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Final

import msgspec

from tramita.kit.outside import UNREADABLE
from tramita.kit.provider import Posted, Receiver

_SIGNED: Final = re.compile(r"sha256=[0-9a-f]{64}")


def hmac_receiver(
    secret: str, *, header: str, job: str, vendor_id: Callable[[bytes], str | None] | None = None
) -> Receiver:
    """What takes messages with ``header: sha256=<HMAC-SHA256 of the body>``."""

    def verify(posted: Posted) -> bool:
        digest = hmac.new(secret.encode(), posted.body, hashlib.sha256).hexdigest()
        presented = posted.headers.get(header.lower(), "")
        return hmac.compare_digest(f"sha256={digest}".encode(), presented.encode())

    def admits(posted: Posted) -> bool:
        return _SIGNED.fullmatch(posted.headers.get(header.lower(), "")) is not None

    return Receiver(verify, job, vendor_id, admits)


def numbered_by(member: str) -> Callable[[bytes], str | None]:
    """Reads the vendor's own number of a message; without one, its content identifies it."""
    numbered = msgspec.defstruct("Numbered", [(member, str)])

    def read(body: bytes) -> str | None:
        try:
            number: str = getattr(msgspec.json.decode(body, type=numbered), member)
        except UNREADABLE:
            return None
        return number

    return read
