"""Everything of numbering that runs in workers: jobs, schedules, kinds of operation."""

from collections.abc import Sequence
from typing import Any, Final

from tramita.kit.jobs import Job, Schedule
from tramita.kit.operations.kind import OperationKind
from tramita.kit.runtime import Runtime
from tramita.numbering import contract_numbers, releasing
from tramita.numbering.journey import (
    activate_line,
    ask_hold,
    ask_line,
    ask_reservation,
    end_line,
    pre_reserve,
    release_hold,
    release_number,
    reserve,
    take_callback,
    tend_contract,
)

JOBS: Final[Sequence[Job[Runtime]]] = [
    *pre_reserve.JOBS,
    *ask_hold.JOBS,
    *release_hold.JOBS,
    *reserve.JOBS,
    *ask_reservation.JOBS,
    *release_number.JOBS,
    *tend_contract.JOBS,
    *contract_numbers.JOBS,
    *activate_line.JOBS,
    *ask_line.JOBS,
    *end_line.JOBS,
    *take_callback.JOBS,
]

SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [*releasing.SCHEDULES]

KINDS: Final[Sequence[OperationKind[Any, Any]]] = [
    pre_reserve.WISH,
    release_hold.RELEASE,
    reserve.CLAIM,
    release_number.RELEASE,
    activate_line.ACTIVATION,
    end_line.ENDING,
]
