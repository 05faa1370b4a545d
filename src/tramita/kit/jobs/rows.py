"""The queue's rows, as whoever has a connection of its own writes and counts them."""

from collections.abc import Sequence

import asyncpg
import msgspec
from pgqueuer import AsyncpgDriver, Queries
from pgqueuer.types import JobId

from tramita.kit.jobs.model import QueuedJob


class NotInTransaction(RuntimeError):
    """A job was about to be enqueued outside the transaction that wants it."""


async def write_jobs(connection: asyncpg.Connection, jobs: Sequence[QueuedJob]) -> None:
    """Insert ``jobs`` in one statement, inside the connection's open transaction."""
    if not connection.is_in_transaction():
        raise NotInTransaction(", ".join(job.name for job in jobs))
    await Queries(AsyncpgDriver(connection)).enqueue(
        [job.name for job in jobs],
        [msgspec.json.encode(job.arguments) for job in jobs],
        [0] * len(jobs),
        [job.delay for job in jobs],
        [job.key for job in jobs],
        on_conflict="skip",
    )


async def requeue_jobs(connection: asyncpg.Connection, ids: Sequence[int]) -> None:
    """Have held jobs wait to be run again, as if they never had; ids of others do nothing."""
    await Queries(AsyncpgDriver(connection)).requeue_jobs([JobId(id_) for id_ in ids])


async def install_queue(connection: asyncpg.Connection) -> None:
    """Create the queue's own tables, or bring them up to date. Safe to repeat."""
    queries = Queries(AsyncpgDriver(connection))
    if await connection.fetchval("SELECT to_regclass('pgqueuer')") is None:
        await queries.install()
    else:
        await queries.upgrade()


async def count_jobs(connection: asyncpg.Connection) -> dict[str, int]:
    """How many jobs wait or run, by name."""
    rows = await connection.fetch(
        "SELECT entrypoint, count(*) AS n FROM pgqueuer WHERE status IN ('queued', 'picked') "
        "GROUP BY entrypoint"
    )
    return {row["entrypoint"]: row["n"] for row in rows}
