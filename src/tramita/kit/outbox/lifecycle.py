"""The life of a delivery, on whichever channel.

It is ``waiting`` for its next attempt, or ``sending``: a worker has it until its lease ends.
One whose worker died is taken again, because a receiver that knows the message's id does not
mind hearing it twice, and would mind not hearing it. It is ``failed`` when the schedule of
attempts is used up or the receiver is gone, and ``cancelled`` when its receiver is closed;
whoever wants it nevertheless replays it.

Not every receiver knows what it has heard before. On a channel whose messages are not
repeatable one that may have arrived is not sent again: it is ``unknown``, and a person decides. One
that the receiver will never take is ``refused`` there.
"""

from enum import StrEnum
from typing import Final

from tramita.kit.lifecycle import Lifecycle


class DeliveryState(StrEnum):
    """Where one message stands on its way to one receiver."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class DeliveryTrigger(StrEnum):
    """What moves it: taking it, what the receiver answered, and people."""

    TAKE = "take"
    ACCEPTED = "accepted"
    AGAIN = "again"
    EXHAUSTED = "exhausted"
    GONE = "gone"
    CANCEL = "cancel"
    REFUSE = "refuse"
    LOSE = "lose"
    REPLAY = "replay"


S, T = DeliveryState, DeliveryTrigger


_SENDING: Final = {
    T.TAKE: S.SENDING,
    T.ACCEPTED: S.DELIVERED,
    T.AGAIN: S.WAITING,
    T.EXHAUSTED: S.FAILED,
    T.GONE: S.FAILED,
    T.CANCEL: S.CANCELLED,
}
_AGAIN: Final = {T.REPLAY: S.WAITING}


def life_of_delivery(
    name: str, *, is_repeatable: bool = True
) -> Lifecycle[DeliveryState, DeliveryTrigger]:
    """The life of a channel's deliveries, by the name that people read."""
    table = {
        S.WAITING: {T.TAKE: S.SENDING, T.CANCEL: S.CANCELLED},
        S.SENDING: _SENDING,
        S.DELIVERED: _AGAIN,
        S.FAILED: _AGAIN,
        S.CANCELLED: _AGAIN,
    }
    if not is_repeatable:
        table[S.SENDING] = _SENDING | {T.REFUSE: S.REFUSED, T.LOSE: S.UNKNOWN}
        table |= {S.REFUSED: _AGAIN, S.UNKNOWN: _AGAIN}
    return Lifecycle(name=name, initial=S.WAITING, table=table)


# Something is still to be done about these; the others are settled.
OPEN = frozenset({S.WAITING, S.SENDING})
