"""What waits for a person and is no operation: what an area finds of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tramita.kit.bounds import HOUSE
from tramita.kit.database.work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that a person has to look at; what they do about it is on its own page.

    ``kind`` is what cases are alike by, such as ``transfers.money_after_cancelling``, and ``title``
    says it. ``reason`` names no client. ``since`` is platform time; ``page`` is the kind and id of the
    page where it is settled, and ``stake`` what hangs on it.
    """

    kind: str
    title: str
    reason: str
    since: datetime
    subject_id: UUID
    page: tuple[str, UUID] | None = None
    provider: str | None = None
    stake: str | None = None
    tenant: str = HOUSE


@dataclass(frozen=True, slots=True)
class Attention:
    """How an area finds its cases, those that wait longest first, and how many there are."""

    find: Callable[[UnitOfWork, int], Awaitable[list[Case]]]
    count: Callable[[UnitOfWork], Awaitable[int]]
