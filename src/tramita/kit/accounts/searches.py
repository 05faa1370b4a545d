"""What somebody searched for, for the minutes in which they look at what was found.

Whatever was typed may name a person: it stands encrypted, and in no address. The address of what was
found has a random id, which opens it to the same account alone, until its time is over.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.types import encrypted
from tramita.kit.kept import Kept, Now

LIFE: Final = timedelta(minutes=10)
# As what is encrypted.
_TYPED: Final = encrypted("searches.typed")


async def keep_search(work: UnitOfWork, account_id: UUID, typed: str) -> UUID:
    """Keep what an account searched for; answers by which id it is told again."""
    # Random, and not by time: nobody is to guess it from another.
    search = uuid4()
    await work.fetch(
        "INSERT INTO searches (id, account_id, typed, created_at) VALUES ($1, $2, $3, now())",
        search,
        account_id,
        work.keys.encrypt(typed, _TYPED),
    )
    return search


async def find_search(work: UnitOfWork, account_id: UUID, search: UUID) -> str | None:
    """What this account searched for, if its time is not over."""
    rows = await work.fetch(
        "SELECT typed FROM searches "
        "WHERE id = $1 AND account_id = $2 AND created_at > now() - $3::interval",
        search,
        account_id,
        LIFE,
    )
    return work.keys.decrypt(rows[0]["typed"], _TYPED) if rows else None


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="searches",
        table="searches",
        what="what people of the console searched for, encrypted, while they look at what was "
        "found; ten minutes, at any hour",
        stays="nothing",
        age="created_at",
        now=Now.REAL,
        days=LIFE / timedelta(days=1),
        order=("created_at", "id"),
        at_any_hour=True,
    ),
)
