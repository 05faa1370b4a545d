"""Answers of the database that seldom change, kept for a while: in memory, or in a Redis.

Cache-aside: whoever finds nothing here asks the database and keeps what it said. That
there is no such thing is kept too, for a shorter time. Many who ask for the same at the
same time are answered by one question.

A cache can only save time. Without its Redis, or with rubbish in it, everybody asks the
database. Nothing is told to forget: keys begin with what they are about and its version,
such as ``area_codes:0f3c:11``, so that a new version finds nothing of the old one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from tramita.kit.breaker import Breaker
from tramita.kit.errors import ConfigurationError

log = structlog.get_logger(__name__)

T = TypeVar("T")

FOUND_FOR: Final = timedelta(hours=1)
MISSING_FOR: Final = timedelta(seconds=30)

# Seconds that each step of a conversation with Redis may take; the database is not far.
_PATIENCE = 0.05
# How long nobody tries after Redis has failed; then one asker does.
_AWAY_FOR = timedelta(seconds=1)

_NOTHING = b"null"
_RUBBISH = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
# Defensive: uvloop raises a bare RuntimeError when the other end closed just before a write.
_LOST = (RedisError, OSError, RuntimeError)


class CacheAddressNotReadable(ConfigurationError):
    """TRAMITA_CACHE_URL must begin with redis://, rediss:// or unix://, or be empty."""


class Store(Protocol):
    """Where a cache keeps bytes. It may forget at any time, and never fails."""

    async def read(self, key: str) -> bytes | None: ...

    async def write(self, key: str, value: bytes, keep: timedelta) -> None: ...

    async def close(self) -> None: ...


@dataclass
class MemoryStore:
    """This process's own memory; beyond ``size`` the oldest entries are forgotten."""

    size: int = 10_000
    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[float, bytes]] = field(default_factory=dict)

    async def read(self, key: str) -> bytes | None:
        """What is kept under ``key``, unless its time is over."""
        until, value = self._kept.get(key, (0.0, b""))
        return value if self.clock() < until else None

    async def write(self, key: str, value: bytes, keep: timedelta) -> None:
        """Keep ``value`` for this long."""
        self._kept.pop(key, None)
        while len(self._kept) >= self.size:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (self.clock() + keep.total_seconds(), value)

    async def close(self) -> None:
        """Forget everything."""
        self._kept.clear()


@dataclass
class RedisStore:
    """A Redis that several processes share; while it is away it is as if it were empty."""

    client: Redis
    clock: Callable[[], float] = time.monotonic
    _breaker: Breaker = field(default_factory=lambda: Breaker(threshold=1, pause=_AWAY_FOR))

    @classmethod
    def open(cls, address: str, *, patience: float = _PATIENCE) -> "RedisStore":
        """The Redis at ``address``; connects when first needed.

        It may take ``patience`` seconds for each step of a conversation.

        Raises ``CacheAddressNotReadable``.
        """
        try:
            client = Redis.from_url(
                address,
                socket_timeout=patience,
                socket_connect_timeout=patience,
                retry=Retry(NoBackoff(), 0),
                # Nothing is said before the first question, which has to wait for it.
                protocol=2,
                driver_info=None,
            )
        except ValueError:
            raise CacheAddressNotReadable from None
        return cls(client)

    async def read(self, key: str) -> bytes | None:
        """What is kept under ``key``."""

        async def get() -> bytes | None:
            try:
                value = await self.client.get(_named(key))
            except ResponseError:
                # It is there and has words for us, such as that the value is no text. If it
                # refuses everything, the write that follows says so.
                return None
            return value if isinstance(value, bytes) else None

        return await self._ask(get)

    async def write(self, key: str, value: bytes, keep: timedelta) -> None:
        """Keep ``value`` for this long."""

        async def put() -> None:
            await self.client.set(_named(key), value, px=keep)

        await self._ask(put)

    async def close(self) -> None:
        """Close every connection; one that will not be closed is left to Redis."""
        try:
            await self.client.aclose()
        except RedisError as error:
            log.warning("cache_not_closed", error=str(error))

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T | None:
        if self._breaker.blocked_for(self.clock()) is not None:
            return None
        try:
            answer = await question()
        except _LOST as error:
            if not self._breaker.is_open:
                log.warning("cache_lost", error=str(error))
            self._breaker.failed(self.clock())
            return None
        if self._breaker.is_open:
            log.info("cache_back")
        self._breaker.succeeded()
        return answer


def _named(key: str) -> str:
    # Others may use the same Redis.
    return f"tramita:{key}"


@dataclass
class Cache:
    """The cache of one process."""

    store: Store = field(default_factory=MemoryStore)
    _asked: dict[str, asyncio.Task[Any]] = field(default_factory=dict)

    @classmethod
    def open(cls, address: str) -> "Cache":
        """A cache in the Redis at ``address``, in memory when that is empty.

        Raises ``CacheAddressNotReadable``.
        """
        return cls(RedisStore.open(address)) if address else cls()

    async def find(
        self, key: str, kind: type[T], load: Callable[[], Awaitable[T | None]]
    ) -> T | None:
        """What ``load`` answered within the last hour, or answers now; raises what it raises.

        That there is nothing is believed for half a minute. ``kind`` is what JSON is read
        as again; each caller gets a value of its own, or shares one with those who ask at
        the same time.
        """
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(self._find(key, kind, load))
            task.add_done_callback(lambda _: self._asked.pop(key))
        # An asker who leaves takes the answer from nobody else, and leaves no connection to
        # Redis in the middle of an answer.
        found: T | None = await asyncio.shield(task)
        return found

    async def _find(
        self, key: str, kind: type[T], load: Callable[[], Awaitable[T | None]]
    ) -> T | None:
        kept = await self.store.read(key)
        if kept == _NOTHING:
            return None
        if kept is not None:
            try:
                return msgspec.json.decode(kept, type=kind)
            except _RUBBISH:
                log.warning("cached_value_not_readable", key=key)
        found = await load()
        keep = MISSING_FOR if found is None else FOUND_FOR
        await self.store.write(key, msgspec.json.encode(found), keep)
        return found

    async def close(self) -> None:
        """Close what it is kept in."""
        await self.store.close()
