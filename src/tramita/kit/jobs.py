"""Durable jobs on PostgreSQL. The only file that knows the queue (PgQueuer).

A job is delivered *at least once*: what makes it safe to repeat is the operation
row it works on. Jobs are enqueued by the unit of work, inside its transaction,
and are therefore there exactly when, and only if, the change that wants them is.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Generic, TypeVar

import asyncpg
import msgspec
import structlog
from pgqueuer import AsyncpgDriver, AsyncpgPoolDriver, PgQueuer, Queries
from pgqueuer.errors import FailingListenerError, RetryRequested
from pgqueuer.models import Job as QueueRow
from pgqueuer.models import Schedule as ScheduleRow
from pgqueuer.types import JobId, QueueEntrypoint, QueueExecutionMode

from tramita.kit.transient import is_transient

log = structlog.get_logger(__name__)

C = TypeVar("C")

# What the queue's loop ends with when PostgreSQL, or only its listening connection, goes away.
_LOST = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    FailingListenerError,
)
_SHORTEST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_LONGEST_RETRY = timedelta(minutes=1)


@dataclass(frozen=True)
class Job(Generic[C]):
    """One durable step, named ``area.verb_noun``; ``run(context, **arguments)``.

    Arguments travel as JSON and come back as the types ``run`` annotates.
    ``concurrency`` bounds the job over all workers together; 0 means no bound.
    """

    name: str
    run: Callable[..., Awaitable[None]]
    concurrency: int = 0

    async def __call__(self, context: C, payload: bytes) -> None:
        """Run the job with the arguments it was enqueued with."""
        arguments = msgspec.json.decode(payload, type=dict[str, object])
        types = inspect.get_annotations(self.run, eval_str=True)
        await self.run(
            context,
            **{name: msgspec.convert(value, types[name]) for name, value in arguments.items()},
        )


@dataclass(frozen=True)
class Schedule(Generic[C]):
    """Work done again and again by one worker at a time.

    ``cron`` has five fields, or six with seconds last: ``* * * * * */2``.
    """

    name: str
    cron: str
    run: Callable[[C], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job waiting to be written with its unit of work; arguments are JSON-able.

    Two waiting jobs with the same ``key`` are one.
    """

    name: str
    arguments: dict[str, object]
    delay: timedelta | None = None
    key: str | None = None


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


async def _leave_as_it_is(_connection: asyncpg.Connection) -> None:
    """The queue leaves nothing behind in a session; clearing it would double its statements."""


def _ignore(_payload: str | bytes | bytearray) -> None:
    """The queue registers what it really listens with."""


class _DueQueries(Queries):
    """What draining looks at: a job deferred to next week does not keep it waiting."""

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        return await self.eligible_queued_work(entrypoints)


@dataclass
class Worker(Generic[C]):
    """Runs jobs and schedules until stopped, and survives the loss of its database.

    A job that fails is held, with its traceback, until a person has it run again
    (``held_jobs``); one that fails because the database was away or busy is run again by itself.
    """

    dsn: str
    context: C
    jobs: Sequence[Job[C]]
    schedules: Sequence[Schedule[C]] = ()
    concurrency: int = 500
    heartbeat_timeout: timedelta = timedelta(seconds=10)
    dequeue_timeout: timedelta = timedelta(seconds=2)
    batch_size: int = 50
    is_ready: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _queue: PgQueuer | None = None

    async def run(self, *, drain: bool = False) -> None:
        """Work until ``stop``; with ``drain`` until nothing is due."""
        pause = _SHORTEST_PAUSE
        while not self._stopping.is_set():
            try:
                await self._run_once(drain=drain)
            except _LOST as error:
                # The jobs wait for us where they are.
                if self.is_ready.is_set():
                    pause = _SHORTEST_PAUSE
                self.is_ready.clear()
                log.warning("worker_lost_database", error=repr(error), again_in=pause)
                await self._pause(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                return

    def stop(self) -> None:
        """Take no new jobs; ``run`` returns when the running ones have ended."""
        self._stopping.set()
        if self._queue is not None:
            self._queue.shutdown.set()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _run_once(self, *, drain: bool) -> None:
        async with asyncpg.create_pool(
            self.dsn, min_size=2, max_size=6, reset=_leave_as_it_is
        ) as pool:
            driver = AsyncpgPoolDriver(pool)
            queries = _DueQueries(driver) if drain else Queries(driver)
            self._queue = queue = PgQueuer(driver, queries=queries)
            self._register(queue, self.jobs, self.schedules)
            if self._stopping.is_set():
                return
            # The queue probes its listener at once, and on a busy machine the probe overtakes
            # its LISTEN and is lost; listening before that lets no probe fail by itself.
            await driver.add_listener(queue.channel, _ignore)
            self.is_ready.set()
            run = queue.qm.run if drain else queue.run
            await run(
                dequeue_timeout=self.dequeue_timeout,
                # The queue wants room for two batches.
                batch_size=max(1, min(self.batch_size, self.concurrency // 2)),
                mode=QueueExecutionMode.drain if drain else QueueExecutionMode.continuous,
                max_concurrent_tasks=max(2, self.concurrency),
                shutdown_on_listener_failure=True,
                heartbeat_timeout=self.heartbeat_timeout,
            )

    def _register(
        self, queue: PgQueuer, jobs: Iterable[Job[C]], schedules: Iterable[Schedule[C]]
    ) -> None:
        for job in jobs:
            register = queue.entrypoint(
                job.name,
                concurrency_limit=job.concurrency,
                accepts_context=False,
                on_failure="hold",
            )
            register(partial(self._run_job, job))
        for schedule in schedules:
            queue.schedule(schedule.name, schedule.cron, accepts_context=False)(
                partial(self._run_schedule, schedule)
            )

    async def _run_job(self, job: Job[C], row: QueueRow) -> None:
        with structlog.contextvars.bound_contextvars(job=job.name, job_id=int(row.id)):
            try:
                await job(self.context, row.payload or b"{}")
            except Exception as error:
                if not is_transient(error):
                    raise
                delay = min(timedelta(seconds=2 ** min(row.attempts, 10)), _LONGEST_RETRY)
                raise RetryRequested(delay, repr(error)) from error

    async def _run_schedule(self, schedule: Schedule[C], _row: ScheduleRow) -> None:
        with structlog.contextvars.bound_contextvars(schedule=schedule.name):
            await schedule.run(self.context)
