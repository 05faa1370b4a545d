"""A scene: one thing the demo shows, and whether it ended as it should."""

from collections.abc import Callable
from dataclasses import dataclass

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary: what was tried, what should and what did come out."""

    scene: str
    what: str
    expected: str
    seen: str

    @property
    def is_well(self) -> bool:
        """Whether it ended as it should."""
        return self.expected == self.seen
