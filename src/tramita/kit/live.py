"""Live topics: what committed in any process reaches the sockets of every process.

Publishing is ``UnitOfWork.publish``: ``pg_notify`` inside the transaction. Here is
the other end: one LISTEN connection per process, which reconnects by itself. After
a gap every subscriber gets ``GAP`` and must read the present state again, because
what was said meanwhile is gone.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import msgspec
import structlog

from tramita.kit.database.work import LIVE_CHANNEL

log = structlog.get_logger(__name__)

GAP: dict[str, object] = {"type": "__gap__"}
_QUEUE_SIZE = 256
# Seconds after which a connection that says nothing is asked whether it is still there,
# and how long it may take to answer that.
_SILENCE = 15.0
_PATIENCE = 15.0
# What a connection ends with when PostgreSQL goes away.
_LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class _Notice(msgspec.Struct):
    topic: str
    message: dict[str, object]


@dataclass(eq=False)
class Subscription:
    """Messages of some topics for one listener, oldest first."""

    messages: asyncio.Queue[dict[str, object]] = field(
        default_factory=lambda: asyncio.Queue(_QUEUE_SIZE)
    )

    def put(self, message: dict[str, object]) -> None:
        """Hand over a message; a listener too slow for them gets a gap instead."""
        try:
            self.messages.put_nowait(message)
        except asyncio.QueueFull:
            while not self.messages.empty():
                self.messages.get_nowait()
            self.messages.put_nowait(GAP)


@dataclass
class Live:
    """The hub of one process."""

    connect: Callable[[], Awaitable[asyncpg.Connection]]
    is_listening: asyncio.Event = field(default_factory=asyncio.Event)
    _topics: dict[str, set[Subscription]] = field(default_factory=dict)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Subscription]:
        """Listen to ``topics``. Read the present state *after* entering, or miss a change."""
        subscription = Subscription()
        for topic in topics:
            self._topics.setdefault(topic, set()).add(subscription)
        try:
            yield subscription
        finally:
            for topic in topics:
                listeners = self._topics[topic]
                listeners.discard(subscription)
                if not listeners:
                    del self._topics[topic]

    async def run(self) -> None:
        """Listen until cancelled, reconnecting whenever the connection is lost."""
        pause = 0.1
        while True:
            try:
                await self._listen()
                pause = 0.1
            except _LOST as error:
                log.warning("live_lost_database", error=repr(error), again_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def _listen(self) -> None:
        connection = await self.connect()
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(LIVE_CHANNEL, self._deliver)
            for subscription in {one for topic in self._topics.values() for one in topic}:
                subscription.put(GAP)
            self.is_listening.set()
            await self._watch(connection, lost)
        finally:
            self.is_listening.clear()
            connection.terminate()

    async def _watch(self, connection: asyncpg.Connection, lost: asyncio.Event) -> None:
        """Return when the connection is lost; a silent one is found by asking it."""
        while not lost.is_set():
            try:
                async with asyncio.timeout(_SILENCE):
                    await lost.wait()
            except TimeoutError:
                async with asyncio.timeout(_PATIENCE):
                    await connection.execute("SELECT 1")

    def _deliver(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        notice = msgspec.json.decode(str(payload), type=_Notice)
        for subscription in self._topics.get(notice.topic, ()):
            subscription.put(notice.message)
