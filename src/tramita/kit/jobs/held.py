"""Jobs that ended in an error of our own: held, with it, until a person has them run again.

No provider had anything to do with it, so no outcome and no operation tells of it; what
the job was to carry on stands still. Once the cause is mended, running it again is all
there is to do: a job may always run twice.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

import asyncpg
import msgspec
import structlog

from tramita.kit.alike import without_numbers
from tramita.kit.errors import ConflictError
from tramita.kit.jobs.rows import requeue_jobs
from tramita.kit.masking import mask_body, mask_text
from tramita.kit.transient import PASSING_NAMES

log = structlog.get_logger(__name__)


class JobEnqueuedMeanwhile(ConflictError):
    """One of these jobs was enqueued anew at this moment. Look again."""


class _Traceback(msgspec.Struct):
    """What the queue writes down of an error."""

    exception_type: str
    exception_message: str
    traceback: str


@dataclass(frozen=True, slots=True)
class HeldJob:
    """One of them; ``arguments`` (JSON), ``error`` and ``traceback`` are masked.

    ``carries`` are the ids among its arguments, by name: what stands still with it.
    ``held_at`` and ``waited`` are the database's real time, not the movable clock's.
    """

    id: int
    name: str
    arguments: str
    carries: Mapping[str, UUID]
    held_at: datetime
    waited: timedelta
    error: str
    traceback: str

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        """A row of the queue with the last entry of its log, which may be gone by now."""
        error, traceback = _read_error(row["traceback"])
        return cls(
            id=row["id"],
            name=row["entrypoint"],
            arguments=mask_body(row["payload"] or b"{}"),
            carries=_ids(row["payload"] or b"{}"),
            held_at=row["updated"],
            waited=row["waited"],
            error=error,
            traceback=traceback,
        )


def _read_error(said: str | None) -> tuple[str, str]:
    """What the queue's log says of an error, and where it was, masked."""
    if said is None:
        return "The queue's log says no more why.", ""
    told = msgspec.json.decode(said, type=_Traceback)
    error = f"{told.exception_type}: {told.exception_message}".strip(": ")
    return mask_text(error), mask_text(told.traceback)


def _ids(payload: bytes) -> dict[str, UUID]:
    arguments = msgspec.json.decode(payload, type=dict[str, Any])
    found = {}
    for name, value in arguments.items():
        with suppress(msgspec.ValidationError):
            found[name] = msgspec.convert(value, UUID)
    return found


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """Held jobs that are alike: of one name, with errors that differ in numbers and ids alone.

    ``error`` is that of the first of them, masked; times are as those of a held job.
    """

    alike: str
    name: str
    error: str
    count: int
    held_at: datetime
    waited: timedelta

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        """A group with what the queue's log says of its first."""
        told = dict(row)
        error, _ = _read_error(told.pop("traceback"))
        return cls(**told, error=error)


_LOGGED: Final = """
    LEFT JOIN LATERAL (
        SELECT traceback FROM pgqueuer_log WHERE job_id = {job} AND status = 'failed'
        ORDER BY created DESC LIMIT 1
    ) AS l ON true
"""
_HELD: Final = f"pgqueuer AS q {_LOGGED.format(job='q.id')} WHERE q.status = 'failed'"
# A traceback is long, and lies apart: it is read once for both.
_ALIKE: Final = f"""
    (SELECT md5(q.entrypoint || ' ' || coalesce(e.exception_type, '') || ' '
                || {without_numbers("e.exception_message")})
     FROM jsonb_to_record(coalesce(l.traceback, '{{}}'))
         AS e(exception_type text, exception_message text))
"""  # noqa: S608 - ours


async def find_held_jobs(
    connection: asyncpg.Connection, *, after: int | None, limit: int, alike: str | None = None
) -> list[HeldJob]:
    """Held jobs, or those of a group, in the order in which they were enqueued, behind ``after``."""
    which, values = ("true", ()) if alike is None else (f"{_ALIKE} = $3", (alike,))
    rows = await connection.fetch(
        f"""
        SELECT q.id, q.entrypoint, q.payload, q.updated, now() - q.updated AS waited,
               l.traceback::text
        FROM {_HELD} AND q.id > $1 AND {which} ORDER BY q.id LIMIT $2
        """,  # noqa: S608 - ours
        after or 0,
        limit,
        *values,
    )
    return [HeldJob.of(row) for row in rows]


