"""How somebody who signs in wants to be spoken to."""

from dataclasses import dataclass
from uuid import UUID

from tramita.kit.database.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Preferences:
    """What an account says of its owner's pages.

    Without a ``language`` or a ``time_zone`` it is what the browser says. ``single_keys`` are
    shortcuts of one key, which some people and some machines press without meaning them.
    """

    language: str | None = None
    time_zone: str | None = None
    single_keys: bool = True


async def keep_preferences(work: UnitOfWork, account_id: UUID, own: Preferences) -> None:
    """From the next page on it is spoken so; idempotent."""
    await work.fetch(
        "UPDATE accounts SET language = $2, time_zone = $3, single_keys = $4 WHERE id = $1",
        account_id,
        own.language,
        own.time_zone,
        own.single_keys,
    )
