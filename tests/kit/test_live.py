"""Live topics: what committed in any process reaches the listeners of every process."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.databases import opened
from tramita.kit.database.engine import Database
from tramita.kit.live import _QUEUE_SIZE, GAP, Live, Subscription

Message = dict[str, object]
# Seconds: nothing here takes so long, unless it is broken.
DEADLINE = 60


@pytest.fixture
async def live(database: Database) -> AsyncIterator[Live]:
    """The hub of a process, listening."""
    live = Live(database.connect)
    running = asyncio.create_task(live.run())
    await asyncio.wait_for(live.is_listening.wait(), DEADLINE)
    yield live
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def publish(database: Database, *messages: Message, topic: str = "t") -> None:
    async with database.unit_of_work() as work:
        for message in messages:
            work.publish(topic, message)


async def hear(subscription: Subscription) -> Message:
    """The next message, which must come in time."""
    return await asyncio.wait_for(subscription.messages.get(), DEADLINE)


async def end_listeners(database: Database) -> None:
    """End every connection that listens."""
    connection = await database.connect()
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
    finally:
        await connection.close()


class TestLive:
    async def test_brings_what_another_process_published(
        self, database: Database, database_url: str, live: Live
    ) -> None:
        """To each listener of its topic, in order, and to nobody else."""
        async with (
            opened(database_url) as elsewhere,
            live.subscribe("t") as one,
            live.subscribe("t") as two,
            live.subscribe("u") as u,
        ):
            await publish(elsewhere, {"n": 1})
            await publish(elsewhere, {"n": 2})
            await publish(elsewhere, {"n": 3}, topic="u")

            heard = [[await hear(each), await hear(each)] for each in (one, two)]
            assert [[{"n": 1}, {"n": 2}]] * 2 == heard
            assert {"n": 3} == await hear(u)

    async def test_says_when_something_was_missed(self, database: Database, live: Live) -> None:
        """After its connection was lost every listener must read the present state again."""
        async with live.subscribe("t") as subscription:
            await end_listeners(database)
            await publish(database, {"lost": True})

            heard = [await hear(subscription)]
            await asyncio.wait_for(live.is_listening.wait(), DEADLINE)
            await publish(database, {"n": 2})
            while heard[-1] != {"n": 2}:
                heard.append(await hear(subscription))

        assert GAP in heard

    async def test_tries_again_while_the_database_is_away(self, database: Database) -> None:
        """Failing to connect does not end it."""
        failures: list[Exception] = [
            ConnectionRefusedError(),
            asyncpg.CannotConnectNowError("the database system is starting up"),
            asyncpg.InternalClientError("cannot switch to state 15"),
        ]

        async def connect() -> asyncpg.Connection:
            if failures:
                raise failures.pop()
            return await database.connect()

        live = Live(connect)
        running = asyncio.create_task(live.run())

        await asyncio.wait_for(live.is_listening.wait(), DEADLINE)

        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert [] == failures

    async def test_asks_a_connection_that_has_long_said_nothing(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A connection may die without a word; one that answers is kept."""
        monkeypatch.setattr("tramita.kit.live._SILENCE", 0.02)
        asked = asyncio.Event()
        connections: list[asyncpg.Connection] = []

        async def connect() -> asyncpg.Connection:
            connection = await database.connect()
            connection.add_query_logger(
                lambda record: asked.set() if record.query == "SELECT 1" else None
            )
            connections.append(connection)
            return connection

        live = Live(connect)
        running = asyncio.create_task(live.run())
        await asyncio.wait_for(asked.wait(), DEADLINE)
        async with live.subscribe("t") as subscription:
            await publish(database, {"n": 1})

            assert {"n": 1} == await hear(subscription)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert 1 == len(connections)

    async def test_forgets_a_topic_with_its_last_listener(self, live: Live) -> None:
        """A million envelopes leave nothing behind, however their sockets end."""
        async with live.subscribe("t"):
            async with live.subscribe("t"):
                pass
            assert ["t"] == list(live._topics)
        assert [] == list(live._topics)

        with pytest.raises(ZeroDivisionError):
            async with live.subscribe("t"):
                raise ZeroDivisionError
        assert [] == list(live._topics)


class TestSubscription:
    def test_of_a_slow_listener_gets_a_gap(self) -> None:
        """It does not grow without end, and the listener knows that it missed something."""
        subscription = Subscription()
        for n in range(_QUEUE_SIZE + 2):
            subscription.put({"n": n})

        left = [subscription.messages.get_nowait() for _ in range(subscription.messages.qsize())]

        assert [GAP, {"n": _QUEUE_SIZE + 1}] == left
