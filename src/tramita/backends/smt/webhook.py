"""What SMT posts to us: signed, and numbered by SMT itself."""

import hashlib
import hmac
from collections.abc import Callable, Mapping

import msgspec

from tramita.kit.outside import UNREADABLE

SIGNATURE = "x-smt-signature"


class _Numbered(msgspec.Struct):
    event_id: str


def make_verifier(read_secret: Callable[[], str]) -> Callable[[Mapping[str, str], bytes], bool]:
    """Whether SMT signed a body: ``x-smt-signature: sha256=<HMAC-SHA256 of the body>``."""

    def verify(headers: Mapping[str, str], body: bytes) -> bool:
        expected = hmac.new(read_secret().encode(), body, hashlib.sha256).hexdigest()
        presented = headers.get(SIGNATURE, "").removeprefix("sha256=")
        return hmac.compare_digest(expected.encode(), presented.encode())

    return verify


def read_event_id(body: bytes) -> str | None:
    """SMT's own number of the message; without one, its content identifies it."""
    try:
        return msgspec.json.decode(body, type=_Numbered).event_id
    except UNREADABLE:
        return None
