"""Durable jobs on PostgreSQL. The only package that knows the queue (PgQueuer).

A job is delivered *at least once*: what makes it safe to repeat is the operation
row it works on. Jobs are enqueued by the unit of work, inside its transaction,
and are therefore there exactly when, and only if, the change that wants them is.
"""

from tramita.kit.jobs.model import Job, QueuedJob, Schedule
from tramita.kit.jobs.rows import (
    NotInTransaction,
    count_jobs,
    count_waiting,
    install_queue,
    requeue_jobs,
    write_jobs,
)
from tramita.kit.jobs.worker import Worker

__all__ = [
    "Job",
    "NotInTransaction",
    "QueuedJob",
    "Schedule",
    "Worker",
    "count_jobs",
    "count_waiting",
    "install_queue",
    "requeue_jobs",
    "write_jobs",
]
