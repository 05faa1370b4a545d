"""The hour within which is counted what a tenant may have kept."""

from datetime import timedelta
from typing import Final

from tests.world import until
from tramita.kit.database.engine import Database

# Longer than any test takes that counts.
_ENOUGH: Final = timedelta(seconds=45)


async def until_an_hour_lasts(database: Database) -> None:
    """Wait out the end of an hour, which would turn while somebody counts within it."""

    async def is_so() -> bool:
        [row] = await database.fetch(
            "SELECT date_trunc('hour', now() + $1) <= now() AS it", _ENOUGH
        )
        return bool(row["it"])

    await until(is_so, deadline=_ENOUGH.total_seconds() * 2)
