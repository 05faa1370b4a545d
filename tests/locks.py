"""Who waits for a lock: a race is on when its loser stands there."""

from tests.world import until
from tramita.kit.database.engine import Database


async def count_waiting(database: Database) -> int:
    """How many sessions of this database wait for a lock that somebody else has."""
    # In no transaction: one goes on seeing the sessions as it first saw them.
    [row] = await database.fetch(
        "SELECT count(*) AS n FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    found: int = row["n"]
    return found


async def until_waiting(database: Database, count: int = 1, *, deadline: float = 60) -> None:
    """Wait until so many sessions wait for locks."""

    async def is_so() -> bool:
        return await count_waiting(database) >= count

    await until(is_so, deadline=deadline)
