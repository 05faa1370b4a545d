"""Everything of numbering that runs in workers: jobs, schedules, kinds of operation."""

from collections.abc import Sequence
from typing import Any, Final

from tramita.kit.jobs import Job, Schedule
from tramita.kit.operations.kind import OperationKind
from tramita.kit.runtime import Runtime
from tramita.numbering.contracts.journey import (
    activate_line,
    ask_line,
    end_line,
    get_number,
    take_callback,
    tend_contract,
)
from tramita.numbering.numbers import releasing
from tramita.numbering.numbers.journey import ask_reservation, release_number, reserve
from tramita.numbering.previews.journey import ask_hold, pre_reserve, release_hold

JOBS: Final[Sequence[Job[Runtime]]] = [
    *pre_reserve.JOBS,
    ask_hold.QUESTION.job,
    *release_hold.RELEASE.jobs,
    *reserve.JOBS,
    ask_reservation.QUESTION.job,
    *release_number.RELEASE.jobs,
    *tend_contract.JOBS,
    *get_number.JOBS,
    *activate_line.JOBS,
    *ask_line.JOBS,
    *end_line.JOBS,
    *take_callback.JOBS,
]

SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [*releasing.SCHEDULES]

KINDS: Final[Sequence[OperationKind[Any, Any]]] = [
    pre_reserve.WISH,
    release_hold.RELEASE.kind,
    reserve.CLAIM,
    release_number.RELEASE.kind,
    activate_line.ACTIVATION,
    end_line.ENDING,
]
