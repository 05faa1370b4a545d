"""Signatures as Standard Webhooks has them, so that receivers verify with a library they have.

``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``; several, separated by a
space, while a secret is being changed (standardwebhooks.com, specification 1.0).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

_PREFIX = "whsec_"


def new_secret() -> str:
    """``whsec_`` and 32 random bytes in base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(keys: Iterable[str], event_id: str, timestamp: int, body: bytes) -> str:
    """One signature per secret; ``timestamp`` is the attempt's, in seconds of 1970."""
    signed = b".".join((event_id.encode(), str(timestamp).encode(), body))
    return " ".join(_sign(key, signed) for key in keys)


def _sign(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(raw, signed, hashlib.sha256)).decode()
