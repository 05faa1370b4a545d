"""What a vendor remembers of requests: an id that comes again is answered as it was then."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tramita.simulation.calls import Answer
from tramita.simulation.clock import VirtualClock
from tramita.simulation.front.asking import Asking, Error, Refused


@dataclass(frozen=True, slots=True)
class Remembered:
    """A request that was carried out or refused, and what was answered."""

    asking: Asking
    answer: Answer
    at: datetime

    def said(self, name: str) -> str | None:
        """One field of what was answered."""
        body = self.answer.body
        return body.get(name) if isinstance(body, dict) else None


@dataclass(slots=True)
class Memory:
    """Requests by their id. ``reused`` is the no to an id that meant another request before."""

    clock: VirtualClock
    reused: Error
    _seen: dict[str, Remembered] = field(default_factory=dict)

    def once(self, asking: Asking, effect: Callable[[], Answer]) -> Answer:
        """The answer given to this request before, or that of ``effect``; may raise ``Refused``."""
        known = self._seen.get(asking.request_id)
        if known is None:
            return self.keep(asking, effect())
        if not known.asking.is_same(asking):
            raise Refused(self.reused)
        return known.answer

    def keep(self, asking: Asking, answer: Answer) -> Answer:
        """Remember this answer from now on."""
        self._seen[asking.request_id] = Remembered(asking, answer, self.clock.now())
        return answer

    def find(self, request_id: str) -> Remembered | None:
        """What is remembered of a request."""
        return self._seen.get(request_id)

    def forget(self) -> None:
        """Remember nothing."""
        self._seen.clear()
