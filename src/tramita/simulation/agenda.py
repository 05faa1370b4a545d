"""What is going to happen at a vendor, by its virtual clock."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from tramita.simulation.clock import VirtualClock

# Whose step it is and which: a thing has at most one step of each name ahead.
Slot = tuple[str, str]
Step = Callable[[datetime], None]


@dataclass(slots=True)
class Agenda:
    """Steps to come, each taken at its own time even when the clock jumps over many.

    A timer of the running event loop waits for the next step while time runs; a
    clock that somebody moves runs at once what has become due.
    """

    clock: VirtualClock
    # Lines of the heap whose number is no longer their slot's were taken back.
    _steps: dict[Slot, tuple[int, Step]] = field(default_factory=dict)
    _heap: list[tuple[datetime, int, Slot]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _timer: asyncio.TimerHandle | None = None
    _is_running: bool = False

    def __post_init__(self) -> None:
        """Listen to the clock."""
        self.clock.listeners.append(self.run)

    def plan(self, slot: Slot, at: datetime, step: Step) -> None:
        """Have a step taken at a moment, instead of what was planned in its slot."""
        number = next(self._numbers)
        self._steps[slot] = (number, step)
        heappush(self._heap, (at, number, slot))
        self._wind()

    def holds(self, slot: Slot) -> bool:
        """Whether something is planned there."""
        return slot in self._steps

    def drop(self, owner: str, *names: str) -> None:
        """Take back the named steps of a thing."""
        for name in names:
            self._steps.pop((owner, name), None)

    def drop_everywhere(self, name: str) -> None:
        """Take back a step of everything."""
        for slot in [slot for slot in self._steps if slot[1] == name]:
            del self._steps[slot]

    def clear(self) -> None:
        """Expect nothing any more."""
        self._steps.clear()
        self._wind()

    def run(self) -> None:
        """Take every step that is due, in order, those too that follow from them."""
        if self._is_running:
            return
        self._is_running = True
        try:
            while (at := self._next()) is not None and at <= self.clock.now():
                _, _, slot = heappop(self._heap)
                _, step = self._steps.pop(slot)
                step(at)
        finally:
            self._is_running = False
        self._wind()

    def _next(self) -> datetime | None:
        """When the next step is due, once lines taken back are out of the way."""
        while self._heap:
            at, number, slot = self._heap[0]
            if slot in self._steps and self._steps[slot][0] == number:
                return at
            heappop(self._heap)
        return None

    def _wind(self) -> None:
        """Set the timer to the next step; a frozen clock needs none."""
        if self._is_running:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at = self._next()
        if at is None or self.clock.is_frozen:
            return
        wait = (at - self.clock.now()).total_seconds()
        self._timer = asyncio.get_running_loop().call_later(max(wait, 0), self.run)
