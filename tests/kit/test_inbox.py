"""The inbox: whatever a vendor posts, kept before it is understood."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.kit.aside import find_aside
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.inbox import (
    About,
    Later,
    Left,
    Open,
    Reading,
    Told,
    enqueue_forgotten,
    one_by_one,
    receive,
)
from tramita.kit.inbox_queries import get_message
from tramita.kit.live import Live
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings

SECOND = timedelta(seconds=1)


async def post(database: Database, body: bytes, vendor_id: str | None = None) -> bool:
    async with database.unit_of_work() as work:
        return await receive(work, "acme", body, job="acme.read", vendor_id=vendor_id)


Effect = Callable[[Runtime, UnitOfWork, Told[Any]], Awaitable[Left | None]]


def reading(
    effect: Effect, read: Callable[[bytes], Any] = bytes, *, together: bool = False
) -> Reading[Any]:
    return Reading("acme.read", lambda *_: read, one_by_one(effect), together=together)


def process(database: Database) -> Runtime:
    """What one process holds open."""
    return Runtime(Settings(), database, Live(database.connect))


async def message_ids(database: Database) -> list[UUID]:
    """Messages by what their jobs were enqueued with."""
    async with database.unit_of_work() as work:
        rows = await work.fetch("SELECT payload FROM pgqueuer ORDER BY id")
    return [UUID(msgspec.json.decode(row["payload"])["message_id"]) for row in rows]


async def processed(database: Database) -> list[bool]:
    async with database.unit_of_work() as work:
        rows = await work.fetch("SELECT processed_at IS NOT NULL AS done FROM inbox ORDER BY id")
    return [row["done"] for row in rows]


class TestReceive:
    @pytest.mark.parametrize(
        ("second", "id_", "jobs"),
        [(b"a", None, 1), (b"b", None, 2), (b"a", "7", 2)],
        ids=["same content", "other content", "an id of its own"],
    )
    async def test_keeps_a_message_once(
        self, database: Database, second: bytes, id_: str | None, jobs: int
    ) -> None:
        """Twice is once: by the vendor's id, or by the content where there is none."""
        first = await post(database, b"a")
        again = await post(database, second, id_)

        assert (True, jobs == 2) == (first, again)
        assert jobs == len(await message_ids(database))

    async def test_of_one_id_at_the_same_moment_is_once(self, database: Database) -> None:
        """A vendor that is in a hurry posts twice in parallel."""
        received = await asyncio.gather(*(post(database, b"%d" % n, "7") for n in range(6)))

        assert [False] * 5 + [True] == sorted(received)
        assert 1 == len(await message_ids(database))

    @pytest.mark.parametrize(
        "id_", ["a\x00b", "\ud800", "9" * 100_000], ids=["NUL", "half", "long"]
    )
    async def test_knows_again_whatever_a_vendor_calls_it(
        self, database: Database, id_: str
    ) -> None:
        """An id that no column or index takes is kept under its hash."""
        first = await post(database, b"a", id_)
        again = await post(database, b"b", id_)
        other = await post(database, b"a", id_ + "c")

        assert (True, False, True) == (first, again, other)

    async def test_knows_again_what_has_lost_its_body(self, database: Database) -> None:
        """How long bodies are kept decides nothing about a message that is played again."""
        await post(database, b"a", "7")
        await post(database, b"b")
        async with database.unit_of_work() as work:
            await work.fetch("UPDATE inbox SET processed_at = tramita_now(), body = NULL")

        assert (False, False) == (await post(database, b"a", "7"), await post(database, b"b"))


class TestAbout:
    """What a message was about stands beside it once it was applied, and not before."""

    @pytest.mark.parametrize("together", [False, True])
    async def test_is_kept_of_each(self, database: Database, together: bool) -> None:
        """Of one that is tried again, when it is taken; of one about nothing of ours, nothing."""
        thing = new_id()

        async def effect(_: Runtime, __: UnitOfWork, told: Told[bytes]) -> Left | None:
            left: dict[bytes, Left] = {b"ours": About(thing), b"early": Later(SECOND)}
            return left.get(told.said)

        for body in (b"ours", b"early", b"nothing"):
            await post(database, body)
        for message in await message_ids(database):
            await reading(effect, together=together).take(process(database), message)

        async with database.unit_of_work() as work:
            rows = await work.fetch("SELECT subject_id FROM inbox ORDER BY id")
        assert [thing, None, None] == [row["subject_id"] for row in rows]
        assert [True, False, True] == await processed(database)


