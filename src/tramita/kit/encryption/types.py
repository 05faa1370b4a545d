"""Columns that are encrypted, and those by which they are found, as types of mapped rows.

What is bound is encrypted, what is loaded is decrypted, with the keys of the engine's
database. A value of an encrypted column can be compared with nothing: that raises.
"""

from typing import Any, Final, NoReturn

import msgspec
from sqlalchemy import Column, Dialect, Text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeDecorator

from tramita.kit.encryption.keys import Keyring

ENCRYPTED: Final[set[str]] = set()
"""Places (``customers.name``) whose values are encrypted."""
_KEYS: Final = "tramita_keys"


class Compared(TypeError):
    """An encrypted column was compared: equal values are not equal there; use its hash."""


def encrypted(place: str) -> str:
    """A place whose values are encrypted by whoever writes its rows without mapping them."""
    ENCRYPTED.add(place)
    return place


def set_keys(engine: AsyncEngine, keys: Keyring) -> None:
    """Let rows be mapped on this engine with these keys."""
    setattr(engine.dialect, _KEYS, keys)


def _keys_of(dialect: Dialect) -> Keyring:
    keys: Keyring = getattr(dialect, _KEYS)
    return keys


class _Encrypted(TypeDecorator[Any]):
    """What all of them have in common: their place, and that nothing equals them."""

    impl: Any = Text

    class Comparator(TypeDecorator.Comparator[Any]):
        """Whether there is a value at all can be asked, nothing else."""

        def operate(self, op: Any, *other: Any, **more: Any) -> Any:
            """Refuse what would find nothing without a word."""
            # SQLAlchemy itself compares columns with one another, to tell which is which.
            are_columns = bool(other) and all(isinstance(one, Column) for one in other)
            if are_columns or op.__name__ in {"is_", "is_not"}:
                return super().operate(op, *other, **more)
            raise Compared(str(self.expr))

    comparator_factory = Comparator

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = encrypted(place)

    def process_literal_param(self, value: Any, dialect: Dialect) -> NoReturn:
        """It would stand in a statement."""
        raise Compared(self.place)


class EncryptedText(_Encrypted):
    """A text."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt."""
        return None if value is None else _keys_of(dialect).encrypt(value, self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt."""
        return None if value is None else _keys_of(dialect).decrypt(value, self.place)


class EncryptedJSON(_Encrypted):
    """A structure; in the database a string in ``jsonb``. None is none there."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Encrypt."""
        if not value:
            return value
        return _keys_of(dialect).encrypt(msgspec.json.encode(value).decode(), self.place)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Decrypt."""
        if not isinstance(value, str):
            return value
        return msgspec.json.decode(_keys_of(dialect).decrypt(value, self.place))


class Hashed(TypeDecorator[Any]):
    """What an encrypted value is found by; bound is the value itself, as text."""

    impl = BYTEA
    cache_ok = True

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Hash."""
        return None if value is None else _keys_of(dialect).hash(self.kind, value)
