"""A worker: runs jobs and schedules until it is stopped, whatever becomes of its database."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar

import structlog
from pgqueuer import PgQueuer, Queries
from pgqueuer.core.executors import ScheduleExecutor
from pgqueuer.errors import RetryRequested
from pgqueuer.models import CronExpressionEntrypoint, TracebackRecord
from pgqueuer.models import Job as QueueRow
from pgqueuer.models import Schedule as ScheduleRow
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.types import JOB_STATUS, QueueEntrypoint, QueueExecutionMode, QueueManagerId

from tramita.kit.errors import ProviderUnavailableError
from tramita.kit.jobs.connection import UNANSWERED, PersistentDriver
from tramita.kit.jobs.model import Job, Schedule
from tramita.kit.outside import storable_text
from tramita.kit.transient import has_transient_cause

log = structlog.get_logger(__name__)

C = TypeVar("C")

_SHORTEST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_LONGEST_RETRY = timedelta(minutes=1)
_LAST_MOMENTS = 5.0  # seconds for what was cancelled to end
_LONGEST_TEXT = 50_000  # characters of a traceback that are kept


@dataclass
class QueueQueries(Queries):
    """The queue's statements, none of which lets a job fail."""

    heartbeat_timeout: timedelta = field(kw_only=True)
    changes: Callable[[], int] = field(kw_only=True)
    _is_emptied: bool = field(default=False, init=False)

    async def dequeue(
        self,
        batch_size: int,
        entrypoints: dict[QueueEntrypoint, EntrypointExecutionParameter],
        queue_manager_id: QueueManagerId,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> list[QueueRow]:
        """Jobs that are due; none without asking, where the last answer was all there are.

        The queue asks until it is told of none, which costs as much as being told of many. What
        came since then was heard of, and stands where the queue listens, or is asked for.
        """
        if self._is_emptied:
            self._is_emptied = False
            return []
        heard = self.changes()
        jobs = await super().dequeue(
            batch_size, entrypoints, queue_manager_id, global_concurrency_limit, heartbeat_timeout
        )
        self._is_emptied = 0 < len(jobs) < batch_size and heard == self.changes()
        return jobs

    async def retry_job(
        self, job: QueueRow, delay: timedelta, traceback_record: TracebackRecord | None
    ) -> None:
        """Have a job run again; one that cannot be told now is left to its heartbeat.

        The queue would hold a job whose retry failed. Left as it is, it is taken over, as
        that of a dead worker.
        """
        try:
            await super().retry_job(job, delay, _kept(traceback_record))
        except UNANSWERED as error:
            log.warning("job_left_to_its_heartbeat", job=job.entrypoint, error=repr(error))

    async def log_jobs(
        self, job_status: list[tuple[QueueRow, JOB_STATUS, TracebackRecord | None]]
    ) -> None:
        """Record how jobs ended; one that was cancelled did not end, so it is left as well."""
        ended: list[tuple[QueueRow, JOB_STATUS, TracebackRecord | None]] = [
            (job, how, _kept(why)) for job, how, why in job_status if how != "canceled"
        ]
        if ended:
            await super().log_jobs(ended)

    async def fetch_schedule(
        self, entrypoints: dict[CronExpressionEntrypoint, timedelta]
    ) -> list[ScheduleRow]:
        """What is due; what a dead worker had is taken over as soon as its jobs are.

        The queue by itself would wait for half a minute, and the sweeps with it.
        """
        await self.driver.execute(
            f"UPDATE {self.qbe.settings.schedules_table} SET status = 'queued' "  # noqa: S608
            "WHERE status = 'picked' AND heartbeat < now() - $1::interval",
            self.heartbeat_timeout,
        )
        return await super().fetch_schedule(entrypoints)


@dataclass
class _DueQueries(QueueQueries):
    """What draining looks at: a job deferred to next week does not keep it waiting."""

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        return await self.eligible_queued_work(entrypoints)


def _kept(record: TracebackRecord | None) -> TracebackRecord | None:
    """The record as PostgreSQL can keep it: no NUL, no half characters, not without end."""
    if record is None:
        return None
    return record.model_copy(
        update={
            "exception_message": _text(record.exception_message),
            "traceback": _text(record.traceback),
            "additional_context": {
                name: _text(value) if isinstance(value, str) else value
                for name, value in (record.additional_context or {}).items()
            },
        }
    )


def _text(value: str) -> str:
    return storable_text(value[-_LONGEST_TEXT:])


@dataclass
class _ScheduleExecutor(ScheduleExecutor):
    """Runs a schedule; when it is due next is found out once for each time, not at every look.

    The queue asks every second or two, of each schedule twice.
    """

    _next: datetime | None = None

    def get_next(self) -> datetime:
        """The first of its times that has not passed."""
        if self._next is None or self._next <= datetime.now(UTC):
            self._next = super().get_next()
        return self._next


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
    batch_size: int = 200
    grace: timedelta = timedelta(seconds=45)
    is_ready: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _queue: PgQueuer | None = None

    async def run(self, *, drain: bool = False) -> None:
        """Work until ``stop``; with ``drain`` until nothing is due."""
        pause = _SHORTEST_PAUSE
        while not self._stopping.is_set():
            try:
                await self._run_once(drain=drain)
            except UNANSWERED as error:
                # The jobs wait for us where they are.
                log.warning("worker_begins_again", error=repr(error), again_in=pause)
                await self._pause(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                return

    def stop(self) -> None:
        """Take no new jobs; ``run`` returns when the running ones have ended.

        It waits for them no longer than ``grace``: those that have not ended by then are left
        to other workers, as those of a worker that died.
        """
        self._stopping.set()
        if self._queue is not None:
            self._queue.shutdown.set()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _run_once(self, *, drain: bool) -> None:
        async with PersistentDriver.open(
            self.dsn, stopping=self._stopping, is_listening=self.is_ready
        ) as driver:
            kind = _DueQueries if drain else QueueQueries
            queries = kind(
                driver,
                heartbeat_timeout=self.heartbeat_timeout,
                changes=lambda: driver.changes,
            )
            self._queue = queue = PgQueuer(driver, queries=queries)
            self._register(queue, self.jobs, self.schedules)
            if self._stopping.is_set():
                return
            run = queue.qm.run if drain else queue.run
            await self._see_through(
                run(
                    dequeue_timeout=self.dequeue_timeout,
                    # The queue wants room for two batches.
                    batch_size=max(1, min(self.batch_size, self.concurrency // 2)),
                    mode=QueueExecutionMode.drain if drain else QueueExecutionMode.continuous,
                    max_concurrent_tasks=max(2, self.concurrency),
                    # The driver looks after its listening connection by itself.
                    shutdown_on_listener_failure=False,
                    heartbeat_timeout=self.heartbeat_timeout,
                )
            )

    async def _see_through(self, run: Coroutine[Any, Any, None]) -> None:
        """Run the queue to its end, after the order to stop for no longer than the grace."""
        running = asyncio.create_task(run)
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({running}, timeout=self.grace.total_seconds())
        finally:
            stopping.cancel()
            if not running.done():
                log.warning("worker_leaves_jobs_behind")
                running.cancel()
                await asyncio.wait({running}, timeout=_LAST_MOMENTS)
        if running.done() and not running.cancelled():
            running.result()

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
            queue.schedule(
                schedule.name,
                schedule.cron,
                accepts_context=False,
                executor_factory=_ScheduleExecutor,
            )(partial(self._run_schedule, schedule))

    async def _run_job(self, job: Job[C], row: QueueRow) -> None:
        with structlog.contextvars.bound_contextvars(job=job.name, job_id=int(row.id)):
            try:
                await job(self.context, row.payload or b"{}")
            except Exception as error:
                if not (has_transient_cause(error) or isinstance(error, ProviderUnavailableError)):
                    raise
                delay = min(timedelta(seconds=2 ** min(row.attempts, 10)), _LONGEST_RETRY)
                raise RetryRequested(delay, repr(error)) from error

    async def _run_schedule(self, schedule: Schedule[C], _row: ScheduleRow) -> None:
        with structlog.contextvars.bound_contextvars(schedule=schedule.name):
            await schedule.run(self.context)
