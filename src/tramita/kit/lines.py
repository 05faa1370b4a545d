"""How the lines of all processes are: each tells the others of its own every few seconds.

A breaker lives in one process, and so does what is under way at a provider. Each process that
works writes both down, with what its providers said last, and reads whether a person wants one of
its breakers closed. A process that says nothing for a while has ended.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec
import structlog

from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.line import Line
from tramita.kit.masking import mask_text
from tramita.kit.metrics import BREAKER_OPEN, IN_FLIGHT
from tramita.kit.transient import is_transient

log = structlog.get_logger(__name__)

# Seconds between two reports, and after which a process that was silent counts no more.
_EVERY: Final = 5.0
SILENT_AFTER: Final = 20.0
_LONGEST_FAILURE: Final = 300

_TELL: Final = """
    WITH told AS (
        SELECT * FROM unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::float8[], $7::float8[],
                             $8::text[])
            AS t(provider, breaker, in_flight, places, answered, failed, failure)
    ), wanted AS (
        SELECT provider FROM provider_lines WHERE process = $1 AND closes
    ), gone AS (
        DELETE FROM provider_lines WHERE seen_at < now() - interval '1 hour'
    ), written AS (
        INSERT INTO provider_lines AS l (process, provider, breaker, in_flight, places, answered_at,
                                         failed_at, failure, seen_at, closes)
        SELECT $1, provider, breaker, in_flight, places,
               (SELECT tramita_now()) - make_interval(secs => answered),
               (SELECT tramita_now()) - make_interval(secs => failed), failure, now(), false
        FROM told ORDER BY provider
        ON CONFLICT (provider, process) DO UPDATE SET
            breaker = excluded.breaker, in_flight = excluded.in_flight, places = excluded.places,
            answered_at = coalesce(excluded.answered_at, l.answered_at),
            failed_at = coalesce(excluded.failed_at, l.failed_at),
            failure = coalesce(excluded.failure, l.failure), seen_at = excluded.seen_at,
            -- What is wanted since we looked is for the next time.
            closes = l.closes AND l.provider NOT IN (SELECT provider FROM wanted)
    )
    SELECT provider FROM wanted
"""


class LineStanding(msgspec.Struct):
    """One process's line to a provider, in platform time.

    ``breaker`` is ``closed``, ``open`` (calls are held back) or ``probing`` (one call finds out).
    ``closes``: a person wants it closed, and the process has not heard of it yet.
    """

    process: str
    provider: str
    breaker: str
    in_flight: int
    places: int
    answered_at: datetime | None
    failed_at: datetime | None
    failure: str | None
    closes: bool


async def find_lines(work: UnitOfWork) -> list[LineStanding]:
    """The lines of every process that has told of them lately."""
    return await work.read(
        LineStanding,
        "SELECT process, provider, breaker, in_flight, places, answered_at, failed_at, failure, "
        "closes FROM provider_lines WHERE seen_at > now() - make_interval(secs => $1) "
        "ORDER BY provider, process",
        SILENT_AFTER,
    )


async def close_breakers(work: UnitOfWork, provider: str) -> int:
    """Have every process call a provider again that it holds back; answers how many do."""
    rows = await work.fetch(
        "UPDATE provider_lines SET closes = true WHERE provider = $1 AND breaker <> 'closed' "
        "AND seen_at > now() - make_interval(secs => $2) RETURNING process",
        provider,
        SILENT_AFTER,
    )
    return len(rows)


def _this_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass
class Reporter:
    """Tells of the lines of one process."""

    database: Database
    lines: Mapping[str, Line]
    process: str = field(default_factory=_this_process)
    every: float = _EVERY

    async def run(self) -> None:
        """Tell until cancelled, whatever becomes of the database."""
        while True:
            try:
                await self.tell()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("lines_not_told", error=repr(error))
            await asyncio.sleep(self.every)

    async def tell(self) -> None:
        """Tell how they are now, and close the breakers that are to be closed."""
        told = [(key, line) for key, line in sorted(self.lines.items())]
        for key, line in told:
            BREAKER_OPEN.labels(key).set(line.breaker.is_open)
            IN_FLIGHT.labels(key).set(line.in_flight)
        if not told:
            return
        rows = await self.database.fetch(_TELL, self.process, *_columns(told))
        # Of one that was called so before us there may be a wish about a provider that we do not call.
        for line in (self.lines[row["provider"]] for row in rows if row["provider"] in self.lines):
            log.info("breaker_closed_by_hand", provider=line.provider)
            line.breaker.succeeded()

    async def end(self) -> None:
        """Say that this process has ended, if the database can be told."""
        try:
            await self.database.fetch("DELETE FROM provider_lines WHERE process = $1", self.process)
        except Exception as error:
            if not is_transient(error):
                raise
            log.info("lines_left_to_time", error=repr(error))


def _columns(told: Sequence[tuple[str, Line]]) -> tuple[list[object], ...]:
    seen = [line.seen() for _, line in told]
    return (
        [key for key, _ in told],
        [line.breaker.standing for _, line in told],
        [line.in_flight for _, line in told],
        [line.concurrency for _, line in told],
        [one.answered for one in seen],
        [one.failed for one in seen],
        [one.failure and mask_text(one.failure)[:_LONGEST_FAILURE] for one in seen],
    )


@asynccontextmanager
async def reporting(
    database: Database, lines: Mapping[str, Line]
) -> AsyncIterator[asyncio.Task[None]]:
    """Tell of this process's lines until the block ends; yields the task that does it."""
    reporter = Reporter(database, lines)
    task = asyncio.create_task(reporter.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await reporter.end()
