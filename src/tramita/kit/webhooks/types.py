"""What can be told: every kind of event has a name and one sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event, declared by the area that emits it.

    ``name`` is ``thing.what_happened``; ``sentence`` tells a receiver when it is sent and
    what stands in ``data``.
    """

    name: str
    sentence: str


TEST = EventType(
    "webhooks.test",
    "Sent when somebody asks for a test; `data` has the `endpoint_id`. "
    "It reaches the tested endpoint whatever that has subscribed to.",
)
