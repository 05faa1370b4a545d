"""Everything of numbering that runs in workers: jobs, schedules, kinds of operation."""

from collections.abc import Sequence
from typing import Any, Final

from tramita.kit.jobs import Job, Schedule
from tramita.kit.operations.kind import OperationKind
from tramita.kit.runtime import Runtime
from tramita.numbering import releasing
from tramita.numbering.journey import (
    ask_hold,
    ask_reservation,
    pre_reserve,
    release_hold,
    release_number,
    reserve,
)

JOBS: Final[Sequence[Job[Runtime]]] = [
    *pre_reserve.JOBS,
    *ask_hold.JOBS,
    *release_hold.JOBS,
    *reserve.JOBS,
    *ask_reservation.JOBS,
    *release_number.JOBS,
]

SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [*releasing.SCHEDULES]

KINDS: Final[Sequence[OperationKind[Any, Any]]] = [
    pre_reserve.WISH,
    release_hold.RELEASE,
    reserve.CLAIM,
    release_number.RELEASE,
]
