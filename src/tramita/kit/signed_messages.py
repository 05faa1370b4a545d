"""Messages that a vendor signs with a secret that both know, and may number itself."""

import hashlib
import hmac
from collections.abc import Callable

import msgspec

from tramita.kit.outside import UNREADABLE
from tramita.kit.provider import Posted, Receiver


def hmac_receiver(
    secret: str, *, header: str, job: str, vendor_id: Callable[[bytes], str | None] | None = None
) -> Receiver:
    """What takes messages with ``header: sha256=<HMAC-SHA256 of the body>``."""

    def verify(posted: Posted) -> bool:
        digest = hmac.new(secret.encode(), posted.body, hashlib.sha256).hexdigest()
        presented = posted.headers.get(header.lower(), "")
        return hmac.compare_digest(f"sha256={digest}".encode(), presented.encode())

    return Receiver(verify, job, vendor_id)


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
