"""One attempt at one outside act, and what was said during it."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One request and its answer as the journal keeps them: masked, durations in ms.

    ``began`` is in seconds of ``time.monotonic``: at what time of the platform that was, the
    journal works out when it is written.
    """

    method: str
    path: str
    request: str
    status: int | None
    answer: str
    error: str | None
    began: float
    milliseconds: int


@dataclass(slots=True)
class Attempt:
    """One attempt at one outside act.

    ``kind`` is the operation's, for the journal; ``key`` is stable over all attempts of an
    operation; ``exchanges`` collects what was said, for the journal. ``lease_ends``, in seconds of
    ``time.monotonic``, is when others may take the operation for lost; no call may still be under
    way then.
    """

    operation_id: UUID
    key: str
    number: int = 1
    exchanges: list[Exchanged] = field(default_factory=list)
    lease_ends: float | None = None
    kind: str = ""
