"""Emptying tables of a world whose worker goes on."""

from typing import Final

import asyncpg

from tramita.kit.database.engine import Database
from tramita.testing.waiting import until

# Less than PostgreSQL waits before it looks for a deadlock (1 s): ours never has it look.
_PATIENCE: Final = "300ms"


async def empty(database: Database, *tables: str) -> None:
    """Empty tables and whatever refers to them; raises ``TimeoutError`` if that is never to be had.

    TRUNCATE wants every table for itself, one after the other. A schedule of a worker that runs
    may hold one of them and want another: then ours gives back what it has, and begins again. So it
    does where the machine stood still for so long that PostgreSQL has looked all the same.
    """

    async def is_empty() -> bool:
        try:
            async with database.unit_of_work(actor="test") as work:
                await work.fetch("SELECT set_config('lock_timeout', $1, true)", _PATIENCE)
                await work.fetch(f"TRUNCATE {', '.join(tables)} CASCADE")
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            return False
        return True

    await until(is_empty)
