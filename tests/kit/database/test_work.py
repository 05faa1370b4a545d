"""The unit of work: one transaction, and what leaves with it."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest
from sqlalchemy.exc import IntegrityError

from tests.databases import opened
from tests.locks import until_waiting
from tramita.kit.bounds import HOUSE
from tramita.kit.database.engine import Database
from tramita.kit.database.work import (
    LIVE_CHANNEL,
    NotCommitted,
    NotOpen,
    OnlyReading,
    UnitOfWork,
    open_work,
)
from tramita.kit.identifiers import new_id
from tramita.kit.jobs import Job, NotInTransaction, QueuedJob, write_jobs
from tramita.kit.tokens import ServiceToken


class Thing(msgspec.Struct):
    """What a query answers."""

    n: int
    word: str


class Stop(Exception):
    """What a test raises to leave a unit of work."""


async def nothing(context: object, number: int) -> None:
    """A job that does nothing."""


JOB: Job[object] = Job("kit.do_nothing", nothing)


async def queued(database: Database) -> list[tuple[Any, ...]]:
    """Jobs in the queue: name, arguments, whether deferred."""
    async with database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT entrypoint, payload, execute_after > now() + interval '1 hour' AS later "
            "FROM pgqueuer ORDER BY id"
        )
    return [(row["entrypoint"], msgspec.json.decode(row["payload"]), row["later"]) for row in rows]


def token(name: str) -> ServiceToken:
    """Some row; what kind does not matter here."""
    return ServiceToken(id=new_id(), name=name, hash=name, tenant=HOUSE, scopes=[], created_at=NOW)


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def names(database: Database) -> list[str]:
    async with database.unit_of_work() as work:
        return [r["name"] for r in await work.fetch("SELECT name FROM service_tokens ORDER BY 1")]


class TestUnitOfWork:
    async def test_commits_what_was_added(self, database: Database) -> None:
        """Through the session and through bare statements, together."""
        async with database.unit_of_work() as work:
            work.add(token("a"), token("b"))
            await work.session.flush()
            await work.fetch("UPDATE service_tokens SET name = 'c' WHERE name = 'b'")

        assert ["a", "c"] == await names(database)

    async def test_leaves_nothing_behind_when_its_block_raises(self, database: Database) -> None:
        """Rows, jobs and messages share its fate."""
        heard = await Listener.on(database)

        async def fail() -> None:
            async with database.unit_of_work() as work:
                work.add(token("a"))
                await work.session.flush()
                work.enqueue(JOB, number=1)
                work.publish("topic", {"n": 1})
                raise Stop

        with pytest.raises(Stop):
            await fail()

        assert ([], []) == (await names(database), await queued(database))
        assert [] == await heard.messages()

    async def test_leaves_nothing_behind_when_its_commit_fails(self, database: Database) -> None:
        """What breaks a constraint takes its jobs with it."""
        heard = await Listener.on(database)

        async def add_twice() -> None:
            async with database.unit_of_work() as work:
                work.add(token("a"), token("a"))
                work.enqueue(JOB, number=1)
                work.publish("topic", {"n": 1})

        with pytest.raises(IntegrityError):
            await add_twice()

        assert [] == await queued(database)
        assert [] == await heard.messages()
        assert open_work.get() is None

    async def test_says_so_when_a_failure_in_it_was_passed_over(self, database: Database) -> None:
        """PostgreSQL rolls back then, and answers the commit without an error."""

        async def pass_over() -> None:
            async with database.unit_of_work() as work:
                await work.fetch("DELETE FROM clock")
                with suppress(asyncpg.DivisionByZeroError):
                    await work.fetch("SELECT 1 / 0")

        with pytest.raises(NotCommitted):
            await pass_over()

        assert 1 == len(await database.fetch("SELECT FROM clock"))

    async def test_enqueues_jobs_with_its_commit(self, database: Database) -> None:
        """By object or by name, now or later, also when nothing else was done."""
        async with database.unit_of_work() as work:
            work.enqueue(JOB, number=1)
            work.enqueue("kit.by_name", delay=timedelta(days=1), word="x")
            assert [] == await queued(database)

        assert [
            ("kit.do_nothing", {"number": 1}, False),
            ("kit.by_name", {"word": "x"}, True),
        ] == await queued(database)

    async def test_enqueues_waiting_jobs_of_one_key_once(self, database: Database) -> None:
        """In one unit of work and over several."""
        for _ in range(2):
            async with database.unit_of_work() as work:
                work.enqueue(JOB, key="k", number=1)
                work.enqueue(JOB, key="k", number=2)
                work.enqueue(JOB, number=3)

        assert [1, 3, 3] == [arguments["number"] for _, arguments, _ in await queued(database)]

    async def test_publishes_with_its_commit(self, database: Database) -> None:
        """Not before; equal messages are one."""
        heard = await Listener.on(database)
        async with database.unit_of_work() as work:
            work.publish("topic", {"n": 1})
            work.publish("topic", {"n": 1})
            work.publish("other", {"n": 1})
            before = await heard.messages()

        assert [] == before
        assert [
            {"topic": "topic", "message": {"n": 1}},
            {"topic": "other", "message": {"n": 1}},
        ] == await heard.messages()

    async def test_is_in_a_transaction(self, database: Database) -> None:
        """Neither a bare statement nor a saved row is committed by itself."""
        async with database.unit_of_work() as work:
            assert work.connection.is_in_transaction()

    async def test_is_of_no_use_outside_its_block(self, database: Database) -> None:
        """A statement there would be in nobody's transaction."""
        work = database.unit_of_work()
        with pytest.raises(NotOpen):
            await work.fetch("SELECT 1")
        async with work:
            pass
        with pytest.raises(NotOpen):
            work.add(token("a"))

    async def test_leaves_nothing_behind_when_it_is_given_up(self, database_url: str) -> None:
        """Cancelled in the middle of a statement; whoever gets the connection next begins anew."""
        async with opened(database_url, pool_size=1) as database:
            is_begun = asyncio.Event()

            async def wait_long() -> None:
                async with database.unit_of_work() as work:
                    work.add(token("a"))
                    await work.session.flush()
                    is_begun.set()
                    await work.fetch("SELECT pg_sleep(60)")

            waiting = asyncio.create_task(wait_long())
            async with asyncio.timeout(30):
                await is_begun.wait()
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

            assert waiting.cancelled()
            assert [] == await names(database)

    async def test_hands_its_transaction_to_nobody(
        self, database: Database, database_url: str
    ) -> None:
        """Given up while its commit waits: that is done or not, and the next one begins anew."""
        async with opened(database_url, pool_size=1) as single:
            other = await database.connect()
            await other.execute(DEFERRED)
            await other.execute("BEGIN; SELECT pg_advisory_lock(1)")

            async def commit_late() -> None:
                async with single.unit_of_work() as work:
                    work.add(token("a"))

            waiting = asyncio.create_task(commit_late())
            await until_waiting(database)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await other.execute("COMMIT; SELECT pg_advisory_unlock_all()")

            assert waiting.cancelled()
            async with single.unit_of_work() as work:
                [row] = await work.fetch("SELECT pg_current_xact_id_if_assigned()::text AS xid")
            assert row["xid"] is None
            await other.close()

    async def test_reads_rows_as_structs(self, database: Database) -> None:
        """By the names of their columns: what is not asked for is left out."""
        async with database.unit_of_work() as work:
            found = await work.read(
                Thing, "SELECT n, 'x' AS word, now() AS more FROM generate_series(1, $1) AS n", 2
            )
            nothing = await work.read(Thing, "SELECT 1 AS n, 'x' AS word WHERE false")

        assert ([Thing(1, "x"), Thing(2, "x")], []) == (found, nothing)

    async def test_tells_one_time_throughout(self, database: Database) -> None:
        """What happens together happens at the same moment."""
        async with database.unit_of_work() as work:
            first = await work.now()
            await work.fetch("SELECT pg_sleep(0.001)")
            assert first == await work.now()
        assert first.tzinfo is not None

    async def test_is_the_open_work_of_its_task(self, database: Database) -> None:
        """Also when one is opened within another; the exchange asks."""
        outer, inner = database.unit_of_work(), database.unit_of_work()
        seen: list[UnitOfWork | None] = [open_work.get()]
        async with outer:
            seen.append(open_work.get())
            async with inner:
                seen.append(open_work.get())
            seen.append(open_work.get())
        seen.append(open_work.get())

        assert [None, outer, inner, outer, None] == seen
        assert not outer.is_open


