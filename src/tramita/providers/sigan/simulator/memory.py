"""What Sigan was asked under which request id, and what it answered."""

from dataclasses import dataclass, field
from datetime import datetime

from tramita.simulation.calls import Answer


@dataclass(frozen=True, slots=True)
class Done:
    """What a request did, and its answer; a refused one did nothing."""

    answer: Answer
    external_id: str | None = None
    reservation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """A request that was carried out or refused; the ``fingerprint`` is what it asked."""

    operation: str
    fingerprint: str
    done: Done
    at: datetime

    def body(self, request_id: str) -> dict[str, object]:
        """As ``GET /requests/{requestId}`` shows it."""
        shown: dict[str, object] = {
            "requestId": request_id,
            "operation": self.operation.upper(),
            "status": self.done.answer.status,
        }
        if self.done.external_id is not None:
            shown["externalId"] = self.done.external_id
        if self.done.reservation_id is not None:
            shown["reservationId"] = self.done.reservation_id
        return shown


@dataclass(slots=True)
class Memory:
    """Requests that change something, by id; with a request id ignored, the last one counts."""

    _requests: dict[str, Remembered] = field(default_factory=dict)

    def find(self, request_id: str) -> Remembered | None:
        """What was done under this id."""
        return self._requests.get(request_id)

    def keep(self, request_id: str, remembered: Remembered) -> None:
        """Remember a request."""
        self._requests[request_id] = remembered

    def clear(self) -> None:
        """Remember nothing."""
        self._requests.clear()