class TestNotUnderstood:
    """What nobody can read is kept and shown, and no job stands still for it."""

    @pytest.mark.parametrize(
        ("body", "read", "why"),
        [
            (b"\xff", lambda body: body.decode(), "UnicodeDecodeError"),
            (b"[" * 5000, msgspec.json.decode, "RecursionError"),
            (b"{}", lambda body: msgspec.json.decode(body)["event"], "KeyError: 'event'"),
            (b"[]", lambda body: msgspec.json.decode(body)["event"], "TypeError"),
            (b"1", lambda _: NotUnderstood("CPF 165.145.480-91 of nobody"), "•••.145.•••-••"),
            (b"2", lambda _: NotUnderstood("\x00" * 10_000), "\N{REPLACEMENT CHARACTER}"),
        ],
    )
    async def test_is_kept_with_its_reason(
        self, database: Database, body: bytes, read: Callable[[bytes], object], why: str
    ) -> None:
        """Whatever a reader answers or raises of it; without an effect."""
        await post(database, body)
        (message,) = await message_ids(database)

        async def effect(*_: object) -> None:
            raise AssertionError

        await reading(effect, read).take(process(database), message)

        async with database.unit_of_work() as work:
            [aside] = await find_aside(work)
            in_full = await get_message(work, aside.id)
        assert why in (aside.why or "")
        assert (message, "acme", len(body)) == (aside.id, aside.provider, in_full.size)
        assert [True] == await processed(database)

    async def test_is_not_what_only_holds_characters_that_cannot_be_stored(
        self, database: Database
    ) -> None:
        """A reader gets texts that can be written down; the rest of the message counts."""
        await post(database, b'{"name": "a\\u0000\\ud800b"}')
        (message,) = await message_ids(database)
        seen: list[str] = []

        async def effect(_: Runtime, _work: UnitOfWork, told: Told[Any]) -> None:
            seen.append(told.said["name"])

        await reading(effect, msgspec.json.decode).take(process(database), message)

        assert ["a\ufffd\ufffdb"] == seen


@pytest.mark.parametrize("together", [False, True])
class TestReading:
    """A message by itself, and with others of its sender in one unit of work."""

    async def test_has_its_effect_once(self, database: Database, *, together: bool) -> None:
        """However often the job runs, in whatever processes; the actor is the vendor."""
        await post(database, b"a")
        (message,) = await message_ids(database)
        seen: list[tuple[str, bytes]] = []

        async def effect(_: Runtime, work: UnitOfWork, told: Told[bytes]) -> None:
            seen.append((work.actor, told.said))

        ours, other = process(database), process(database)
        reads = reading(effect, together=together)
        await asyncio.gather(*(reads.take(one, message) for one in (ours, ours, other, ours)))

        assert [("acme", b"a")] == seen
        assert [True] == await processed(database)

    async def test_leaves_a_message_unprocessed_when_its_effect_fails(
        self, database: Database, *, together: bool
    ) -> None:
        """The mark commits with the effect, so another try does not look like a duplicate."""
        await post(database, b"a")
        await post(database, b"b")
        bad, good = await message_ids(database)

        async def fail(_: Runtime, work: UnitOfWork, told: Told[bytes]) -> None:
            if told.said == b"a":
                await work.fetch("UPDATE inbox SET vendor_id = vendor_id || 'changed'")
                raise ZeroDivisionError

        runtime, reads = process(database), reading(fail, together=together)
        ended = await asyncio.gather(
            *(reads.take(runtime, one) for one in (bad, good)), return_exceptions=True
        )

        assert [ZeroDivisionError, type(None)] == [type(one) for one in ended]
        assert [False, True] == await processed(database)
        assert not await post(database, b"a")

    async def test_tries_again_later_what_came_too_early(
        self, database: Database, *, together: bool
    ) -> None:
        """It stays unprocessed, and two jobs of it do not become two chains of tries."""
        await post(database, b"a")
        (message,) = await message_ids(database)

        async def too_early(*_: object) -> Later:
            return Later(10 * SECOND)

        reads = reading(too_early, together=together)
        for _ in range(2):
            assert await reads.deliver(process(database), message) is None

        assert [False] == await processed(database)
        assert 2 == len(await message_ids(database))

    async def test_hands_on_what_stays_open(self, database: Database, *, together: bool) -> None:
        """Whoever had it delivered goes on with it, and has its end to say."""
        await post(database, b"a")
        (message,) = await message_ids(database)

        async def leave(*_: object) -> Open:
            return Open()

        told = await reading(leave, together=together).deliver(process(database), message)

        assert told is not None
        assert (message, "acme", b"a") == (told.id, told.provider, told.said)
        assert [False] == await processed(database)


class TestEnqueueForgotten:
    @pytest.mark.parametrize(
        ("age", "is_processed", "expected"),
        [("14 minutes", False, 0), ("16 minutes", False, 1), ("16 minutes", True, 0)],
    )
    async def test_finds_what_lost_its_job(
        self, database: Database, age: str, *, is_processed: bool, expected: int
    ) -> None:
        """A job that failed on a bug does not lose its message."""
        await post(database, b"a")
        async with database.unit_of_work() as work:
            await work.fetch(
                "UPDATE inbox SET received_at = received_at - $1::text::interval, "
                "processed_at = CASE WHEN $2 THEN tramita_now() END",
                age,
                is_processed,
            )

        async with database.unit_of_work() as work:
            assert expected == await enqueue_forgotten(work, "acme", job="acme.read")

        assert 1 + expected == len(await message_ids(database))
