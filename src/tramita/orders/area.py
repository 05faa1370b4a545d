"""What orders bring to every process; what they serve is in ``routes``."""

from typing import Final

from tramita.kit.area import Area, Promises
from tramita.orders.check import check_orders, count_orders
from tramita.orders.events import EVENT_TYPES
from tramita.orders.finding import FINDER
from tramita.orders.mails import reminding
from tramita.orders.mails.kinds import MAILS
from tramita.orders.people import PEOPLE
from tramita.orders.sessions import KEPT
from tramita.orders.settings import OrderSettings

AREA: Final = Area(
    key="orders",
    schedules=reminding.SCHEDULES,
    events=EVENT_TYPES,
    mails=MAILS,
    settings={"Orders": OrderSettings},
    promises=Promises(check=check_orders, count=count_orders),
    kept=KEPT,
    finds=[FINDER],
    people=PEOPLE,
)
