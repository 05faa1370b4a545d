"""A worker process whose database is taken away, in each way in which that happens."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import folder_in_memory
from tests.databases import CARELESS
from tests.kit.database_workers import GRACE, ROOT, TABLE, WRITE
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres, passing_folder

JOBS = 30
# Seconds after the database takes writes again. The promise is a quarter of it, on a machine that
# nobody else uses.
BACK_WITHIN = 60
SLOTS = 40


@dataclass
class Cluster:
    """A server that a test may maltreat, and a connection that it spares."""

    directory: Path
    server: EmbeddedPostgres
    admin: asyncpg.Connection
    database: Database

    async def set(self, name: str, value: str) -> None:
        """Change a setting of the whole server, as an operator or a failover does."""
        await self.admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        await self.admin.execute("SELECT pg_reload_conf()")

    async def reset(self) -> None:
        """Take back every setting."""
        await self.admin.execute("ALTER SYSTEM RESET ALL")
        await self.admin.execute("SELECT pg_reload_conf()")

    async def on_others(self, what: str) -> None:
        """Call a function on the server process of every other connection."""
        await self.admin.fetch(
            f"SELECT {what}(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )

    async def kill(self, number: signal.Signals) -> None:
        """Have the server end; whoever uses it starts it again."""
        postmaster = int((self.server.home / "cluster/postmaster.pid").read_text().split()[0])
        os.kill(postmaster, number)
        self.admin.terminate()

    async def stop(self) -> None:
        """Have the server stop, as its last user."""
        self.server.close()
        self.admin.terminate()

    async def come_back(self) -> None:
        """Wait until the server that was killed is there again by itself."""
        async with asyncio.timeout(60):
            while self.admin.is_closed():
                with suppress(OSError, asyncpg.PostgresError):
                    self.admin = await connect(self.database)

    async def start(self) -> None:
        """Have a server and a connection again."""
        self.server.close()
        self.server = await asyncio.to_thread(
            EmbeddedPostgres.start, self.directory, options=OPTIONS
        )
        self.admin = await connect(self.database)


# What was committed outlives the server, though not the machine.
OPTIONS = CARELESS | {"max_connections": str(SLOTS), "synchronous_commit": "on"}
SPARED = {"statement_timeout": "0", "lock_timeout": "0", "default_transaction_read_only": "off"}


async def connect(database: Database) -> asyncpg.Connection:
    """A connection that no setting of the server reaches."""
    return await asyncpg.connect(database.dsn, server_settings=SPARED)


Trouble = Callable[[Cluster], Awaitable[Callable[[], Awaitable[None]]]]


async def read_only(cluster: Cluster) -> Callable[[], Awaitable[None]]:
    """As in a failover: the server answers, and takes no writes."""
    await cluster.set("default_transaction_read_only", "on")
    return cluster.reset


async def statement_timeout(cluster: Cluster) -> Callable[[], Awaitable[None]]:
    """No statement has the time to end."""
    await cluster.set("statement_timeout", "1ms")
    return cluster.reset


async def lock_timeout(cluster: Cluster) -> Callable[[], Awaitable[None]]:
    """Somebody holds the queue, and nobody may wait for it."""
    await cluster.set("lock_timeout", "1ms")
    locking = cluster.admin.transaction()
    await locking.start()
    await cluster.admin.execute("LOCK pgqueuer, pgqueuer_schedules, written")

    async def let_go() -> None:
        await locking.rollback()
        await cluster.reset()

    return let_go


async def slots_used_up(cluster: Cluster) -> Callable[[], Awaitable[None]]:
    """Others hold every connection there may be."""
    hogs: list[asyncpg.Connection] = []
    await cluster.on_others("pg_terminate_backend")
    while True:
        try:
            hogs.append(await connect(cluster.database))
        except asyncpg.TooManyConnectionsError:
            break

    async def leave() -> None:
        for one in hogs:
            await one.close()

    return leave


async def terminated(cluster: Cluster) -> Callable[[], Awaitable[None]]:
    """Every connection ends."""
    await cluster.on_others("pg_terminate_backend")
    return nothing


async def cancelled(cluster: Cluster) -> Callable[[], Awaitable[None]]:
    """Every statement is cancelled, for a while."""

    async def cancel() -> None:
        while True:
            await cluster.on_others("pg_cancel_backend")

    cancelling = asyncio.create_task(cancel())

    async def leave_alone() -> None:
        cancelling.cancel()
        await asyncio.wait({cancelling})
        await cluster.admin.close()
        cluster.admin = await connect(cluster.database)

    return leave_alone


async def stopped(cluster: Cluster) -> Callable[[], Awaitable[None]]:
    """The server is away until somebody starts it."""
    await cluster.stop()
    return cluster.start


async def restarted_fast(cluster: Cluster) -> Callable[[], Awaitable[None]]:
    """The server is restarted."""
    await cluster.kill(signal.SIGINT)
    return cluster.come_back


async def restarted_at_once(cluster: Cluster) -> Callable[[], Awaitable[None]]:
    """The server is restarted without a word to anybody."""
    await cluster.kill(signal.SIGQUIT)
    return cluster.come_back


async def postmaster_killed(cluster: Cluster) -> Callable[[], Awaitable[None]]:
    """The server dies."""
    await cluster.kill(signal.SIGKILL)
    return cluster.come_back


async def nothing() -> None:
    """What passes by itself."""


TROUBLES: list[Trouble] = [
    read_only,
    statement_timeout,
    lock_timeout,
    slots_used_up,
    terminated,
    cancelled,
    stopped,
    restarted_fast,
    restarted_at_once,
    postmaster_killed,
]


@dataclass
class WorkerProcess:
    """A worker and what it has said."""

    process: asyncio.subprocess.Process
    said: list[str]
    heard: asyncio.Condition
    listening: asyncio.Task[None]

    async def until(self, *words: str, seconds: float) -> None:
        """Return when each of ``words`` has been part of a line."""
        try:
            async with asyncio.timeout(seconds), self.heard:
                await self.heard.wait_for(
                    lambda: all(any(word in line for line in self.said) for word in words)
                )
        except TimeoutError:
            raise AssertionError(
                f"{words} not within {seconds} s:\n" + "".join(self.said)
            ) from None


@asynccontextmanager
async def worker_process(database: Database) -> AsyncIterator[WorkerProcess]:
    """A worker that runs until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.kit.database_workers", database.dsn),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said: list[str] = []
    heard = asyncio.Condition()

    async def listen() -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            async with heard:
                said.append(line.decode())
                heard.notify_all()

    listening = asyncio.create_task(listen())
    try:
        yield WorkerProcess(process, said, heard, listening)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await listening


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Where the server of this module lives."""
    with passing_folder("tramita-maltreated-", below=folder_in_memory()) as folder:
        yield folder / "postgres"


@pytest.fixture
async def cluster(directory: Path) -> AsyncIterator[Cluster]:
    """A server of our own: what these tests do to it would reach every other test."""
    server = await asyncio.to_thread(EmbeddedPostgres.start, directory, options=OPTIONS)
    database = Database.open(server.url(), pool_size=1)
    await migrate(database)
    cluster = Cluster(directory, server, await connect(database), database)
    await cluster.admin.execute(TABLE)
    await cluster.admin.execute("TRUNCATE written, pgqueuer, pgqueuer_schedules")
    try:
        yield cluster
    finally:
        await cluster.admin.close()
        await database.close()
        cluster.server.close()


async def enqueue(cluster: Cluster, *lines: str) -> None:
    async with cluster.database.unit_of_work() as work:
        for line in lines:
            work.enqueue(WRITE, line=line)


class TestAWorkerProcess:
    @pytest.mark.parametrize("trouble", TROUBLES, ids=lambda one: one.__name__)
    async def test_goes_on_after(self, cluster: Cluster, trouble: Trouble) -> None:
        """Every job runs, none is held, nobody restarts it; and it always stops when told to."""
        async with worker_process(cluster.database) as worker:
            await enqueue(cluster, "before")
            await worker.until("wrote before", "wrote tick", seconds=120)
            lines = [f"during {n}" for n in range(JOBS)]
            await enqueue(cluster, *lines)

            mend = await trouble(cluster)
            await worker.until("worker_lost_database", seconds=60)
            await mend()
            await cluster.database.close()
            worker.said.clear()
            await enqueue(cluster, "after")
            await worker.until("wrote after", "wrote tick", seconds=BACK_WITHIN)
            await until_empty(cluster)
            written = {row["line"] for row in await cluster.admin.fetch("SELECT line FROM written")}

            mend = await trouble(cluster)
            worker.process.terminate()
            async with asyncio.timeout(GRACE.total_seconds() + 60):
                code = await worker.process.wait()
            await mend()

        assert {"before", "tick", "after", *lines} == written
        assert 0 == code


async def until_empty(cluster: Cluster) -> None:
    """Wait until the queue has nothing left, held jobs included."""
    async with asyncio.timeout(BACK_WITHIN):
        while await cluster.admin.fetchval("SELECT count(*) FROM pgqueuer"):
            pass
