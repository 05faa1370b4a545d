"""The life cycle of a phone number.

``RESERVING`` is the claim: the provider has been, or is about to be, asked to reserve
the number, and until its answer is known nobody else may. It is written before the call,
so a crash at any moment leaves a trace. From it the number goes on to ``RESERVED``, or back
to what it was: ``RETURNED``, or not known at all (the row goes with it). Where nobody could
find out what the provider did, the number is ``UNAVAILABLE`` until a person or the provider
says so.

``RESERVED`` and ``RETURNED`` are the seed's words. A number that was reserved and never
used may be given back at once; one that was in use rests in ``QUARANTINE``, because its
next holder would get codes and calls meant for the last one.

Whether the provider has taken a returned number back is another matter (``ProviderRelease``):
the two never wait for each other.
"""

from enum import StrEnum
from typing import Final

from tramita.kit.lifecycle import Lifecycle


class NumberStatus(StrEnum):
    """Where a phone number stands."""

    RESERVING = "RESERVING"
    RESERVED = "RESERVED"
    ASSIGNED = "ASSIGNED"
    IN_USE = "IN_USE"
    SUSPENDED = "SUSPENDED"
    PORTED_OUT = "PORTED_OUT"
    QUARANTINE = "QUARANTINE"
    RETURNED = "RETURNED"
    UNAVAILABLE = "UNAVAILABLE"


class NumberTrigger(StrEnum):
    """What moves it."""

    RESERVE = "reserve"
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    GIVE_UP = "give_up"
    RELEASE = "release"
    ABANDON = "abandon"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"
    REINSTATE = "reinstate"
    END_QUARANTINE = "end_quarantine"
    PORT_OUT = "port_out"
    COME_BACK = "come_back"
    BLOCK = "block"
    UNBLOCK = "unblock"


S, T = NumberStatus, NumberTrigger

NUMBER: Final = Lifecycle(
    name="phone number",
    initial=S.RESERVING,
    table={
        S.RESERVING: {T.CONFIRM: S.RESERVED, T.WITHDRAW: S.RETURNED, T.GIVE_UP: S.UNAVAILABLE},
        S.RESERVED: {
            T.RELEASE: S.RETURNED,
            T.ABANDON: S.RETURNED,
            T.ASSIGN: S.ASSIGNED,
            T.BLOCK: S.UNAVAILABLE,
        },
        S.ASSIGNED: {T.UNASSIGN: S.RESERVED, T.ACTIVATE: S.IN_USE},
        S.IN_USE: {T.SUSPEND: S.SUSPENDED, T.TERMINATE: S.QUARANTINE, T.PORT_OUT: S.PORTED_OUT},
        S.SUSPENDED: {T.RESUME: S.IN_USE, T.TERMINATE: S.QUARANTINE, T.PORT_OUT: S.PORTED_OUT},
        S.PORTED_OUT: {T.COME_BACK: S.QUARANTINE},
        S.QUARANTINE: {
            T.REINSTATE: S.IN_USE,
            T.END_QUARANTINE: S.RETURNED,
            T.BLOCK: S.UNAVAILABLE,
        },
        S.RETURNED: {T.RESERVE: S.RESERVING, T.BLOCK: S.UNAVAILABLE},
        # Given up on: the provider's answer may still come. Blocked by a person: until they say so.
        S.UNAVAILABLE: {
            T.CONFIRM: S.RESERVED,
            T.WITHDRAW: S.RETURNED,
            T.UNBLOCK: S.QUARANTINE,
        },
    },
)

# Whoever is offered a number in one of these has an inventory that disagrees with ours.
IN_SOME_USE: Final = frozenset(S) - {S.RETURNED}
# Held at the provider for us, or perhaps held.
OURS: Final = IN_SOME_USE - {S.PORTED_OUT}


class ProviderRelease(StrEnum):
    """Whether the provider has taken a returned number back."""

    NOT_NEEDED = "NOT_NEEDED"
    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"


class PreviewState(StrEnum):
    """Where a preview stands; read off its columns, never stored."""

    HELD = "HELD"
    RESERVING = "RESERVING"
    CONSUMED = "CONSUMED"
    SUPERSEDED = "SUPERSEDED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"
