"""What orders bring to every process; what they serve is in ``routes``."""

from typing import Final

from tramita.kit.area import Area, Promises
from tramita.orders.check import check_orders, count_orders
from tramita.orders.events import EVENT_TYPES
from tramita.orders.people import PEOPLE

AREA: Final = Area(
    key="orders",
    events=EVENT_TYPES,
    promises=Promises(check=check_orders, count=count_orders),
    people=PEOPLE,
)
