"""The life cycle of a mobile contract's line.

A line waits for its number, has one, is live while its number is in use, and ends; a person
may take an ended one up again before its number has gone (``ENDED`` to ``LIVE``). It follows
its number, which others move too: a partner by hand, the operator of its own accord, a sweep.
So it is moved when its contract is looked at, by as many arrows as it is behind (``way_to``).

A number that is still being reserved is not certain, and changes nothing. One that was given
back is not replaced: ``RETURNED`` is an end, for a contract that goes on as well.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from tramita.kit.lifecycle import Lifecycle
from tramita.numbering.lifecycle import NumberStatus


class LineState(StrEnum):
    """Where a line stands."""

    REQUESTED = "REQUESTED"
    NUMBERED = "NUMBERED"
    LIVE = "LIVE"
    ENDED = "ENDED"
    RETURNED = "RETURNED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class LineTrigger(StrEnum):
    """What moves it."""

    BRING = "bring"
    GO_LIVE = "go_live"
    END = "end"
    GIVE_BACK = "give_back"
    FAIL = "fail"
    CANCEL = "cancel"


S, T = LineState, LineTrigger

LINE: Final = Lifecycle(
    name="mobile line",
    initial=S.REQUESTED,
    table={
        S.REQUESTED: {T.BRING: S.NUMBERED, T.FAIL: S.FAILED, T.CANCEL: S.CANCELLED},
        S.NUMBERED: {T.GO_LIVE: S.LIVE, T.GIVE_BACK: S.RETURNED},
        S.LIVE: {T.END: S.ENDED, T.GIVE_BACK: S.RETURNED},
        S.ENDED: {T.GO_LIVE: S.LIVE, T.GIVE_BACK: S.RETURNED},
        S.FAILED: {T.CANCEL: S.CANCELLED},
    },
)

# A number was its own, and is not known to have gone.
WITH_NUMBER: Final = frozenset({S.NUMBERED, S.LIVE, S.ENDED})

_N = NumberStatus
# Where a line stands with its number; with any other it stays where it is.
OF_NUMBER: Final[Mapping[NumberStatus, LineState]] = {
    _N.RESERVED: S.NUMBERED,
    _N.ASSIGNED: S.NUMBERED,
    _N.IN_USE: S.LIVE,
    _N.SUSPENDED: S.LIVE,
    _N.QUARANTINE: S.ENDED,
    _N.PORTED_OUT: S.ENDED,
}


def way_to(state: LineState, number: NumberStatus) -> Sequence[LineTrigger]:
    """The arrows that take a line to where its number stands; none where no way leads there."""
    target = OF_NUMBER.get(number, state)
    way: list[LineTrigger] = []
    for trigger in (T.BRING, T.GO_LIVE, T.END):
        if state is not target and trigger in LINE.table.get(state, {}):
            way.append(trigger)
            state = LINE.next(state, trigger)
    return way if state is target else []
