"""The life cycle of an operation.

``SENT`` without an outcome may still be a living call: only when its lease has run
out (sent + deadline + grace) is it ``UNKNOWN``. ``UNKNOWN`` is never sent again
blindly: the provider is asked, again and again, and when nobody can tell it is parked
for a person, who may have it asked once more. ``NOT_SENT`` means that nothing happened
at the provider, so sending again is safe.
"""

from enum import StrEnum

from tramita.kit.lifecycle import Lifecycle


class OperationState(StrEnum):
    """Where an outside act stands."""

    PREPARED = "PREPARED"
    SENT = "SENT"
    SUCCEEDED = "SUCCEEDED"
    PENDING = "PENDING"
    REFUSED = "REFUSED"
    NOT_SENT = "NOT_SENT"
    UNKNOWN = "UNKNOWN"
    NEEDS_ATTENTION = "NEEDS_ATTENTION"


class OperationTrigger(StrEnum):
    """What moves it: taking it, the five outcomes, parking, and asking after that."""

    SEND = "send"
    DONE = "done"
    PENDING = "pending"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    PARK = "park"
    ASK_AGAIN = "ask_again"


S, T = OperationState, OperationTrigger

LIFECYCLE = Lifecycle(
    name="operation",
    initial=S.PREPARED,
    table={
        S.PREPARED: {T.SEND: S.SENT, T.REFUSED: S.REFUSED},
        S.SENT: {
            T.DONE: S.SUCCEEDED,
            T.PENDING: S.PENDING,
            T.REFUSED: S.REFUSED,
            T.NOT_SENT: S.NOT_SENT,
            T.UNKNOWN: S.UNKNOWN,
            T.PARK: S.NEEDS_ATTENTION,  # a plain no that a person has to know of
        },
        S.NOT_SENT: {T.SEND: S.SENT, T.REFUSED: S.REFUSED},
        S.PENDING: {T.DONE: S.SUCCEEDED, T.REFUSED: S.REFUSED},
        S.UNKNOWN: {
            T.DONE: S.SUCCEEDED,
            T.PENDING: S.PENDING,
            T.REFUSED: S.REFUSED,
            T.NOT_SENT: S.NOT_SENT,
            T.UNKNOWN: S.UNKNOWN,  # asked, and still nobody knows
            T.PARK: S.NEEDS_ATTENTION,
        },
        S.NEEDS_ATTENTION: {
            T.DONE: S.SUCCEEDED,
            T.PENDING: S.PENDING,
            T.REFUSED: S.REFUSED,
            T.NOT_SENT: S.NOT_SENT,
            T.ASK_AGAIN: S.UNKNOWN,
        },
    },
)

# At most one operation of a kind may be in these states for one subject.
LIVE = frozenset({S.PREPARED, S.SENT, S.NOT_SENT, S.PENDING, S.UNKNOWN, S.NEEDS_ATTENTION})
# Somebody is expected to act on these, or to ask about them, by the end of the lease.
LEASED = frozenset({S.PREPARED, S.SENT, S.NOT_SENT, S.PENDING, S.UNKNOWN})
