"""Which dispatch is due next: by time, and within a subject one after the other."""

import heapq
import itertools
from collections import deque
from datetime import datetime

from tramita.simulation.dispatch import Dispatch, Status

# When, which, a number that makes every entry comparable, and the dispatch itself.
_Entry = tuple[datetime, int, int, Dispatch]


class Timetable:
    """Dispatches that wait for their time or for their turn.

    Those of one subject stand in line: only the first of a line is ever due. What
    was led astray by a fault stands in no line.
    """

    def __init__(self) -> None:
        self._heap: list[_Entry] = []
        self._entries = itertools.count()
        self._lines: dict[str, deque[Dispatch]] = {}
        self._held: dict[str, list[Dispatch]] = {}

    def add(self, dispatch: Dispatch, *, due_at: datetime) -> None:
        """Let a new dispatch wait until ``due_at``, and for its turn where it is in line."""
        dispatch.due_at = due_at
        if dispatch.waits_for_next:
            self._held.setdefault(dispatch.subject, []).append(dispatch)
        if not dispatch.is_in_line:
            self.schedule(dispatch, due_at=due_at)
            return
        line = self._lines.setdefault(dispatch.subject, deque())
        line.append(dispatch)
        if line[0] is dispatch:
            self.schedule(dispatch, due_at=due_at)

    def schedule(self, dispatch: Dispatch, *, due_at: datetime) -> None:
        """Have it sent at ``due_at``, whatever stands before it."""
        dispatch.due_at = due_at
        heapq.heappush(self._heap, (due_at, dispatch.id, next(self._entries), dispatch))

    def hasten(self, dispatch: Dispatch, *, now: datetime) -> None:
        """Have it sent now, but not before its turn."""
        dispatch.due_at = now
        line = self._lines.get(dispatch.subject)
        if not dispatch.is_in_line or (line and line[0] is dispatch):
            self.schedule(dispatch, due_at=now)

    def settle(self, dispatch: Dispatch) -> None:
        """Take a dispatch that will not be sent any more out; the next of its line follows."""
        line = self._lines.get(dispatch.subject)
        if line is None or dispatch not in line:
            return
        was_first = line[0] is dispatch
        line.remove(dispatch)
        if not line:
            del self._lines[dispatch.subject]
        elif was_first:
            first = line[0]
            self.schedule(first, due_at=first.due_at or first.created_at)

    def release_held(self, passed: Dispatch, *, now: datetime) -> None:
        """Send what waited for a later dispatch of its subject, now that one went out."""
        held = self._held.get(passed.subject)
        if held is None or held[0].id >= passed.id:
            return
        del self._held[passed.subject]
        for dispatch in held:
            if not dispatch.attempts and not dispatch.is_under_way:
                self.schedule(dispatch, due_at=now)

    def pop_due(self, now: datetime) -> Dispatch | None:
        """The next dispatch whose time has come, or None."""
        due_at = self.next_due()
        return heapq.heappop(self._heap)[3] if due_at is not None and due_at <= now else None

    def next_due(self) -> datetime | None:
        """When something is due next; None when nothing waits."""
        while self._heap and _is_outdated(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def clear(self) -> None:
        """Forget everything."""
        self._heap.clear()
        self._lines.clear()
        self._held.clear()


def _is_outdated(entry: _Entry) -> bool:
    """Whether a dispatch was settled, sent or moved to another time since it was entered."""
    due_at, _, _, dispatch = entry
    return (
        dispatch.status is not Status.WAITING or dispatch.is_under_way or dispatch.due_at != due_at
    )
