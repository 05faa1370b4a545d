"""The queue's rows, as whoever has a connection of its own writes and counts them."""

from collections.abc import Sequence
from itertools import compress

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
    payloads = [msgspec.json.encode(job.arguments) for job in jobs]
    if any(job.is_sweep for job in jobs):
        held = await _held(connection, jobs, payloads)
        written = [not (job.is_sweep and place in held) for place, job in enumerate(jobs)]
        jobs, payloads = list(compress(jobs, written)), list(compress(payloads, written))
        if not jobs:
            return
    await Queries(AsyncpgDriver(connection)).enqueue(
        [job.name for job in jobs],
        [*payloads],
        [0] * len(jobs),
        [job.delay for job in jobs],
        [job.key for job in jobs],
        on_conflict="skip",
    )


async def _held(
    connection: asyncpg.Connection, jobs: Sequence[QueuedJob], payloads: Sequence[bytes]
) -> set[int]:
    """The places of the jobs that are held already."""
    rows = await connection.fetch(
        """
        SELECT w.place FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS w(name, payload, place)
        WHERE (w.name, w.payload) IN
            (SELECT entrypoint, payload FROM pgqueuer WHERE status = 'failed' AND payload IS NOT NULL)
        """,
        [job.name for job in jobs],
        list(payloads),
    )
    return {row["place"] - 1 for row in rows}


async def requeue_jobs(connection: asyncpg.Connection, ids: Sequence[int]) -> None:
    """Have held jobs wait to be run again, as if they never had; ids of others do nothing."""
    await Queries(AsyncpgDriver(connection)).requeue_jobs([JobId(id_) for id_ in ids])


# Of our own. By the second an idle worker finds the next job that waits for its time.
_INDEXES = (
    "pgqueuer_held ON pgqueuer (id) WHERE status = 'failed'",
    "pgqueuer_next ON pgqueuer (execute_after) WHERE status = 'queued'",
)


async def install_queue(connection: asyncpg.Connection) -> None:
    """Create the queue's own tables, or bring them up to date. Safe to repeat."""
    queries = Queries(AsyncpgDriver(connection))
    if await connection.fetchval("SELECT to_regclass('pgqueuer')") is None:
        await queries.install()
    else:
        await queries.upgrade()
    for index in _INDEXES:
        await connection.execute(f"CREATE INDEX IF NOT EXISTS {index}")


def payload_of(argument: str, value: str) -> str:
    """SQL: the payload of a job whose only argument is this one, with the id in ``value``."""
    return f"convert_to('{{\"{argument}\":\"' || {value} || '\"}}', 'UTF8')"


# SQL: payloads of the jobs that are held, for ``… IN (…)``; they are few, and have an index.
HELD_PAYLOADS = "SELECT payload FROM pgqueuer WHERE status = 'failed' AND payload IS NOT NULL"


def with_jobs(source: str, argument: str) -> str:
    """SQL: the ids of ``source`` for which there are jobs, by that argument.

    ``is_held``: one is held. ``acts_at``: when one that waits or runs will have acted first.
    """
    return f"""
        SELECT s.id, bool_or(q.status = 'failed') AS is_held,
               min(CASE q.status WHEN 'queued' THEN q.execute_after WHEN 'picked' THEN now() END)
                   AS acts_at
        FROM {source} AS s JOIN pgqueuer AS q ON q.payload = {payload_of(argument, "s.id")}
        GROUP BY s.id
    """  # noqa: S608 - our own texts


async def count_waiting(connection: asyncpg.Connection, *, most: int) -> int:
    """How many jobs wait or run; no further than ``most``, so that it costs the same always."""
    counted: int = await connection.fetchval(
        "SELECT count(*) FROM "
        "(SELECT FROM pgqueuer WHERE status IN ('queued', 'picked') LIMIT $1) AS counted",
        most,
    )
    return counted


async def count_jobs(connection: asyncpg.Connection) -> dict[str, int]:
    """How many jobs wait or run, by name."""
    rows = await connection.fetch(
        "SELECT entrypoint, count(*) AS n FROM pgqueuer WHERE status IN ('queued', 'picked') "
        "GROUP BY entrypoint"
    )
    return {row["entrypoint"]: row["n"] for row in rows}
