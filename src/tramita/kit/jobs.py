"""Durable jobs on PostgreSQL. The only file that knows the queue (PgQueuer).

A job is delivered *at least once*: what makes it safe to repeat is the operation
row it works on. Jobs are enqueued by the unit of work, inside its transaction,
and are therefore there exactly when, and only if, the change that wants them is.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Generic, TypeVar

import asyncpg
import msgspec
import structlog
from pgqueuer import AsyncpgDriver, AsyncpgPoolDriver, PgQueuer, Queries
from pgqueuer.errors import FailingListenerError
from pgqueuer.models import Job as QueueRow
from pgqueuer.models import Schedule as ScheduleRow
from pgqueuer.types import QueueExecutionMode

log = structlog.get_logger(__name__)

C = TypeVar("C")


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


def _ignore(_payload: str | bytes | bytearray) -> None:
    """The queue registers what it really listens with."""


@dataclass
class Worker(Generic[C]):
    """Runs jobs and schedules until stopped, and survives the loss of its database."""

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
        pause = 0.2
        while not self._stopping.is_set():
            try:
                await self._run_once(drain=drain)
                pause = 0.2
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                FailingListenerError,
            ) as error:
                # The queue's loop ends when PostgreSQL goes away; jobs wait there for us.
                log.warning("worker_lost_database", error=repr(error), again_in=pause)
                await self._pause(pause)
                pause = min(pause * 2, 5.0)
            if drain:
                return

    def stop(self) -> None:
        """Take no new jobs; ``run`` returns when the running ones have ended."""
        self._stopping.set()
        if self._queue is not None:
            self._queue.shutdown.set()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _run_once(self, *, drain: bool) -> None:
        async with asyncpg.create_pool(self.dsn, min_size=2, max_size=6) as pool:
            driver = AsyncpgPoolDriver(pool)
            self._queue = queue = PgQueuer(driver)
            # The queue probes its listener at once, and on a busy machine the probe overtakes
            # its LISTEN and is lost; listening before that lets no probe fail by itself.
            await driver.add_listener(queue.channel, _ignore)
            self._register(queue, self.jobs, self.schedules)
            if self._stopping.is_set():
                return
            self.is_ready.set()
            run = queue.qm.run if drain else queue.run
            await run(
                dequeue_timeout=self.dequeue_timeout,
                batch_size=self.batch_size,
                mode=QueueExecutionMode.drain if drain else QueueExecutionMode.continuous,
                max_concurrent_tasks=self.concurrency,
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
            await job(self.context, row.payload or b"{}")

    async def _run_schedule(self, schedule: Schedule[C], _row: ScheduleRow) -> None:
        with structlog.contextvars.bound_contextvars(schedule=schedule.name):
            await schedule.run(self.context)
