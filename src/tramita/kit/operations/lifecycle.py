"""The life cycle of an operation.

``SENT`` without an outcome may still be a living call: only when its lease has run
out (sent + deadline + grace) is it ``UNKNOWN``. ``UNKNOWN`` is never sent again
blindly. Either a job of its own asks the provider, again and again, and when nobody can
tell it is parked for a person, who may have it asked once more. Or it comes back to the
job that sent it, which takes it (``SENT``) to ask first, or to repeat what may be repeated;
until there is a clear answer it stays ``UNKNOWN``. ``NOT_SENT`` means that nothing happened
at the provider, so sending again is safe.

``REFUSED`` is every end without what was wanted; the trigger says whose word it was: the
provider's, Tramita's own, or a person's.
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
    """What moves it: taking it, the five outcomes, other ends, parking, and asking after that.

    ``WITHDRAW``: Tramita ends it, because it is not wanted any more or breaks a rule of our
    own. ``GIVE_UP``: it could not be sent, and nobody waits for another attempt.
    ``MARK_REFUSED``: a person ends it on their own word.
    """

    SEND = "send"
    DONE = "done"
    PENDING = "pending"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    PARK = "park"
    ASK_AGAIN = "ask_again"
    WITHDRAW = "withdraw"
    GIVE_UP = "give_up"
    MARK_REFUSED = "mark_refused"


S, T = OperationState, OperationTrigger

LIFECYCLE = Lifecycle(
    name="operation",
    initial=S.PREPARED,
    table={
        S.PREPARED: {T.SEND: S.SENT, T.WITHDRAW: S.REFUSED},
        S.SENT: {
            T.DONE: S.SUCCEEDED,
            T.PENDING: S.PENDING,
            T.REFUSED: S.REFUSED,
            T.NOT_SENT: S.NOT_SENT,
            T.UNKNOWN: S.UNKNOWN,
            T.PARK: S.NEEDS_ATTENTION,  # a plain no that a person has to know of
            T.WITHDRAW: S.REFUSED,
            T.GIVE_UP: S.REFUSED,
        },
        S.NOT_SENT: {T.SEND: S.SENT, T.WITHDRAW: S.REFUSED},
        S.PENDING: {
            T.DONE: S.SUCCEEDED,
            T.PENDING: S.PENDING,  # asked, and it still has no end
            T.REFUSED: S.REFUSED,
            T.PARK: S.NEEDS_ATTENTION,  # far beyond the time that it was to take
            T.WITHDRAW: S.REFUSED,
        },
        S.UNKNOWN: {
            T.SEND: S.SENT,  # by its own job, where no other asks
            T.DONE: S.SUCCEEDED,
            T.PENDING: S.PENDING,
            T.REFUSED: S.REFUSED,
            T.NOT_SENT: S.NOT_SENT,
            T.UNKNOWN: S.UNKNOWN,  # asked, and still nobody knows
            T.PARK: S.NEEDS_ATTENTION,
            T.WITHDRAW: S.REFUSED,
        },
        S.NEEDS_ATTENTION: {
            T.DONE: S.SUCCEEDED,
            T.PENDING: S.PENDING,
            T.NOT_SENT: S.NOT_SENT,
            T.ASK_AGAIN: S.UNKNOWN,
            T.WITHDRAW: S.REFUSED,
            T.MARK_REFUSED: S.REFUSED,
        },
    },
)

# At most one operation of a kind may be in these states for one subject.
LIVE = frozenset({S.PREPARED, S.SENT, S.NOT_SENT, S.PENDING, S.UNKNOWN, S.NEEDS_ATTENTION})
# Somebody is expected to act on these, or to ask about them, by the end of the lease.
LEASED = frozenset({S.PREPARED, S.SENT, S.NOT_SENT, S.PENDING, S.UNKNOWN})
# Of these, those where the next word is ours, and not one that the provider has promised.
OUR_TURN = LEASED - {S.PENDING}
# What was wanted is done, or may be yet.
HOPEFUL = LIVE | {S.SUCCEEDED}
