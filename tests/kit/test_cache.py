"""A cache saves questions to the database, and nothing is lost without it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
import pytest
from structlog.testing import capture_logs

from tests.redis_server import RedisServer
from tramita.kit.cache import (
    FOUND_FOR,
    MISSING_FOR,
    Cache,
    CacheAddressNotReadable,
    MemoryStore,
    RedisStore,
)

# Seconds: nobody is taken for lost who only stands still for a moment, as machines do.
PATIENT = 60


class Place(msgspec.Struct, frozen=True):
    name: str


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span.total_seconds()


@dataclass
class Source:
    """What is behind the cache; ``asked`` is how often."""

    answer: Place | None = field(default_factory=lambda: Place("Santos"))
    asked: int = 0
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_answer.set()

    async def load(self) -> Place | None:
        self.asked += 1
        self.was_asked.set()
        await self.may_answer.wait()
        return self.answer


async def find(cache: Cache, source: Source, key: str = "places:1:13") -> Place | None:
    return await cache.find(key, Place, source.load)


class TestCache:
    @pytest.mark.parametrize("answer", [Place("Santos"), None])
    async def test_asks_once(self, answer: Place | None) -> None:
        """What is there and what is not, both are remembered."""
        cache, source = Cache(), Source(answer)

        found = [await find(cache, source), await find(cache, source)]

        assert ([answer, answer], 1) == (found, source.asked)

    @pytest.mark.parametrize(
        ("answer", "kept_for"), [(Place("Santos"), FOUND_FOR), (None, MISSING_FOR)]
    )
    async def test_asks_again_in_time(self, answer: Place | None, kept_for: timedelta) -> None:
        """What is there is believed for an hour, that nothing is there for half a minute."""
        clock, source = Clock(), Source(answer)
        cache = Cache(MemoryStore(clock=clock))
        await find(cache, source)

        clock.pass_by(kept_for - timedelta(milliseconds=1))
        await find(cache, source)
        before = source.asked
        clock.pass_by(timedelta(milliseconds=1))
        await find(cache, source)

        assert (1, 2) == (before, source.asked)

    async def test_asks_one_question_for_all_who_ask_at_the_same_time(self) -> None:
        """Of one key; another key is another question."""
        cache, source, other = Cache(), Source(), Source(Place("Bauru"))
        source.may_answer.clear()
        asking = [asyncio.create_task(find(cache, source)) for _ in range(50)]

        assert Place("Bauru") == await find(cache, other, "places:1:14")
        source.may_answer.set()

        assert {Place("Santos")} == set(await asyncio.gather(*asking))
        assert (1, 1) == (source.asked, other.asked)

    async def test_answers_the_others_when_the_first_asker_leaves(self) -> None:
        """His client hung up; theirs did not."""
        cache, source = Cache(), Source()
        source.may_answer.clear()
        first = asyncio.create_task(find(cache, source))
        await source.was_asked.wait()
        second = asyncio.create_task(find(cache, source))

        first.cancel()
        await asyncio.wait([first])
        source.may_answer.set()

        assert Place("Santos") == await second
        assert (True, 1) == (first.cancelled(), source.asked)

    async def test_remembers_no_failure(self) -> None:
        """Everybody who waited hears of it; who asks next asks anew."""
        cache, source = Cache(), Source()

        async def fail() -> Place | None:
            raise ConnectionRefusedError

        failed = await asyncio.gather(
            *(cache.find("places:1:13", Place, fail) for _ in range(2)), return_exceptions=True
        )

        assert [ConnectionRefusedError] * 2 == [type(one) for one in failed]
        assert Place("Santos") == await find(cache, source)

    @pytest.mark.parametrize(
        "rubbish", [b"", b"{", b'{"name": 7}', b"\xff", b'"\xff"', b'{"a":' + b"[" * 100_000]
    )
    async def test_does_not_believe_rubbish(self, rubbish: bytes) -> None:
        """Whoever wrote it; it is written over."""
        cache, source = Cache(), Source()
        await cache.store.write("places:1:13", rubbish, FOUND_FOR)

        found = [await find(cache, source), await find(cache, source)]

        assert ([Place("Santos")] * 2, 1) == (found, source.asked)

    @pytest.mark.parametrize("address", ["localhost:6379", "http://localhost", "redis://:x:y:z"])
    def test_refuses_an_address_it_cannot_read(self, address: str) -> None:
        """When the process starts; it is not repeated, because it may have a password in it."""
        with pytest.raises(CacheAddressNotReadable) as refused:
            Cache.open(address)

        assert address not in str(refused.value)


class TestMemoryStore:
    async def test_forgets_the_oldest_when_it_is_full(self) -> None:
        """It must not grow with what callers invent; what was written anew is young."""
        store = MemoryStore(size=2)
        for key in ("a", "b", "a", "c"):
            await store.write(key, key.encode(), FOUND_FOR)

        assert [b"a", None, b"c"] == [await store.read(key) for key in ("a", "b", "c")]


@pytest.mark.redis
class TestRedisStore:
    @pytest.fixture
    async def store(self, redis: RedisServer, clock: Clock) -> AsyncIterator[RedisStore]:
        """One that a busy machine does not take for lost."""
        store = RedisStore.open(redis.url, patience=PATIENT)
        store.clock = clock
        yield store
        await store.close()

    @pytest.fixture
    async def hasty_store(self, redis: RedisServer, clock: Clock) -> AsyncIterator[RedisStore]:
        """One with the patience that it has in use."""
        store = RedisStore.open(redis.url)
        store.clock = clock
        yield store
        await store.close()

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    async def test_is_shared_by_processes(self, redis: RedisServer, store: RedisStore) -> None:
        """What one of them asked for, none of the others asks for."""
        source = Source()
        await find(Cache(store), source)
        another = Cache(RedisStore.open(redis.url, patience=PATIENT))

        found = await find(another, source)
        await another.close()

        assert (Place("Santos"), 1) == (found, source.asked)

    @pytest.mark.parametrize(
        ("answer", "kept_for"), [(Place("Santos"), FOUND_FOR), (None, MISSING_FOR)]
    )
    async def test_keeps_nothing_for_longer(
        self, store: RedisStore, answer: Place | None, kept_for: timedelta
    ) -> None:
        """Redis itself forgets it."""
        await find(Cache(store), Source(answer))

        [key] = await store.client.keys("*")
        left = await store.client.pttl(key)

        assert b"tramita:places:1:13" == key
        assert timedelta(0) <= kept_for - timedelta(milliseconds=left) < timedelta(seconds=20)

    async def test_may_come_and_go(
        self, redis: RedisServer, store: RedisStore, clock: Clock
    ) -> None:
        """Meanwhile the database is asked each time; one line tells each turn."""
        cache, source = Cache(store), Source()
        with capture_logs() as logs:
            await find(cache, source)
            redis.kill()
            during = [await find(cache, source) for _ in range(5)]
            redis.start()
            await find(cache, source)
            clock.pass_by(timedelta(seconds=1))
            after = [await find(cache, source) for _ in range(5)]

        assert [Place("Santos")] * 10 == during + after
        # Once at first, five times without it, once before it was tried again, and once after.
        assert 8 == source.asked
        assert ["cache_lost", "cache_back"] == [line["event"] for line in logs]

    async def test_holds_nobody_up_who_ends(
        self, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A connection that is not closed in time is told of, and the process goes on ending."""
        store = RedisStore.open(redis.url, patience=PATIENT)
        await find(Cache(store), Source())
        [connection] = store.client.connection_pool._available_connections
        monkeypatch.setattr(connection, "socket_connect_timeout", 0)

        with capture_logs() as logs:
            await store.close()

        assert ["cache_not_closed"] == [line["event"] for line in logs]

    async def test_is_not_waited_for_when_it_is_silent(
        self, redis: RedisServer, hasty_store: RedisStore
    ) -> None:
        """A moment for the first who asks, nothing for the next ones."""
        cache, source = Cache(hasty_store), Source()
        await find(cache, source)
        redis.fall_silent()

        async with asyncio.timeout(30):
            found = [await find(cache, source) for _ in range(200)]

        assert ([Place("Santos")] * 200, 201) == (found, source.asked)

    async def test_is_asked_by_one_when_it_may_be_back(
        self, redis: RedisServer, store: RedisStore, clock: Clock
    ) -> None:
        """The others do not wait to see."""
        cache, source = Cache(store), Source()
        redis.kill()
        await find(cache, source)
        redis.start()
        redis.fall_silent()
        clock.pass_by(timedelta(seconds=1))
        probe = asyncio.create_task(find(cache, source))
        await asyncio.sleep(0)

        await find(cache, source, "places:1:14")

        assert not probe.done()
        redis.go_on()
        assert Place("Santos") == await probe

    async def test_may_hold_something_else_under_a_key(self, store: RedisStore) -> None:
        """Such as a list: it is written over, and Redis counts as well."""
        await store.client.rpush("tramita:places:1:13", "Santos")
        cache, source = Cache(store), Source()

        with capture_logs() as logs:
            found = [await find(cache, source), await find(cache, source)]

        assert ([Place("Santos")] * 2, 1, []) == (found, source.asked, logs)
