"""Every area's event types: the one list of what can be told to an endpoint."""

from collections.abc import Sequence

from tramita.kit.webhooks.types import TEST, EventType

EVENT_TYPES: Sequence[EventType] = [TEST]