async def find_held_groups(connection: asyncpg.Connection, *, most: int) -> list[HeldGroup]:
    """What the first ``most`` held jobs are alike by, the largest group first."""
    rows = await connection.fetch(
        f"""
        SELECT g.alike, g.name, g.count, g.held_at, now() - g.held_at AS waited,
               l.traceback::text
        FROM (SELECT alike, min(id) AS id, min(entrypoint) AS name, count(*)::int AS count,
                     min(updated) AS held_at
              FROM (SELECT q.id, q.entrypoint, q.updated, {_ALIKE} AS alike
                    FROM {_HELD} ORDER BY q.id LIMIT $1) AS first
              GROUP BY alike) AS g {_LOGGED.format(job="g.id")}
        ORDER BY g.count DESC, g.held_at, g.alike
        """,  # noqa: S608 - ours
        most,
    )
    return [HeldGroup.of(row) for row in rows]


async def find_held_ids(connection: asyncpg.Connection, alike: str) -> list[int]:
    """Every held job of a group."""
    rows = await connection.fetch(
        f"SELECT q.id FROM {_HELD} AND {_ALIKE} = $1 ORDER BY q.id",  # noqa: S608 - ours
        alike,
    )
    return [row["id"] for row in rows]


async def find_held_jobs_of(
    connection: asyncpg.Connection, ids: Sequence[UUID], *, limit: int
) -> list[HeldJob]:
    """The held jobs that carry one of these things; ``held_at`` is the platform's time here.

    Every held job is looked at: hardly ever is there one.
    """
    rows = await connection.fetch(
        f"""
        SELECT q.id, q.entrypoint, q.payload, q.updated + (tramita_now() - now()) AS updated,
               now() - q.updated AS waited, l.traceback::text
        FROM {_HELD} AND EXISTS (
            SELECT FROM jsonb_each_text(convert_from(q.payload, 'UTF8')::jsonb) AS a
            WHERE a.value = ANY($1::text[]))
        ORDER BY q.id LIMIT $2
        """,  # noqa: S608 - ours
        [str(one) for one in ids],
        limit,
    )
    return [HeldJob.of(row) for row in rows]


async def count_held_jobs(
    connection: asyncpg.Connection, *, alike: str | None = None, most: int | None = None
) -> int:
    """How many jobs are held, or those of a group; ``most`` + 1 stands for more."""
    held = "FROM pgqueuer AS q WHERE q.status = 'failed'"
    held, values = (held, ()) if alike is None else (f"FROM {_HELD} AND {_ALIKE} = $2", (alike,))
    counted: int = await connection.fetchval(
        f"SELECT count(*) FROM (SELECT {held} LIMIT $1) AS counted",  # noqa: S608 - ours
        None if most is None else most + 1,
        *values,
    )
    return counted


async def run_held_jobs(
    connection: asyncpg.Connection,
    ids: Sequence[int] | None = None,
    *,
    actor: str,
    name: str | None = None,
) -> int:
    """Have these held jobs, or all (of a name), run again; answers how many are held no more.

    Within the caller's transaction, on behalf of ``actor``.

    One whose key waits again, or runs, goes: that one does the same. Raises
    ``JobEnqueuedMeanwhile`` and changes nothing where such a one comes at this moment.
    """
    rows = await connection.fetch(
        """
        SELECT id, entrypoint FROM pgqueuer
        WHERE status = 'failed' AND ($1::bigint[] IS NULL OR id = ANY($1))
          AND ($2::text IS NULL OR entrypoint = $2)
        ORDER BY id FOR UPDATE
        """,
        None if ids is None else list(ids),
        name,
    )
    held = [row["id"] for row in rows]
    await connection.execute(
        """
        DELETE FROM pgqueuer AS held WHERE id = ANY($1) AND EXISTS (
            SELECT FROM pgqueuer AS other WHERE other.dedupe_key = held.dedupe_key
            AND (other.status IN ('queued', 'picked')
                 OR (other.id = ANY($1) AND other.id > held.id)))
        """,
        held,
    )
    try:
        await requeue_jobs(connection, held)
    except asyncpg.UniqueViolationError:
        raise JobEnqueuedMeanwhile from None
    names = sorted({row["entrypoint"] for row in rows})
    log.info("held_jobs_run_again", actor=actor, jobs=names, count=len(held))
    return len(held)


async def run_what_the_database_held(connection: asyncpg.Connection) -> int:
    """Have jobs run again that an earlier release held because its database was away.

    Nothing was wrong with them, so there is nothing that a person could mend.
    """
    async with connection.transaction():
        rows = await connection.fetch(
            """
            SELECT q.id FROM pgqueuer AS q CROSS JOIN LATERAL (
                SELECT traceback ->> 'exception_type' AS error FROM pgqueuer_log
                WHERE job_id = q.id AND status = 'failed' ORDER BY created DESC LIMIT 1
            ) AS l
            WHERE q.status = 'failed' AND l.error = ANY($1::text[])
            """,
            list(PASSING_NAMES),
        )
        ids = [row["id"] for row in rows]
        return await run_held_jobs(connection, ids, actor="migrate") if ids else 0
