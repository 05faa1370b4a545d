"""When an event is sent again: the published schedule, and what a receiver asks for."""

from collections.abc import Sequence
from datetime import timedelta

# Waits after the first, second … failed attempt, as Standard Webhooks recommends: ten attempts
# over a little more than three days.
SCHEDULE: Sequence[timedelta] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)


def read_retry_after(header: str | None) -> timedelta | None:
    """The header in seconds; a date is ignored, since a stranger's clock is not to be trusted."""
    if header is None or not header.isdecimal() or not header.isascii():
        return None
    # No longer number can be meant, and a larger one would not fit a timedelta.
    return timedelta(seconds=int(header[:9]))
