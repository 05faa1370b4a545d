"""How long the queue's log and counts are kept."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.kept import Kept, Now

KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="queue log",
        table="pgqueuer_log",
        what="when each job was enqueued, begun and ended",
        stays="the counts below; why a held job is held, until it is held no more",
        age="created",
        now=Now.REAL,
        days="queue_log_days",
        where="t.aggregated AND NOT EXISTS "
        "(SELECT FROM pgqueuer AS q WHERE q.id = t.job_id AND q.status = 'failed')",
    ),
    Kept(
        name="queue statistics",
        table="pgqueuer_statistics",
        what="how many jobs of each kind ended how, by the second",
        stays="nothing",
        age="created",
        now=Now.REAL,
        days="queue_statistics_days",
    ),
)
