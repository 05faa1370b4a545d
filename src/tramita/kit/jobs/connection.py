"""The queue's connections to PostgreSQL: whatever it asks is asked until it is answered.

A restart, a failover, a lock or a limit says nothing about the job a statement is about. So
no statement of the queue ends with it: it waits and is tried again, while the jobs that run
already go on, and the worker takes new ones as soon as PostgreSQL answers. Each statement may
be repeated although an earlier try arrived; at worst a job is run twice, which it may always be.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import asyncpg
import structlog
from pgqueuer.core.tm import TaskManager
from pgqueuer.ports.driver import Driver, NotifyCallback

log = structlog.get_logger(__name__)

T = TypeVar("T")

# How asking PostgreSQL ends when it did not answer.
UNANSWERED = (
    OSError,  # TimeoutError is one
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
# Classes of SQLSTATE that speak of the statement and not of the server: an answer.
_ANSWERS = ("22", "23", "42")

_SHORTEST_PAUSE = 0.2
_LONGEST_PAUSE = 3.0
_LONGEST_STATEMENT = 30.0
_LONGEST_CONNECTING = 10.0
_LOOKS_AFTER = 10.0  # seconds between two looks whether the listening connection still lives
_LAST_MOMENTS = 2.0  # seconds for saying goodbye
_CHANGED = '"table_changed_event"'
REST = 0.02  # seconds after hearing of a change in which others are heard of once


@dataclass(eq=False)
class Relay:
    """Passes on to the queue what PostgreSQL tells; many changes in one moment are one.

    Of each it looks for jobs anew, which costs PostgreSQL more than a job's own statements do
    where hundreds are enqueued in a second. The first is told at once, the others after a rest.
    """

    callback: NotifyCallback
    changes: int = 0
    _rest: asyncio.TimerHandle | None = None
    _held: str | None = None

    def __call__(self, _connection: object, _pid: object, _channel: object, said: object) -> None:
        """Hear one message."""
        message = str(said)
        if _CHANGED not in message:
            self.callback(message)
            return
        self.changes += 1
        if self._rest is None:
            self._tell(message)
        else:
            self._held = message

    def _tell(self, message: str) -> None:
        self.callback(message)
        self._rest = asyncio.get_running_loop().call_later(REST, self._go_on)

    def _go_on(self) -> None:
        self._rest, held, self._held = None, self._held, None
        if held is not None:
            self._tell(held)


@dataclass
class PersistentDriver(Driver):
    """Connections for one worker until ``stopping``; from then on each statement is tried once.

    ``is_listening`` is set while PostgreSQL is heard.
    """

    dsn: str
    stopping: asyncio.Event
    is_listening: asyncio.Event
    pool: asyncpg.Pool
    _shutdown: asyncio.Event = field(default_factory=asyncio.Event)
    _listeners: list[tuple[str, Relay]] = field(default_factory=list)
    _ear: asyncio.Task[None] | None = None
    _is_lost: bool = False

    @classmethod
    @asynccontextmanager
    async def open(
        cls, dsn: str, *, stopping: asyncio.Event, is_listening: asyncio.Event
    ) -> AsyncIterator[Self]:
        """The driver until the block ends; connections are made when first needed."""
        pool = asyncpg.create_pool(
            dsn, min_size=0, max_size=5, reset=_leave_as_it_is, timeout=_LONGEST_CONNECTING
        )
        async with _bounded(pool):
            driver = cls(dsn, stopping, is_listening, pool)
            try:
                yield driver
            finally:
                is_listening.clear()
                if driver._ear is not None:
                    driver._ear.cancel()
                    await asyncio.wait({driver._ear}, timeout=_LAST_MOMENTS)

    @property
    def changes(self) -> int:
        """How many changes of the queue were heard of so far."""
        return sum(relay.changes for _, relay in self._listeners)

    @property
    def shutdown(self) -> asyncio.Event:
        """Part of the queue's protocol."""
        return self._shutdown

    @property
    def tm(self) -> TaskManager:
        """Part of the queue's protocol."""
        return TaskManager()

    async def __aenter__(self) -> Self:
        """The queue enters the driver more than once; ``open`` is what closes it."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing ends here."""

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """The rows that a statement answers."""
        rows = await self._until_answered(lambda one: one.fetch(query, *args))
        return [dict(row) for row in rows]

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement."""
        return await self._until_answered(lambda one: one.execute(query, *args))

    async def notify(self, channel: str, payload: str) -> None:
        """Tell whoever listens."""
        await self.execute("SELECT pg_notify($1, $2)", channel, payload)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Hear ``channel`` from now on, over every loss of the connection."""
        self._listeners.append((channel, Relay(callback)))
        if self._ear is not None:
            self._ear.cancel()
        self._ear = asyncio.create_task(self._listen())
        ready = asyncio.create_task(self.is_listening.wait())
        stopped = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        stopped.cancel()

    async def _until_answered(self, ask: Callable[[Any], Awaitable[T]]) -> T:
        pause = _SHORTEST_PAUSE
        while True:
            try:
                async with self._borrowed() as connection:
                    answer = await ask(connection)
            except UNANSWERED as error:
                if _is_answer(error) or self.stopping.is_set():
                    raise
                self._note_lost(error)
            else:
                self._note_found()
                return answer
            await self._pause(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    @asynccontextmanager
    async def _borrowed(self) -> AsyncIterator[Any]:
        connection = await self.pool.acquire(timeout=_LONGEST_CONNECTING)
        try:
            async with asyncio.timeout(_LONGEST_STATEMENT):
                yield connection
        except BaseException as error:
            if not _is_answer(error):
                # It may lead to a server that only reads now, or be in the middle of something.
                connection.terminate()
                await self.pool.expire_connections()
            raise
        finally:
            await self.pool.release(connection, timeout=_LAST_MOMENTS)

    async def _listen(self) -> None:
        """Listen, and look now and then whether the connection still lives."""
        pause = _SHORTEST_PAUSE
        while not self.stopping.is_set():
            try:
                async with self._listening() as (connection, has_ended):
                    pause = _SHORTEST_PAUSE
                    while not has_ended.is_set():
                        await _wait(has_ended, _LOOKS_AFTER)
                        await connection.execute("SELECT", timeout=_LONGEST_CONNECTING)
            except UNANSWERED as error:
                self._note_lost(error)
            await self._pause(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[tuple[asyncpg.Connection, asyncio.Event]]:
        connection = await asyncpg.connect(self.dsn, timeout=_LONGEST_CONNECTING)
        try:
            has_ended = asyncio.Event()
            connection.add_termination_listener(lambda _: has_ended.set())
            async with asyncio.timeout(_LONGEST_CONNECTING):
                for channel, relay in self._listeners:
                    await connection.add_listener(channel, relay)
            self.is_listening.set()
            yield connection, has_ended
        finally:
            self.is_listening.clear()
            connection.terminate()

    def _note_lost(self, error: Exception) -> None:
        if not self._is_lost and not self.stopping.is_set():
            log.warning("worker_lost_database", error=repr(error))
        self._is_lost = True

    def _note_found(self) -> None:
        if self._is_lost:
            log.info("worker_found_database")
        self._is_lost = False

    async def _pause(self, seconds: float) -> None:
        await _wait(self.stopping, seconds)


def _is_answer(error: BaseException) -> bool:
    state = error.sqlstate if isinstance(error, asyncpg.PostgresError) else None
    return state is not None and state.startswith(_ANSWERS)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


@asynccontextmanager
async def _bounded(pool: asyncpg.Pool) -> AsyncIterator[None]:
    """The pool until the block ends; nobody waits for a connection that does not come back."""
    await pool
    try:
        yield
    finally:
        try:
            async with asyncio.timeout(_LAST_MOMENTS):
                await pool.close()
        except UNANSWERED:
            pool.terminate()


async def _leave_as_it_is(_connection: asyncpg.Connection) -> None:
    """The queue leaves nothing behind in a session; clearing it would double its statements."""
