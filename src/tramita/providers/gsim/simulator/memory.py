"""What GSIM remembers of requests: an id that comes again is answered as it was then."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tramita.providers.gsim.simulator.asking import Asking, Refused
from tramita.simulation.calls import Answer
from tramita.simulation.clock import VirtualClock


@dataclass(frozen=True, slots=True)
class Remembered:
    """A request that was seen, and what was answered."""

    asking: Asking
    answer: Answer
    at: datetime

    def said(self, name: str) -> str | None:
        """One field of what was answered."""
        body = self.answer.body
        return body.get(name) if isinstance(body, dict) else None


@dataclass(slots=True)
class Memory:
    """Every request with an effect, by its id; refusals too."""

    clock: VirtualClock
    _seen: dict[str, Remembered] = field(default_factory=dict)

    def once(self, asking: Asking, effect: Callable[[], Answer]) -> Answer:
        """The answer given to this request before, or that of ``effect``.

        Raises ``Refused`` with 409 when the id was used for something else.
        """
        known = self._seen.get(asking.request_id)
        if known is None:
            try:
                answer = effect()
            except Refused as refused:
                answer = refused.answer(asking.request_id)
            known = Remembered(asking, answer, self.clock.now())
            self._seen[asking.request_id] = known
        elif not known.asking.is_same(asking):
            message = "The request id was used for another request."
            raise Refused(409, "REQUEST_ID_REUSED", message)
        return known.answer

    def find(self, request_id: str) -> Remembered | None:
        """What is remembered of a request."""
        return self._seen.get(request_id)

    def forget(self) -> None:
        """Lose everything."""
        self._seen.clear()
