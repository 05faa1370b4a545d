"""Every area's event types: the one list of what can be told to an endpoint."""

from collections.abc import Sequence

from tramita.kit.operations.events import NEEDS_ATTENTION
from tramita.kit.webhooks.types import TEST, EventType
from tramita.portability import events as portability

EVENT_TYPES: Sequence[EventType] = [*portability.EVENT_TYPES, NEEDS_ATTENTION, TEST]
