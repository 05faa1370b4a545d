"""What numbering brings to every process; what it serves is in ``routes``."""

from typing import Final

from tramita.kit.area import Area, Promises
from tramita.kit.jobs import Schedule
from tramita.numbering import kept as previews
from tramita.numbering.check import check_numbering, count_numbering
from tramita.numbering.contracts.journey import (
    activate_line,
    end_line,
    get_number,
    take_callback,
    tend_contract,
)
from tramita.numbering.devices.settings import DeviceSettings
from tramita.numbering.devices.sync import SYNC, sync_when_due
from tramita.numbering.finding import FINDER
from tramita.numbering.numbers import releasing
from tramita.numbering.numbers.journey import ask_reservation, release_number, reserve
from tramita.numbering.numbers.rows import facts_about
from tramita.numbering.people import PEOPLE
from tramita.numbering.previews.journey import ask_hold, pre_reserve, release_hold
from tramita.numbering.settings import NumberingSettings

AREA: Final = Area(
    key="numbering",
    jobs=[
        *pre_reserve.JOBS,
        ask_hold.QUESTION.job,
        *release_hold.RELEASE.jobs,
        *reserve.JOBS,
        ask_reservation.QUESTION.job,
        *release_number.RELEASE.jobs,
        *tend_contract.JOBS,
        *get_number.JOBS,
        *activate_line.ACTIVATION.jobs,
        *end_line.ENDING.jobs,
        *take_callback.JOBS,
        SYNC,
    ],
    schedules=[
        *releasing.SCHEDULES,
        Schedule("numbering.sync_devices_when_due", "* * * * * */10", sync_when_due),
    ],
    kinds=[
        pre_reserve.WISH,
        release_hold.RELEASE.kind,
        reserve.CLAIM,
        release_number.RELEASE.kind,
        activate_line.ACTIVATION.kind,
        end_line.ENDING.kind,
    ],
    kept=previews.KEPT,
    settings={"Numbering": NumberingSettings, "Devices": DeviceSettings},
    promises=Promises(check=check_numbering, count=count_numbering),
    facts=facts_about,
    wholes=[
        "SELECT id, 'number' AS kind, id AS whole FROM phone_number WHERE id = ANY($1::uuid[])"
    ],
    finds=[FINDER],
    people=PEOPLE,
)
