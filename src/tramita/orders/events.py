"""What the learning platform is told of orders, each once."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.webhooks.types import EventType

ORDER_CREATED: Final = EventType(
    "order.created",
    "Sent when a learner has made an order; `data` is the order, `state` its state.",
)
ORDER_CHANGED: Final = EventType(
    "order.changed",
    "Sent when an order has moved; `data` is the order, `previous_state` where it was.",
)
ENROLLMENT_OPENED: Final = EventType(
    "enrollment.opened",
    "Sent when a learner may enter a course; `data` is the enrollment with its `order_id`.",
)
ENROLLMENT_CLOSED: Final = EventType(
    "enrollment.closed",
    "Sent when a learner may no longer be in a course; `data` is the enrollment.",
)
EVENT_TYPES: Final[Sequence[EventType]] = (
    ORDER_CREATED,
    ORDER_CHANGED,
    ENROLLMENT_OPENED,
    ENROLLMENT_CLOSED,
)
