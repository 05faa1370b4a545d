"""What runs the jobs, in a process of its own or beside the web."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from tramita.contracts.backends import load_backends
from tramita.kit.jobs import Job, Schedule, Worker
from tramita.kit.runtime import Runtime
from tramita.process.areas import EVERYTHING


def all_jobs() -> list[Job[Any]]:
    """The jobs of every area and of every installed contract backend."""
    backends = load_backends().loaded.values()
    return [
        *(job for area in EVERYTHING for job in area.jobs),
        *(job for backend in backends for job in backend.jobs),
    ]


def all_schedules() -> list[Schedule[Runtime]]:
    """What every area does again and again."""
    return [schedule for area in EVERYTHING for schedule in area.schedules]


def make_worker(runtime: Runtime) -> Worker[Runtime]:
    """A worker for every job there is."""
    settings = runtime.settings
    return Worker(
        runtime.database.dsn,
        runtime,
        all_jobs(),
        all_schedules(),
        concurrency=settings.worker_concurrency,
        heartbeat_timeout=timedelta(seconds=settings.heartbeat_timeout),
        dequeue_timeout=timedelta(seconds=settings.dequeue_timeout),
        grace=timedelta(seconds=settings.worker_grace),
    )


@asynccontextmanager
async def running_worker(runtime: Runtime) -> AsyncIterator[asyncio.Task[None]]:
    """A worker beside whatever else this process does; stopped gently at the end.

    Yields its task: one that ends by itself has failed, and its process should end too.
    """
    worker = make_worker(runtime)
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        worker.stop()
        await task
