"""What happened to a thing, as the API answers it."""

from typing import Self

from msgspec import Struct

from tramita.kit.http.pages import encode_cursor
from tramita.kit.timeline import Stretch, TimelineEntry


class TimelineAnswer(Struct):
    """What happened to a thing, oldest first; ``next_cursor`` leads to what was before, if any."""

    items: list[TimelineEntry]
    next_cursor: str | None

    @classmethod
    def of(cls, told: Stretch) -> Self:
        """A part of it."""
        return cls([*told.entries], encode_cursor(told.older) if told.older else None)
