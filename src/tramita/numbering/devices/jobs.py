"""Everything about devices that runs in workers."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.jobs import Job, Schedule
from tramita.kit.runtime import Runtime
from tramita.numbering.devices.sync import SYNC, sync_when_due

JOBS: Final[Sequence[Job[Runtime]]] = [SYNC]

SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [
    Schedule("numbering.sync_devices_when_due", "* * * * * */10", sync_when_due),
]
