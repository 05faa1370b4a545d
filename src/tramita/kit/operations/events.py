"""What is told of operations to those who listen."""

from typing import Final

from tramita.kit.webhooks.types import EventType

NEEDS_ATTENTION: Final = EventType(
    "operation.needs_attention",
    "Sent when nobody could tell what became of an outside act and a person has to look; `data` "
    "has the operation's `id`, `kind` and `reason`.",
)