# What is checked at the commit, not before, waits there for a lock.
DEFERRED = """
    CREATE FUNCTION wait_for_lock() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON service_tokens
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_for_lock();
"""


class TestReading:
    async def test_begins_no_transaction(self, database: Database) -> None:
        """Each statement is by itself, within the same bounds; no provider is called meanwhile."""
        async with database.reading() as work:
            assert not work.connection.is_in_transaction()
            assert work is open_work.get()
            assert [1] == [row["n"] for row in await work.fetch("SELECT 1 AS n")]

        assert open_work.get() is None

    async def test_sends_nothing(self, database: Database) -> None:
        """Whoever wants to needs a unit of work that commits."""
        with pytest.raises(OnlyReading):
            async with database.reading() as work:
                work.enqueue(JOB, number=1)
        with pytest.raises(OnlyReading):
            async with database.reading() as work:
                work.publish("topic", {})

        assert [] == await queued(database)

    async def test_leaves_its_connection_to_others_whatever_happens(
        self, database: Database
    ) -> None:
        """Also where its statement failed."""
        for _ in range(20):  # More than the pool has.
            with pytest.raises(asyncpg.PostgresError):
                async with database.reading() as work:
                    await work.fetch("SELECT 1 / 0")

        async with database.reading() as work:
            assert 1 == len(await work.fetch("SELECT 1"))


class TestWriteJobs:
    async def test_refuses_to_enqueue_outside_a_transaction(self, database: Database) -> None:
        """A job would be there whether or not the change that wants it is."""
        connection = await database.connect()

        with pytest.raises(NotInTransaction, match=r"kit\.a, kit\.b"):
            await write_jobs(connection, [QueuedJob("kit.a", {}), QueuedJob("kit.b", {})])

        await connection.close()
        assert [] == await queued(database)


class Listener:
    """Hears what is published on a database."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.heard: list[str] = []

    @classmethod
    async def on(cls, database: Database) -> "Listener":
        listener = cls(await database.connect())
        await listener.connection.add_listener(
            LIVE_CHANNEL, lambda *said: listener.heard.append(said[3])
        )
        return listener

    async def messages(self) -> list[Any]:
        """What was heard; a statement of its own makes sure that all of it has arrived."""
        await self.connection.execute("SELECT 1")
        return [msgspec.json.decode(one) for one in self.heard]
