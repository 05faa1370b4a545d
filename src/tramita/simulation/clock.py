"""The simulators' own time: real time plus an offset, or frozen."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class SpanUnreadable(ValueError):
    """A span of time is written like 90s, 15m, 3h, 5d or 1d12h."""


def parse_span(text: str) -> timedelta:
    """Read ``5d``, ``90s``, ``1d12h`` into a span; raise ``SpanUnreadable`` otherwise."""
    parts = _SPAN.findall(text.strip())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        raise SpanUnreadable(text)
    spans = (timedelta(**{_UNITS[unit]: float(number)}) for number, unit in parts)
    return sum(spans, timedelta())


class VirtualClock:
    """Time as the simulated vendor sees it, in UTC.

    ``listeners`` are called whenever somebody moved, stopped or released it.
    """

    def __init__(self) -> None:
        self.listeners: list[Callable[[], None]] = []
        self.offset = timedelta()
        self._frozen_at: datetime | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen_at is not None

    def now(self) -> datetime:
        """The present moment of the simulated world."""
        if self._frozen_at is not None:
            return self._frozen_at
        return datetime.now(UTC) + self.offset

    def advance(self, span: timedelta) -> None:
        """Move time forward; a frozen clock stays frozen at the later moment.

        A negative span sets the clock back, as somebody does who corrects a wrong one.
        """
        self.offset += span
        if self._frozen_at is not None:
            self._frozen_at += span
        self._tell()

    def freeze(self) -> None:
        """Stop time at the present moment."""
        self._frozen_at = self.now()
        self._tell()

    def thaw(self) -> None:
        """Let time go on from where it stopped."""
        if self._frozen_at is not None:
            self.offset = self._frozen_at - datetime.now(UTC)
            self._frozen_at = None
        self._tell()

    def reset(self) -> None:
        """Go back to real time."""
        self.offset = timedelta()
        self._frozen_at = None
        self._tell()

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()
