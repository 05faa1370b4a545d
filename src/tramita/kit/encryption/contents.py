"""Contents that lie outside the database, each encrypted with a key of its own."""

import os
from base64 import urlsafe_b64decode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tramita.kit.encryption.keys import NotDecrypted

_NONCE: Final = 12


def encrypt_content(key: str, content: bytes, name: str) -> bytes:
    """A content as it lies there; ``key`` is one of ``new_key``."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(key).encrypt(nonce, content, name.encode())


def decrypt_content(key: str, stored: bytes, name: str) -> bytes:
    """What was encrypted; raises ``NotDecrypted`` for what somebody changed or moved."""
    try:
        return _cipher(key).decrypt(stored[:_NONCE], stored[_NONCE:], name.encode())
    except (InvalidTag, ValueError):
        raise NotDecrypted(place=f"file {name}", key="of its own") from None


def _cipher(key: str) -> AESGCM:
    return AESGCM(urlsafe_b64decode(key + "="))
