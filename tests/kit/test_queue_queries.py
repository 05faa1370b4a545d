"""What the queue asks PostgreSQL."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from pgqueuer import AsyncpgDriver
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.types import QueueEntrypoint, QueueManagerId

from tests.kit.workers import NOTE
from tramita.kit.database.engine import Database
from tramita.kit.jobs.worker import QueueQueries


async def enqueue(database: Database, number: int) -> None:
    async with database.unit_of_work() as work:
        work.enqueue(NOTE, number=number)


async def take_around_another(database: Database, changes: Callable[[], int]) -> list[int]:
    """How many jobs come at each of three times, where a second one was enqueued after the first."""
    connection = await database.connect()
    queries = QueueQueries(
        AsyncpgDriver(connection), heartbeat_timeout=timedelta(seconds=10), changes=changes
    )
    taken = []
    manager = QueueManagerId(uuid4())
    try:
        for number in range(3):
            if number < 2:
                await enqueue(database, number)
            taken.append(
                await queries.dequeue(
                    batch_size=10,
                    entrypoints={QueueEntrypoint(NOTE.name): EntrypointExecutionParameter(0)},
                    queue_manager_id=manager,
                    global_concurrency_limit=20,
                    heartbeat_timeout=timedelta(seconds=10),
                )
            )
    finally:
        await connection.close()
    return [len(jobs) for jobs in taken]


class TestDequeue:
    async def test_asks_once_for_what_there_is(self, database: Database) -> None:
        """After fewer than fit there are no more; what comes then is told of."""
        assert [1, 0, 1] == await take_around_another(database, changes=lambda: 0)

    async def test_asks_again_where_a_change_was_heard_of_meanwhile(
        self, database: Database
    ) -> None:
        """It may be a job that came too late for the first answer."""
        heard = itertools.count()

        assert [1, 1, 0] == await take_around_another(database, changes=lambda: next(heard))
