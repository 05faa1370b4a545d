"""A circuit breaker: stop calling a provider that is plainly down."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass
class Breaker:
    """Opens after ``threshold`` failures in a row; one probe is let through per pause.

    Times are seconds of a monotonic clock, passed in.
    """

    threshold: int = 10
    pause: timedelta = timedelta(seconds=5)
    _failures: int = 0
    _closed_until_probe: float = 0.0
    _is_probing: bool = False

    @property
    def is_open(self) -> bool:
        """Whether calls are being held back."""
        return self._failures >= self.threshold

    @property
    def standing(self) -> str:
        """Where it stands, for people: calls go, are held back, or one finds out."""
        if not self.is_open:
            return "closed"
        return "probing" if self._is_probing else "open"

    def blocked_for(self, at: float) -> timedelta | None:
        """How long to wait before calling, or ``None`` to go ahead (as a probe, perhaps)."""
        if not self.is_open:
            return None
        if at >= self._closed_until_probe:
            # This caller is the probe; the others wait for what it finds.
            self._closed_until_probe = at + self.pause.total_seconds()
            self._is_probing = True
            return None
        return timedelta(seconds=self._closed_until_probe - at)

    def succeeded(self) -> None:
        """The provider answered."""
        self._failures = 0
        self._is_probing = False

    def failed(self, at: float) -> None:
        """The provider did not answer, or answered that it is broken."""
        self._failures += 1
        self._is_probing = False
        if self._failures == self.threshold:
            self._closed_until_probe = at + self.pause.total_seconds()
