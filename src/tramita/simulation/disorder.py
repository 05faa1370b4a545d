"""How webhooks go astray: one notice becomes no, one, two or more dispatches."""

from collections.abc import Callable
from datetime import timedelta

from tramita.simulation.dispatch import Dispatch, Notice, Status
from tramita.simulation.faults import Fault

Make = Callable[[Notice, bytes], Dispatch]
# A dispatch, and how long it waits before it is sent for the first time.
Planned = tuple[Dispatch, timedelta]

_AT_ONCE = timedelta()
_MOST_COPIES = 5


def plan(notice: Notice, make: Make, fault: Fault | None) -> list[Planned]:
    """What is to be sent for a notice, and when, with the disorder a fault brings."""
    first = make(notice, notice.body)
    if fault is None:
        return [(first, _AT_ONCE)]
    first.disorder = fault.kind
    later = timedelta(seconds=fault.seconds)
    match fault.kind:
        case "webhook_duplicate":
            times = min(max(int(fault.argument("times", 2.0)), 2), _MOST_COPIES)
            copies = [_astray(make(notice, notice.body), fault) for _ in range(times - 1)]
            return [(first, _AT_ONCE), *((copy, _AT_ONCE) for copy in copies)]
        case "webhook_reordered":
            first.is_in_line, first.waits_for_next = False, True
            return [(first, later)]
        case "webhook_delayed":
            first.is_in_line = False
            return [(first, later)]
        case "webhook_lost":
            first.status = Status.LOST
            return [(first, _AT_ONCE)]
        case "webhook_before_answer":
            first.is_urgent = True
            return [(first, _AT_ONCE)]
        case "webhook_unknown_key":
            stranger = _astray(make(notice, notice.tell_unknown()), fault)
            return [(first, _AT_ONCE), (stranger, _AT_ONCE)]
        case "webhook_forged":
            first.is_in_line, first.is_forged = False, True
            return [(first, _AT_ONCE)]
        case _:  # webhook_replayed, the last of the kinds.
            replay = _astray(make(notice, notice.body), fault)
            replay.replay_of = first
            return [(first, _AT_ONCE), (replay, later)]


def _astray(dispatch: Dispatch, fault: Fault) -> Dispatch:
    """An extra dispatch, which stands in no line."""
    dispatch.disorder, dispatch.is_in_line = fault.kind, False
    return dispatch
