"""The life of a delivery, and of the endpoint it goes to.

A delivery is ``waiting`` for its next attempt, or ``sending``: a worker has it until its
lease ends. One whose worker died is taken again, because a receiver that knows the event's
id does not mind hearing it twice, and would mind not hearing it. It is ``failed`` when the
schedule of attempts is used up or the receiver is gone, and ``cancelled`` when its endpoint
is disabled; whoever wants it nevertheless replays it.

An endpoint is ``disabled`` by a person, by its own answer 410, or by failing for days.
"""

from enum import StrEnum

from tramita.kit.lifecycle import Lifecycle


class DeliveryState(StrEnum):
    """Where one event stands on its way to one endpoint."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DeliveryTrigger(StrEnum):
    """What moves it: taking it, what the receiver answered, and people."""

    TAKE = "take"
    ACCEPTED = "accepted"
    AGAIN = "again"
    EXHAUSTED = "exhausted"
    GONE = "gone"
    CANCEL = "cancel"
    REPLAY = "replay"


class EndpointState(StrEnum):
    """Whether anything is sent to it."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class EndpointTrigger(StrEnum):
    """What switches it."""

    ENABLE = "enable"
    DISABLE = "disable"


S, T = DeliveryState, DeliveryTrigger

DELIVERY = Lifecycle(
    name="webhook delivery",
    initial=S.WAITING,
    table={
        S.WAITING: {T.TAKE: S.SENDING, T.CANCEL: S.CANCELLED},
        S.SENDING: {
            T.TAKE: S.SENDING,
            T.ACCEPTED: S.DELIVERED,
            T.AGAIN: S.WAITING,
            T.EXHAUSTED: S.FAILED,
            T.GONE: S.FAILED,
            T.CANCEL: S.CANCELLED,
        },
        S.DELIVERED: {T.REPLAY: S.WAITING},
        S.FAILED: {T.REPLAY: S.WAITING},
        S.CANCELLED: {T.REPLAY: S.WAITING},
    },
)

ENDPOINT = Lifecycle(
    name="webhook endpoint",
    initial=EndpointState.ENABLED,
    table={
        EndpointState.ENABLED: {EndpointTrigger.DISABLE: EndpointState.DISABLED},
        EndpointState.DISABLED: {EndpointTrigger.ENABLE: EndpointState.ENABLED},
    },
)

# Something is still to be done about these; the others are settled.
OPEN = frozenset({S.WAITING, S.SENDING})
