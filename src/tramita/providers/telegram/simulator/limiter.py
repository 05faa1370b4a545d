"""How much a bot may write: by Telegram's FAQ, with short bursts."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Final

# So many within so long: in a chat, in a group, and in all.
_CHAT: Final = 3, timedelta(seconds=3)
_GROUP: Final = 20, timedelta(minutes=1)
_ALL: Final = 30, timedelta(seconds=1)


@dataclass(slots=True)
class Limiter:
    """What was written lately; the bot as a whole has no chat."""

    _written: dict[tuple[int | None, timedelta], deque[datetime]] = field(default_factory=dict)

    def take(self, chat: int, now: datetime, *, is_group: bool) -> int | None:
        """Let one more be written; else the seconds after which it may."""
        wanted = [(chat, _CHAT), (None, _ALL), *([(chat, _GROUP)] if is_group else [])]
        lines = [(self._line(whose, within, now), most, within) for whose, (most, within) in wanted]
        waits = [line[0] + within - now for line, most, within in lines if len(line) >= most]
        if waits:
            return max(1, ceil(max(waits).total_seconds()))
        for line, _, _ in lines:
            line.append(now)
        return None

    def forget(self) -> None:
        """Nothing was written."""
        self._written.clear()

    def _line(self, whose: int | None, within: timedelta, now: datetime) -> deque[datetime]:
        line = self._written.setdefault((whose, within), deque())
        while line and now - line[0] >= within:
            line.popleft()
        return line
