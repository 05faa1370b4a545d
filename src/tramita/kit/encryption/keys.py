"""Keys that hide what is kept of people, and hashes by which it is found all the same.

A value is encrypted with AES-256-GCM. Beside it stands by which key, so that several may be
known at once: the first encrypts, all decrypt. What it is authenticated with is its place
(``customers.name``): in another column it is no value. Texts become ``enc1:`` and base64,
bytes begin with ``ENC1`` behind a zero. What is empty stays so, and what was never encrypted is
read as it is: rows from before, and what erasing leaves.

Pure, but for the random nonce.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tramita.kit.credentials import DemoCredentialRefused, read_credential, secrets_of
from tramita.kit.encryption.settings import EncryptionSettings
from tramita.kit.environment import variable_of
from tramita.kit.errors import ConfigurationError
from tramita.kit.settings import Settings

TEXT: Final = "enc1:"
"""How an encrypted text begins; a key's name in four letters follows."""
BYTES: Final = b"\x00ENC1"
"""The same of bytes; the name's three bytes follow."""
DOCUMENT: Final = "document"
"""The kind of hash by which people are found, in all tables."""
EMAIL: Final = "email"
"""That of e-mail addresses, in small letters."""
PHONE: Final = "phone"
"""That of phone numbers: the digits of the international form."""
NAME: Final = "name"
"""That of names: their words in small letters."""
_QUOTED: Final = f'"{TEXT}'
_KEY_SIZE: Final = 32
_WRITTEN: Final = 43
# Three bytes are four letters of base64, so that SQL can tell by which key a text is encrypted.
_NAME: Final = 3
_NONCE: Final = 12
# 128 bits of HMAC-SHA-256: nobody meets two equal ones by chance.
_HASH: Final = 16


class KeyMalformed(ConfigurationError):
    """{variable} is to be {what}, each as `tramita keys new` prints it."""


class KeyUnknown(ConfigurationError):
    """A value of {place} is encrypted with key {key}, which is not in TRAMITA_ENCRYPTION_KEYS."""


class NotDecrypted(ConfigurationError):
    """A value of {place} is not what key {key} encrypted there: somebody changed or moved it."""


def new_key() -> str:
    """A key as settings have it: 256 random bits in 43 letters."""
    return urlsafe_b64encode(os.urandom(_KEY_SIZE)).decode().rstrip("=")


def keys_of(platform: Settings) -> "Keyring":
    """The keys that this process's environment gives; raises ``ConfigurationError``."""
    return Keyring.of(EncryptionSettings(), platform)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one installation. ``first`` names the one that encrypts."""

    ciphers: Mapping[bytes, AESGCM] = field(repr=False)
    first: bytes
    lookup_key: bytes = field(repr=False)

    @classmethod
    def of(cls, settings: EncryptionSettings, platform: Settings) -> Self:
        """From settings; raises ``ConfigurationError`` where a key is missing or is none."""
        given = read_credential(settings, "encryption_keys", platform).split(",")
        demo = set() if platform.is_demo else {*secrets_of(EncryptionSettings).values()}
        if not demo.isdisjoint(one.strip() for one in given):
            raise DemoCredentialRefused(variable=variable_of(EncryptionSettings, "encryption_keys"))
        keys = [_read_key(one, "encryption_keys", "one key or several") for one in given]
        lookup_key = read_credential(settings, "lookup_key", platform)
        return cls(
            {_name_of(key): AESGCM(key) for key in keys},
            _name_of(keys[0]),
            _read_key(lookup_key, "lookup_key", "one key"),
        )

    @property
    def first_name(self) -> str:
        """What the key that encrypts is called."""
        return name_shown(self.first)

    @property
    def names(self) -> set[str]:
        """What the keys that decrypt are called, in texts and in the database."""
        return {name_shown(one) for one in self.ciphers}

    @property
    def lookup_name(self) -> str:
        """What the key of the hashes is called."""
        return name_shown(_name_of(self.lookup_key))

    def encrypt(self, text: str, place: str) -> str:
        """A text as its column keeps it."""
        if not text:
            return text
        return TEXT + b2a_base64(self._seal(text.encode(), place), newline=False).decode()

    def decrypt(self, stored: str, place: str) -> str:
        """What was encrypted; raises ``KeyUnknown`` and ``NotDecrypted``."""
        if not stored.startswith(TEXT):
            return stored
        try:
            sealed = a2b_base64(stored[len(TEXT) :])
        except NotBase64:
            raise NotDecrypted(place=place, key="?") from None
        return self._open(sealed, place).decode()

    def encrypt_bytes(self, content: bytes, place: str) -> bytes:
        """The same of bytes."""
        return BYTES + self._seal(content, place) if content else content

    def decrypt_bytes(self, stored: bytes, place: str) -> bytes:
        """The same of bytes."""
        return self._open(stored[len(BYTES) :], place) if stored.startswith(BYTES) else stored

    def encrypt_json(self, value: object, place: str) -> str:
        """A structure as JSON for its ``jsonb`` column, there a single string."""
        text = msgspec.json.encode(value).decode()
        return self.encrypt_json_text(text, place) if value else text

    def encrypt_json_text(self, text: str, place: str) -> str:
        """The same of what is JSON already."""
        return f'"{self.encrypt(text, place)}"'

    def decrypt_json(self, stored: str, place: str) -> str:
        """The JSON that was encrypted, as text, of what a ``jsonb`` column has as text."""
        return self.decrypt(stored[1:-1], place) if stored.startswith(_QUOTED) else stored

    def decrypt_decoded(self, stored: Any, place: str) -> Any:
        """The structure that was encrypted, of what the driver has decoded from ``jsonb``."""
        if not isinstance(stored, str):
            return stored
        return msgspec.json.decode(self.decrypt(stored, place))

    def hash(self, kind: str, value: str) -> bytes:
        """By what a value of this kind is found, whatever key it is encrypted with."""
        return hmac.digest(self.hash_key(kind), value.encode(), "sha256")[:_HASH]

    def hash_key(self, kind: str) -> bytes:
        """The key of one kind's hashes: the same number as two things has two hashes."""
        return _derived(self.lookup_key, kind)

    def _seal(self, content: bytes, place: str) -> bytes:
        nonce = os.urandom(_NONCE)
        cipher = self.ciphers[self.first]
        return self.first + nonce + cipher.encrypt(nonce, content, place.encode())

    def _open(self, sealed: bytes, place: str) -> bytes:
        name, nonce = sealed[:_NAME], sealed[_NAME : _NAME + _NONCE]
        cipher = self.ciphers.get(name)
        if cipher is None:
            raise KeyUnknown(place=place, key=name_shown(name))
        try:
            return cipher.decrypt(nonce, sealed[_NAME + _NONCE :], place.encode())
        except (InvalidTag, ValueError):
            raise NotDecrypted(place=place, key=name_shown(name)) from None


def name_shown(name: bytes) -> str:
    """A key's name as it stands in encrypted texts."""
    return b2a_base64(name, newline=False).decode()


def _read_key(given: str, setting: str, what: str) -> bytes:
    text = given.strip()
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        key = b""
    if len(key) != _KEY_SIZE or len(text) != _WRITTEN:
        raise KeyMalformed(variable=variable_of(EncryptionSettings, setting), what=what)
    return key


def _name_of(key: bytes) -> bytes:
    """It says nothing of the key, and is the same wherever the key is."""
    return hashlib.sha256(b"tramita key name" + key).digest()[:_NAME]


@lru_cache(maxsize=64)
def _derived(key: bytes, kind: str) -> bytes:
    return hmac.digest(key, b"tramita lookup " + kind.encode(), "sha256")
