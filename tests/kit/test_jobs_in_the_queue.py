"""The queue: what waits in it, and how it is installed."""

from tests.kit.test_jobs import enqueue
from tests.kit.workers import (
    FAIL,
    NOTE,
)
from tramita.kit.database.engine import Database
from tramita.kit.jobs import count_jobs, install_queue


class TestTheQueue:
    async def test_counts_what_waits(self, database: Database) -> None:
        """By name, for the health page."""
        await enqueue(database, NOTE, line="a")
        await enqueue(database, NOTE, line="b")
        await enqueue(database, FAIL)
        connection = await database.connect()

        counted = await count_jobs(connection)

        await connection.close()
        assert {"kit.note": 2, "kit.fail": 1} == counted

    async def test_can_be_installed_again(self, database: Database) -> None:
        """Each start of a process does; nothing waiting is lost."""
        await enqueue(database, NOTE, line="a")
        connection = await database.connect()

        await install_queue(connection)

        counted = await count_jobs(connection)
        await connection.close()
        assert {"kit.note": 1} == counted
