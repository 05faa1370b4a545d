"""What processes tell each other of their lines to providers, and breakers closed by hand."""

from datetime import timedelta

import pytest

from tests.kit.operations.acts import rows
from tramita.kit.breaker import Breaker
from tramita.kit.database.engine import Database
from tramita.kit.line import Line
from tramita.kit.lines import Reporter, close_breakers, find_lines, reporting


def line(*, is_down: bool = False) -> Line:
    """A line to acme, whose breaker is open where that is down."""
    made = Line("acme", concurrency=7, breaker=Breaker(threshold=1, pause=timedelta(hours=1)))
    if is_down:
        made.breaker.failed(made.clock())
    return made


class TestReporting:
    async def test_tells_of_every_process(self, database: Database) -> None:
        """Where each breaker stands and how much is under way; told again it is one row."""
        reporters = [
            Reporter(database, {"acme": line(is_down=one)}, f"host:{one}") for one in (True, False)
        ]
        for one in reporters * 2:
            await one.tell()

        async with database.unit_of_work() as work:
            found = await find_lines(work)

        assert [("host:False", "closed", 0, 7), ("host:True", "open", 0, 7)] == [
            (one.process, one.breaker, one.in_flight, one.places) for one in found
        ]

    async def test_goes_on_where_a_provider_is_wanted_that_is_called_no_more(
        self, database: Database
    ) -> None:
        """One of the same name was killed, and was connected to another provider too."""
        await Reporter(database, {"gone": line(is_down=True)}, "host:1").tell()
        async with database.unit_of_work(actor="ana") as work:
            await close_breakers(work, "gone")

        await Reporter(database, {"acme": line()}, "host:1").tell()

        async with database.unit_of_work() as work:
            assert {"acme", "gone"} == {one.provider for one in await find_lines(work)}

    async def test_ends_with_its_process(self, database: Database) -> None:
        """One that stops says so; one that was killed is believed for some seconds only."""
        async with reporting(database, {"acme": line()}):
            pass
        await Reporter(database, {"acme": line()}, "killed").tell()
        await rows(database, "UPDATE provider_lines SET seen_at = seen_at - interval '1 minute'")

        async with database.unit_of_work() as work:
            assert [] == await find_lines(work)
        assert ["killed"] == [
            one["process"] for one in await rows(database, "SELECT process FROM provider_lines")
        ]

    @pytest.mark.parametrize("is_down", [True, False])
    async def test_closes_a_breaker_that_a_person_wants_closed(
        self, database: Database, *, is_down: bool
    ) -> None:
        """At the next report, once; a provider that is called anyway is left alone."""
        own = line(is_down=is_down)
        reporter = Reporter(database, {"acme": own}, "host:1")
        await reporter.tell()

        async with database.unit_of_work(actor="ana") as work:
            count = await close_breakers(work, "acme")
        await reporter.tell()
        closed = own.breaker.standing
        own.breaker.failed(own.clock())
        await reporter.tell()

        assert (int(is_down), "closed", "open") == (count, closed, own.breaker.standing)
