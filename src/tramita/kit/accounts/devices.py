"""Browsers in which an account's password was right before: nobody's guessing keeps them out.

Such a browser holds a cookie that follows from the account's password hash, so nobody can
make one, a new password ends them all, and none of them is kept here.
"""

import hashlib
import hmac
import secrets
import time
from typing import Final

LONGEST: Final = 180 * 24 * 3600


def make_device(password_hash: str) -> str:
    """What a browser keeps after the password was right: when, a number of its own, a seal."""
    text = f"{int(time.time())}.{secrets.token_urlsafe(16)}"
    return f"{text}.{_seal(text, password_hash)}"


def find_device(presented: str | None, password_hash: str | None) -> str | None:
    """The browser's own number, if it is one that the account knows."""
    if not presented or not password_hash or not presented.isascii():
        return None
    text, _, seal = presented.rpartition(".")
    if not hmac.compare_digest(seal, _seal(text, password_hash)):
        return None
    since, _, number = text.partition(".")
    return number if time.time() - int(since) < LONGEST else None


def _seal(text: str, password_hash: str) -> str:
    sealed = hmac.new(password_hash.encode(), f"tramita device {text}".encode(), hashlib.sha256)
    return sealed.hexdigest()
