import asyncio
from datetime import datetime, timedelta

from tramita.simulation.agenda import Agenda
from tramita.simulation.clock import VirtualClock

HOUR = timedelta(hours=1)


class TestAgenda:
    async def test_takes_steps_in_order_at_their_own_times(self) -> None:
        """A jump over many steps takes each at its time, with those that follow from it."""
        clock, taken = VirtualClock(), list[tuple[str, datetime]]()
        clock.freeze()
        agenda, start = Agenda(clock), clock.now()

        def first(at: datetime) -> None:
            taken.append(("first", at))
            agenda.plan(("a", "next"), at + HOUR, lambda at: taken.append(("next", at)))

        agenda.plan(("b", "late"), start + 5 * HOUR, lambda at: taken.append(("late", at)))
        agenda.plan(("a", "first"), start + HOUR, first)
        clock.advance(6 * HOUR)

        assert [
            ("first", start + HOUR),
            ("next", start + 2 * HOUR),
            ("late", start + 5 * HOUR),
        ] == taken

    async def test_takes_nothing_that_was_taken_back(self) -> None:
        """A dropped, replaced or cleared step does not happen."""
        clock, taken = VirtualClock(), list[str]()
        clock.freeze()
        agenda, due = Agenda(clock), clock.now() + HOUR

        agenda.plan(("a", "life"), due, lambda _: taken.append("replaced"))
        agenda.plan(("a", "life"), due, lambda _: taken.append("kept"))
        agenda.plan(("a", "other"), due, lambda _: taken.append("dropped"))
        agenda.plan(("b", "margin"), due, lambda _: taken.append("dropped everywhere"))
        agenda.drop("a", "other")
        agenda.drop_everywhere("margin")
        clock.advance(HOUR)
        agenda.plan(("a", "life"), due + HOUR, lambda _: taken.append("cleared"))
        agenda.clear()
        clock.advance(2 * HOUR)

        assert ["kept"] == taken

    async def test_goes_by_real_time_while_it_runs(self) -> None:
        """A step is taken by itself when its moment comes, unless time stands still."""
        clock, done = VirtualClock(), asyncio.Event()
        agenda = Agenda(clock)
        clock.freeze()
        soon = clock.now() + timedelta(milliseconds=20)
        agenda.plan(("a", "life"), soon, lambda _: done.set())
        is_done_frozen = done.is_set()

        clock.thaw()
        await asyncio.wait_for(done.wait(), 60)

        assert not is_done_frozen
        assert not agenda.holds(("a", "life"))
