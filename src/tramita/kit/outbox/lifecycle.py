"""The life of a delivery, on whichever channel.

It is ``waiting`` for its next attempt, or ``sending``: a worker has it until its lease ends.
One whose worker died is taken again, because a receiver that knows the message's id does not
mind hearing it twice, and would mind not hearing it. It is ``failed`` when the schedule of
attempts is used up or the receiver is gone, and ``cancelled`` when its receiver is closed;
whoever wants it nevertheless replays it.
"""

from enum import StrEnum

from tramita.kit.lifecycle import Lifecycle


class DeliveryState(StrEnum):
    """Where one message stands on its way to one receiver."""

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


S, T = DeliveryState, DeliveryTrigger


def life_of_delivery(name: str) -> Lifecycle[DeliveryState, DeliveryTrigger]:
    """The life of a channel's deliveries, by the name that people read."""
    return Lifecycle(
        name=name,
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


# Something is still to be done about these; the others are settled.
OPEN = frozenset({S.WAITING, S.SENDING})
