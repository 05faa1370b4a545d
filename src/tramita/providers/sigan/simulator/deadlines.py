"""What time alone does at Sigan: holds expire and released numbers have rested."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from tramita.simulation.clock import VirtualClock

Step = Callable[[datetime], None]


@dataclass(slots=True)
class Deadlines:
    """Steps to be taken at a moment of the virtual clock, in their order.

    They are taken when somebody looks (``run``), when the clock is moved, and by a timer
    while time runs by itself. A step finds out itself whether it still means something.
    """

    clock: VirtualClock
    _heap: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _timer: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        """Listen to the clock."""
        self.clock.listeners.append(self.run)

    def add(self, at: datetime, step: Step) -> None:
        """Have a step taken at a moment."""
        entry = (at, next(self._numbers), step)
        heappush(self._heap, entry)
        if self._heap[0] is entry:
            self._wind()

    def run(self) -> None:
        """Take every step that is due; each is told when it was."""
        now = self.clock.now()
        while self._heap and self._heap[0][0] <= now:
            at, _, step = heappop(self._heap)
            step(at)
        self._wind()

    def clear(self) -> None:
        """Expect nothing any more."""
        self._heap.clear()
        self._wind()

    def _wind(self) -> None:
        """Set the timer to the next step; a frozen clock needs none."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._heap and not self.clock.is_frozen:
            wait = (self._heap[0][0] - self.clock.now()).total_seconds()
            self._timer = asyncio.get_running_loop().call_later(max(wait, 0), self.run)
