"""By which keys a database's values are encrypted, and found: another key reads nothing there.

Every process looks before it starts, so that a slip in a setting is a sentence and not garbage.
Names of keys are public; keys are in settings alone.
"""

from collections.abc import Collection
from enum import StrEnum

from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConfigurationError


class Purpose(StrEnum):
    """What a key is for."""

    VALUES = "values"
    LOOKUP = "lookup"


class EncryptionKeyMissing(ConfigurationError):
    """The database has values encrypted with {keys}, and TRAMITA_ENCRYPTION_KEYS has only {given}: name all of them there, or nobody can read what is kept of people."""


class LookupKeyDiffers(ConfigurationError):
    """In the database people are found by hashes with key {keys}, and TRAMITA_LOOKUP_KEY is {given}: nobody would be found. Set the key from before, or stop every process and run `tramita keys rehash`."""


class RehashUnfinished(ConfigurationError):
    """`tramita keys rehash` has not come to its end, so people are found in part: run it again."""


async def check_keys(database: Database, *, is_reading: bool = False) -> None:
    """Raise ``ConfigurationError`` where the keys do not fit the database.

    Unless it ``is_reading`` only, the key that encrypts is noted down.
    """
    keys = database.keys
    rows = await database.fetch("SELECT purpose, name FROM encryption_keys ORDER BY since, name")
    by_purpose = {
        purpose: [row["name"] for row in rows if row["purpose"] == purpose] for purpose in Purpose
    }
    missing = [one for one in by_purpose[Purpose.VALUES] if one not in keys.names]
    if missing:
        raise EncryptionKeyMissing(keys=_listed(missing), given=_listed(sorted(keys.names)))
    lookup = by_purpose[Purpose.LOOKUP]
    if len(lookup) > 1:
        raise RehashUnfinished
    if lookup != [keys.lookup_name]:
        raise LookupKeyDiffers(keys=_listed(lookup), given=keys.lookup_name)
    if not is_reading and keys.first_name not in by_purpose[Purpose.VALUES]:
        async with database.unit_of_work() as work:
            await note_key(work, Purpose.VALUES, keys.first_name)


async def note_key(work: UnitOfWork, purpose: Purpose, name: str) -> None:
    """Write down that a key is in use."""
    await work.fetch(
        "INSERT INTO encryption_keys (purpose, name, since) VALUES ($1, $2, tramita_now()) "
        "ON CONFLICT DO NOTHING",
        purpose.value,
        name,
    )


async def forget_keys(work: UnitOfWork, purpose: Purpose, *, but: str) -> list[str]:
    """Write down that only one key is in use; answers which were until now."""
    rows = await work.fetch(
        "DELETE FROM encryption_keys WHERE purpose = $1 AND name <> $2 RETURNING name",
        purpose.value,
        but,
    )
    return [row["name"] for row in rows]


def _listed(names: Collection[str]) -> str:
    return ", ".join(names)
