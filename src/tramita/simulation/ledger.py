"""What really happened at the vendor: the oracle of the tests."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One effect. ``subject`` is the client's own name of the thing it happened to."""

    id: int
    at: datetime
    request_id: str
    effect: str
    subject: str
    data: Mapping[str, object]


class Ledger:
    """Effects in the order in which they happened; rows are never changed."""

    def __init__(self) -> None:
        self._rows: list[LedgerRow] = []
        self._by_subject: dict[str, list[LedgerRow]] = {}

    def record(
        self,
        effect: str,
        *,
        subject: str,
        request_id: str,
        at: datetime,
        data: Mapping[str, object],
    ) -> LedgerRow:
        """Append one effect."""
        row = LedgerRow(len(self._rows) + 1, at, request_id, effect, subject, data)
        self._rows.append(row)
        self._by_subject.setdefault(subject, []).append(row)
        return row

    def rows(self, *, subject: str | None = None) -> list[LedgerRow]:
        """All rows, or those of one subject, oldest first."""
        return list(self._rows if subject is None else self._by_subject.get(subject, ()))

    def effects(self) -> Counter[str]:
        """How often each effect happened."""
        return Counter(row.effect for row in self._rows)

    def clear(self) -> None:
        """Forget everything."""
        self._rows.clear()
        self._by_subject.clear()
