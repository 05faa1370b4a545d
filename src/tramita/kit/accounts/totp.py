"""Codes of an authenticator app: RFC 6238 with SHA-1, six digits and steps of thirty seconds.

Pure: the time is given, and so is what was used before. SHA-1 and six digits are what every app
reads; nothing here rests on SHA-1's resistance to collisions.
"""

import hmac
import secrets
from base64 import b32encode
from typing import Final
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

DIGITS: Final = 6
SECONDS: Final = 30
# A clock may be wrong by one step, and somebody may type slowly.
_DRIFT: Final = 1
# As long as SHA-1's result, as RFC 4226 wants it.
_SIZE: Final = 20


def new_secret() -> bytes:
    """160 random bits."""
    return secrets.token_bytes(_SIZE)


def step_at(at: float) -> int:
    """Which step a time is in, in seconds since 1970."""
    return int(at) // SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The code of a step."""
    return HOTP(secret, DIGITS, SHA1()).generate(step).decode()  # noqa: S303 - what apps read


def find_step(secret: bytes, code: str, *, at: float, after: int) -> int | None:
    """The step whose code this is, near ``at`` and later than ``after``: no code counts twice."""
    now, found = step_at(at), None
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        is_it = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if is_it and step > after:
            found = step
    return found


def written(secret: bytes) -> str:
    """The secret for whoever has to type it: groups of four."""
    text = b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address_of(secret: bytes, *, email: str, issuer: str) -> str:
    """What the QR code says: ``otpauth://totp/…``."""
    label = quote(f"{issuer}:{email}")
    asked = {"secret": b32encode(secret).decode(), "issuer": issuer}
    return f"otpauth://totp/{label}?{urlencode(asked, quote_via=quote)}"
