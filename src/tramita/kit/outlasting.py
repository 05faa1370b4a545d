"""Writing down what must not be lost because our own database is away just now."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import Final, TypeVar

from tramita.kit.transient import is_transient

T = TypeVar("T")

_SHORTEST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0


async def outlast(write: Callable[[], Awaitable[T]], within: timedelta) -> T:
    """Write, again and again while the database is away or busy, for so long and no longer.

    It may have been written although that was never heard of: twice must be once.
    """
    pause, give_up_at = _SHORTEST_PAUSE, monotonic() + within.total_seconds()
    while True:
        try:
            return await write()
        except Exception as error:
            if not is_transient(error) or monotonic() + pause > give_up_at:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
