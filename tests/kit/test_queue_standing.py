"""How the queue is, whatever waits for its time in it."""

from datetime import timedelta

import pytest

from tramita.kit.database.engine import Database
from tramita.kit.jobs import standing
from tramita.kit.jobs.standing import tell_queue

ADD = (
    "INSERT INTO pgqueuer (priority, execute_after, status, entrypoint) "
    "SELECT 0, now() + $2::interval, 'queued', $1 FROM generate_series(1, $3::int)"
)


class TestTheQueue:
    async def test_counts_what_is_due_whatever_is_put_off(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of what waits for its time only the first are counted, and no due job is lost among them."""
        monkeypatch.setattr(standing, "MOST_COUNTED", 5)
        monkeypatch.setattr(standing, "MOST_LATER", 3)
        async with database.unit_of_work() as work:
            await work.fetch(ADD, "test.later", timedelta(hours=1), 10)
            await work.fetch(ADD, "test.due", timedelta(minutes=-7), 2)

            told = await tell_queue(work.connection)

        counted = {one.name: (one.waiting, one.due) for one in told.jobs}
        assert {"test.later": (3, 0), "test.due": (2, 2)} == counted
        assert (2, 7) == (told.due, told.lag.total_seconds() // 60)
