"""The platform's time."""

from datetime import timedelta

import pytest

from tramita.kit.clock import ClockMovesForwardOnly, ClockNotMovable, advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.settings import Mode, Settings

DEMO = Settings(mode=Mode.DEMO)


async def offset(database: Database) -> timedelta:
    """How far the platform's time is ahead of real time."""
    async with database.unit_of_work() as work:
        rows = await work.fetch("SELECT tramita_now() - now() AS ahead")
    ahead: timedelta = rows[0]["ahead"]
    return ahead


class TestAdvanceClock:
    async def test_moves_time_forward(self, database: Database) -> None:
        """By as much as asked, each time, and answers the new time."""
        async with database.unit_of_work() as work:
            before = await work.now()
            now = await advance_clock(work, DEMO, timedelta(days=5))
            await advance_clock(work, DEMO, timedelta(hours=1))

        assert timedelta(days=5) == now - before
        assert timedelta(days=5, hours=1) == await offset(database)

    @pytest.mark.parametrize("by", [timedelta(0), timedelta(days=-1)])
    async def test_never_moves_it_back(self, database: Database, by: timedelta) -> None:
        """What has happened has happened."""
        async with database.unit_of_work() as work:
            with pytest.raises(ClockMovesForwardOnly):
                await advance_clock(work, DEMO, by)

        assert timedelta(0) == await offset(database)

    async def test_is_refused_in_production(self, database: Database) -> None:
        """Time is real there."""
        async with database.unit_of_work() as work:
            with pytest.raises(ClockNotMovable):
                await advance_clock(work, Settings(mode=Mode.PRODUCTION), timedelta(days=1))

        assert timedelta(0) == await offset(database)
