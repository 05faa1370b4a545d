"""The platform's time: ``tramita_now()``, real time plus an offset.

The offset is zero in production. In the demo and in tests it is moved forward, so
that whatever waits for a date (a row found by a sweep) is due without waiting.
Leases and the queue keep real time: a call under way must not look lost.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ForbiddenError
from tramita.kit.settings import Settings

# Where the calendar begins and ends.
FIRST_MOMENT: Final = datetime.min.replace(tzinfo=UTC)
LAST_MOMENT: Final = datetime.max.replace(tzinfo=UTC)


class ClockNotMovable(ForbiddenError):
    """The clock can be moved in the demo only, never in production."""


class ClockMovesForwardOnly(ForbiddenError):
    """The clock cannot be moved by {span}: it moves forward only."""


async def advance_clock(work: UnitOfWork, settings: Settings, by: timedelta) -> datetime:
    """Move the platform's time forward; answers the new time.

    Raises ``ClockNotMovable`` in production and ``ClockMovesForwardOnly``.
    """
    if not settings.is_demo:
        raise ClockNotMovable
    if by <= timedelta(0):
        raise ClockMovesForwardOnly(span=by)
    await work.fetch('UPDATE clock SET "offset" = "offset" + $1', by)
    return await work.now()
