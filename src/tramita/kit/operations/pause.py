"""How long to wait before the next attempt: an outage must not become a storm."""

import random
from datetime import timedelta
from typing import Final

LONGEST_PAUSE: Final = timedelta(minutes=1)
# As a share of the pause. Whoever was turned away at one moment, by thousands while a provider is
# down, would else be back at one moment: upon a provider that has barely risen, and upon us.
_SPREAD: Final = 0.5


def pause_after(attempt: int, retry_in: timedelta) -> timedelta:
    """Twice as long after each attempt, from ``retry_in`` up to a minute or ``retry_in``.

    To that comes up to half as much again, by chance.
    """
    growth: int = 2 ** min(attempt - 1, 10)
    pause = max(min(retry_in * growth, LONGEST_PAUSE), retry_in)
    return pause * (1 + random.uniform(0, _SPREAD))  # noqa: S311 - nobody gains by guessing it
