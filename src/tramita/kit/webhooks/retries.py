"""When a delivery is tried again: the published schedule, and what a receiver may ask for."""

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

_JITTER = 0.1
_LONGEST_RETRY_AFTER = timedelta(hours=24)


def wait_after(
    tries: int, schedule: Sequence[timedelta], *, retry_after: timedelta | None, chance: float
) -> timedelta | None:
    """How long to wait after ``tries`` attempts have failed; ``None`` when it was the last.

    The schedule's wait, up to a tenth longer or shorter as ``chance`` (-1 to 1) says, so
    that what failed together does not come back together; or what the receiver asked for,
    if that is longer, up to a day.
    """
    if tries > len(schedule):
        return None
    wait = schedule[tries - 1] * (1 + _JITTER * chance)
    return max(wait, min(retry_after or wait, _LONGEST_RETRY_AFTER))


def read_retry_after(header: str | None) -> timedelta | None:
    """The header in seconds; a date is ignored, since a stranger's clock is not to be trusted."""
    if header is None or not header.isdecimal() or not header.isascii():
        return None
    # No longer number can be meant, and a larger one would not fit a timedelta.
    return timedelta(seconds=int(header[:9]))
