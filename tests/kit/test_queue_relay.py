"""What the queue hears of its table."""

import asyncio
from typing import TypeAlias

from tramita.kit.jobs.connection import REST, Relay

Said: TypeAlias = str | bytes | bytearray

INSERTED = '{"type": "table_changed_event", "operation": "insert"}'
DELETED = '{"type": "table_changed_event", "operation": "delete"}'
CANCELLED = '{"type": "cancellation_event", "ids": [1]}'


def say(relay: Relay, *messages: str) -> None:
    for message in messages:
        relay(None, 1, "queue", message)


class TestRelay:
    async def test_tells_of_a_change_at_once(self) -> None:
        """Nobody waits for a job that comes alone."""
        heard: list[Said] = []

        say(Relay(heard.append), INSERTED)

        assert [INSERTED] == heard

    async def test_tells_of_many_changes_in_one_moment_once_more(self) -> None:
        """After the last of them, so that a look then finds what each is about."""
        heard: asyncio.Queue[Said] = asyncio.Queue()

        say(Relay(heard.put_nowait), INSERTED, INSERTED, DELETED)
        first = heard.get_nowait()
        async with asyncio.timeout(10):
            second = await heard.get()

        assert (INSERTED, DELETED) == (first, second)

    async def test_tells_of_a_change_after_a_rest_as_of_the_first(self) -> None:
        """A rest in which nothing came leaves nothing behind."""
        heard: list[Said] = []
        relay = Relay(heard.append)
        say(relay, INSERTED)
        rested = asyncio.Event()
        asyncio.get_running_loop().call_later(REST, rested.set)
        await rested.wait()

        say(relay, DELETED)

        assert [INSERTED, DELETED] == heard

    async def test_holds_nothing_else_back(self) -> None:
        """A job is cancelled at once."""
        heard: list[Said] = []

        say(Relay(heard.append), INSERTED, INSERTED, CANCELLED)

        assert [INSERTED, CANCELLED] == heard
