"""Everything of portability that runs in workers: jobs, schedules, kinds of operation."""

from collections.abc import Sequence
from typing import Any, Final

from tramita.kit.jobs import Job, Schedule
from tramita.kit.operations.kind import OperationKind
from tramita.kit.runtime import Runtime
from tramita.portability import documents, timers
from tramita.portability.journey import (
    accept_balance,
    cancel_proposal,
    insert_proposal,
    open_group,
    poll_proposal,
    recalculate_proposal,
    reconcile_proposal,
    search_left_alive,
    send_group,
    submit_proposal,
    take_message,
    upload_picture,
)
from tramita.portability.later_life import polling

JOBS: Final[Sequence[Job[Runtime]]] = [
    *insert_proposal.JOBS,
    *reconcile_proposal.JOBS,
    *cancel_proposal.JOBS,
    *search_left_alive.JOBS,
    *take_message.JOBS,
    *poll_proposal.JOBS,
    *submit_proposal.JOBS,
    *recalculate_proposal.JOBS,
    *accept_balance.JOBS,
    *upload_picture.JOBS,
    *open_group.JOBS,
    *send_group.JOBS,
]

SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [
    *timers.SCHEDULES,
    *polling.SCHEDULES,
    *documents.SCHEDULES,
]

KINDS: Final[Sequence[OperationKind[Any, Any]]] = [
    insert_proposal.INSERTION,
    cancel_proposal.CANCELLATION.kind,
    submit_proposal.SUBMISSION.kind,
    recalculate_proposal.RECALCULATION.kind,
    accept_balance.ACCEPTANCE.kind,
    upload_picture.UPLOAD,
    open_group.OPENING,
    send_group.SENDING,
]
