"""What transfers bring to every process; what they serve is in ``routes``."""

from typing import Final

from tramita.kit.area import Area
from tramita.transfers.events import EVENT_TYPES
from tramita.transfers.journey import watch_time
from tramita.transfers.people import PEOPLE
from tramita.transfers.rules.reference import render_roles
from tramita.transfers.settings import TransferSettings

AREA: Final = Area(
    key="transfers",
    jobs=watch_time.JOBS,
    schedules=watch_time.SCHEDULES,
    events=EVENT_TYPES,
    settings={"Transfers": TransferSettings},
    people=PEOPLE,
    languages=("en", "ru"),
    reference={"transfers-roles.md": render_roles},
)
