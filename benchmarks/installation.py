"""An installation to measure: PostgreSQL, the simulators and Tramita, each a real process."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Client
from benchmarks.processes import ProcessTree, parent_of
from tests.installed import Place, ProcessEnded, until_ready
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres, passing_folder
from tramita.kit.tokens import create_token
from tramita.testing.waiting import until

SCOPES = [
    "envelopes:read",
    "envelopes:write",
    "operations:read",
    "numbering:read",
    "numbering:write",
    "numbering:all",
    "orders:read",
]
# Names a file that the worker's process writes its profile (cProfile) into when it ends.
PROFILE = "BENCHMARK_PROFILE"
_START_DEADLINE = 60.0
# Ten thousand e-mails about as many debits take less.
_REST_DEADLINE = 600.0


@dataclass(frozen=True)
class Installation:
    """Where everything is: ``address`` of the database, URLs, and the processes.

    The first of ``tramita`` serves the web.
    """

    folder: Path
    address: str
    database: Database
    simulators_url: str
    client: Client
    tramita: Sequence[ProcessTree]
    postgres: ProcessTree
    environment: Mapping[str, str]

    @asynccontextmanager
    async def second_web(self) -> AsyncIterator[str]:
        """One more process that serves the same database; answers its URL."""
        here = Place(self.folder, "")
        environment = {**self.environment, "TRAMITA_PORT": str(here.port)}
        async with _running("web", environment, self.folder, f"{here.url}/health/ready"):
            yield here.url

    async def settle(self) -> None:
        """Until no job is due, all is vacuumed and on disk: what one point left is in no other's figures."""
        due = "SELECT count(*) AS n FROM pgqueuer WHERE execute_after <= now()"

        async def is_idle() -> bool:
            [row] = await self.database.fetch(due)
            return bool(row["n"] == 0)

        await until(is_idle, deadline=_REST_DEADLINE)
        await self.database.fetch("VACUUM ANALYZE")
        await self.database.fetch("CHECKPOINT")

    def cpu_seconds(self) -> float:
        """What Tramita and PostgreSQL have used; the simulators are not counted."""
        return sum(tree.cpu_seconds() for tree in (*self.tramita, self.postgres))


@contextmanager
def embedded_database() -> Iterator[tuple[Path, EmbeddedPostgres]]:
    """A new data directory with its own PostgreSQL, with the settings a user gets.

    Held here, before any event loop runs; the processes join it by the directory.
    """
    with passing_folder("tramita-bench-") as folder:
        server = EmbeddedPostgres.start(folder / "postgres")
        try:
            yield folder, server
        finally:
            server.close()


@asynccontextmanager
async def running_installation(
    folder: Path,
    server: EmbeddedPostgres,
    *,
    roles: Sequence[str] = ("all",),
    cores: Collection[int] = (),
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Installation]:
    """Start simulators and Tramita; everything ends with the block.

    Each of the ``roles`` is a process, that of the web the first. The simulators run on
    ``cores``, if any are named. ``settings`` are further environment variables without their
    prefix: ``{"pool_size": "20"}``.
    """
    here = Place(folder, "")
    named = {name.upper(): value for name, value in (settings or {}).items()}
    environment = here.environment({"LOG_LEVEL": "WARNING", **named})
    async with AsyncExitStack() as stack:
        pid = await stack.enter_async_context(
            _running(
                "simulators", environment, folder, f"{here.simulators_url}/qitech/__sim/ledger"
            )
        )
        if cores:
            os.sched_setaffinity(pid, cores)
        pids = [
            # Once the web is up the schema fits; the warm-up waits for whoever works.
            await stack.enter_async_context(
                _running(role, environment, folder, f"{here.url}/health/ready")
            )
            for role in roles
        ]
        database = Database.open(server.url())
        stack.push_async_callback(database.close)
        async with database.unit_of_work() as work:
            token = await create_token(work, "benchmarks", SCOPES)
        client = await stack.enter_async_context(Client(here.url, here.simulators_url, token))
        [backend] = await database.fetch("SELECT pg_backend_pid() AS pid")
        yield Installation(
            folder,
            server.url(),
            database,
            here.simulators_url,
            client,
            [ProcessTree(pid) for pid in pids],
            ProcessTree(parent_of(backend["pid"])),
            environment,
        )


@asynccontextmanager
async def _running(
    command: str, environment: Mapping[str, str], folder: Path, ready: str
) -> AsyncIterator[int]:
    """Run one of Tramita's commands until the block ends; its output goes to a file."""
    with (folder / f"{command}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *_program(command, environment), env=environment, stdout=log, stderr=log
        )
        try:
            await until_ready(
                ready, within=_START_DEADLINE, has_ended=lambda: process.returncode is not None
            )
            yield process.pid
        except BaseException:
            print((folder / f"{command}.log").read_text()[-3000:], file=sys.stderr)
            raise
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.wait()


async def run_command(installation: Installation, *command: str) -> str:
    """Run one of Tramita's commands to its end; answers what it printed."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "tramita"),
        *command,
        env=installation.environment,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    if process.returncode:
        raise ProcessEnded(" ".join(command))
    return printed.decode().strip()


def _program(command: str, environment: Mapping[str, str]) -> list[str]:
    tramita = str(Path(sys.executable).parent / "tramita")
    profile = environment.get(PROFILE)
    if profile and command in {"all", "worker"}:
        return [sys.executable, "-m", "cProfile", "-o", profile, tramita, command]
    return [tramita, command]
