"""What numbering brings to every process; what it serves is in ``routes``."""

from typing import Final

from tramita.kit.area import Area, Promises
from tramita.numbering import jobs
from tramita.numbering.check import check_numbering, count_numbering
from tramita.numbering.devices import jobs as devices
from tramita.numbering.devices.settings import DeviceSettings
from tramita.numbering.numbers.rows import facts_about
from tramita.numbering.settings import NumberingSettings

AREA: Final = Area(
    key="numbering",
    jobs=[*jobs.JOBS, *devices.JOBS],
    schedules=[*jobs.SCHEDULES, *devices.SCHEDULES],
    kinds=jobs.KINDS,
    settings={"Numbering": NumberingSettings, "Devices": DeviceSettings},
    promises=Promises(check=check_numbering, count=count_numbering),
    facts=facts_about,
)
