"""What was asked and what was answered, newest last, bounded in number."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

KEPT = 500


@dataclass(slots=True)
class Entry:
    """One request to the vendor.

    ``delivery`` says what became of the answer on the wire: ``answered``,
    ``cut`` (connection ended before the answer was whole) or ``waiting``.
    ``fault`` is the kind that struck, if one did.
    """

    id: int
    at: datetime
    request_id: str
    method: str
    path: str
    operation: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    request: bytes = b""
    fault: str | None = None
    status: int | None = None
    answer: bytes = b""
    delivery: str = "waiting"
    milliseconds: float | None = None


class Journal:
    """The last requests; older ones fall out."""

    def __init__(self, kept: int = KEPT) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self.count = 0

    def open(self, *, at: datetime, request_id: str, method: str, path: str) -> Entry:
        """Start an entry for a request that has just arrived."""
        self.count += 1
        entry = Entry(self.count, at, request_id, method, path)
        self._entries.append(entry)
        return entry

    def entries(self, *, limit: int = KEPT) -> list[Entry]:
        """The newest ``limit`` entries, oldest of them first."""
        return list(self._entries)[-limit:] if limit > 0 else []

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.count = 0
