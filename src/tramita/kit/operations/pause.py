"""How long to wait before the next attempt: an outage must not become a storm."""

from datetime import timedelta
from typing import Final

LONGEST_PAUSE: Final = timedelta(minutes=1)


def pause_after(attempt: int, retry_in: timedelta) -> timedelta:
    """Twice as long after each attempt, from ``retry_in`` up to a minute or ``retry_in``."""
    growth: int = 2 ** min(attempt - 1, 10)
    return max(min(retry_in * growth, LONGEST_PAUSE), retry_in)
