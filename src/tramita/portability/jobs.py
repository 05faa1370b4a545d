"""Everything of portability that runs in workers: jobs, schedules, kinds of operation."""

from collections.abc import Sequence
from typing import Any, Final

from tramita.kit.jobs import Job, Schedule
from tramita.kit.operations.kind import OperationKind
from tramita.kit.runtime import Runtime
from tramita.portability import timers
from tramita.portability.journey import cancel_proposal, insert_proposal, reconcile_proposal

JOBS: Final[Sequence[Job[Runtime]]] = [
    *insert_proposal.JOBS,
    *reconcile_proposal.JOBS,
    *cancel_proposal.JOBS,
]

SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [*timers.SCHEDULES]

KINDS: Final[Sequence[OperationKind[Any, Any]]] = [
    insert_proposal.INSERTION,
    cancel_proposal.CANCELLATION.kind,
]
