"""A scene: one thing the demo shows, and whether it ended as it should."""

from dataclasses import dataclass
from typing import Protocol


class Tell(Protocol):
    """Hears how far a scene is, and what happened last."""

    def __call__(self, scene: str, done: int, total: int, said: str = "") -> None:
        """``done`` of ``total`` steps are over."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary: what was tried, what should and what did come out.

    ``counts`` are proposals sent, created at the provider and alive there, where there
    are any. ``note`` is what the API says beyond that, mostly the reasons.
    """

    subject: str
    what: str
    expected: str
    seen: str
    expected_counts: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    note: str = ""

    @property
    def is_well(self) -> bool:
        """Whether it ended as it should."""
        return (self.expected, self.expected_counts) == (self.seen, self.counts)
