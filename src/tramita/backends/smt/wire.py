"""SMT's records, only the fields we use. Unknown fields are allowed."""

from typing import Literal

from msgspec import Struct

# Every status SMT knows [assumed]; a new one is unreadable until somebody decides.
WireStatus = Literal["created", "activating", "active", "failed", "removed"]


class WireSubscriber(Struct):
    """A subscriber as SMT shows it; ``reference`` is our contract's id."""

    subscriber_id: str
    reference: str
    status: WireStatus
    reason: str | None = None


class WireError(Struct):
    """SMT's error envelope."""

    code: str
    message: str
