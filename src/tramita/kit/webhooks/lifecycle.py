"""The life of a delivery, and of the endpoint it goes to.

A delivery lives as on every channel of the outbox; it is cancelled when its endpoint is
disabled.

An endpoint is ``disabled`` by a person, by its own answer 410, or by failing for days.
"""

from enum import StrEnum

from tramita.kit.lifecycle import Lifecycle
from tramita.kit.outbox.lifecycle import life_of_delivery


class EndpointState(StrEnum):
    """Whether anything is sent to it."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class EndpointTrigger(StrEnum):
    """What switches it."""

    ENABLE = "enable"
    DISABLE = "disable"


DELIVERY = life_of_delivery("webhook delivery")

ENDPOINT = Lifecycle(
    name="webhook endpoint",
    initial=EndpointState.ENABLED,
    table={
        EndpointState.ENABLED: {EndpointTrigger.DISABLE: EndpointState.DISABLED},
        EndpointState.DISABLED: {EndpointTrigger.ENABLE: EndpointState.ENABLED},
    },
)
