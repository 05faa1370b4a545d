"""Fixtures every test may use: real PostgreSQL, a database per test.

One embedded server serves all workers of a run and stops with the last of them. A
template is migrated once; each test that asks for a database gets one that is like it.

Tests log as processes do. What a test wrote is scanned when it is over: whatever of a
person or of a secret can be read there fails it.
"""

import asyncio
import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from structlog.stdlib import ProcessorFormatter

import tests.compiled  # noqa: F401 - before everything that it is for
from tests.databases import CARELESS, Databases, make_template, opened
from tests.kept_apps import KeptApps
from tests.kept_simulators import SIMULATORS
from tests.keys import KEYS
from tests.nursery import NURSERY
from tests.redis_server import RedisServer, find_redis
from tests.secrecy import leaks_in_log
from tests.world import World, running_world
from tramita.kit import readiness, seldom
from tramita.kit.accounts import passwords
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres, passing_folder
from tramita.kit.http import intake
from tramita.kit.identifiers import new_id
from tramita.kit.logs import set_up_logs
from tramita.web import server as web_server

# What an assertion of a conformance suite compared is shown.
pytest.register_assert_rewrite(
    *(f"tramita.testing.{name}" for name in ("gateways", "messages", "lender_journeys"))
)

# Whether an example is slow says something of the machine only. They are the same ones in every run:
# what others find is for `make soak` to tell, not for whoever has changed something else.
_SLOW = [HealthCheck.too_slow]
settings.register_profile("tramita", deadline=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("exploring", deadline=None, suppress_health_check=_SLOW)
settings.load_profile("tramita")

RUN_DIRECTORY = "TRAMITA_TEST_RUN_DIRECTORY"
_WRITTEN = {
    when: (f"Captured stdout {when}", f"Captured stderr {when}")
    for when in ("setup", "call", "teardown", None)
}
IN_MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30
# Seconds.
PATIENT = 60.0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, spread over the workers, which start evenly apart."""
    long = [one for one in items if one.get_closest_marker("long")]
    rest = [one for one in items if not one.get_closest_marker("long")]
    apart = len(items) // max(len(long), 1)
    for number, one in enumerate(long):
        rest.insert(number * apart, one)
    items[:] = rest


def pytest_configure(config: pytest.Config) -> None:
    """Make the directory that all workers of this run share.

    Not below pytest's own, which only its user may enter: PostgreSQL runs under
    another account when the tests run as root.
    """
    # An installation's own, as those tests need that are about production; others may as well.
    os.environ |= KEYS
    if not hasattr(config, "workerinput"):
        until_the_end = ExitStack()
        folder = until_the_end.enter_context(
            passing_folder("tramita-tests-", below=folder_in_memory())
        )
        os.environ[RUN_DIRECTORY] = str(folder)
        config.add_cleanup(until_the_end.close)


def folder_in_memory() -> Path | None:
    """Where files are kept in memory, if there is such a place with room for databases.

    A database that is copied for a test has 300 files, and takes a quarter of the time there.
    """
    is_usable = os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    return IN_MEMORY if is_usable else None


def pytest_sessionstart() -> None:
    """Log as a process does, now that pytest captures what is written."""
    set_up_logs()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that has written something that nobody may read, or logs differently."""
    report = yield
    # Sections of "log" are pytest's own copy, not yet masked; what is written was masked.
    # Those of the phases before it were scanned with them.
    written = [text for name, text in report.sections if name in _WRITTEN[report.when]]
    leaks = [leak for text in written for leak in leaks_in_log(text)]
    if leaks and report.passed:
        report.outcome = "failed"
        report.longrepr = "\n".join(["It wrote what nobody may read:", *leaks])
    if not _logs_as_processes_do():
        set_up_logs()
        if report.passed:
            report.outcome = "failed"
            report.longrepr = "It set up logs of its own; those after it would not be masked."
    return report


def _logs_as_processes_do() -> bool:
    handlers = logging.getLogger().handlers
    return any(isinstance(one.formatter, ProcessorFormatter) for one in handlers)


@pytest.fixture(scope="session")
def run_directory() -> Path:
    """The directory that all workers of this run share."""
    return Path(os.environ[RUN_DIRECTORY])


@pytest.fixture(scope="session")
def server(run_directory: Path) -> Iterator[EmbeddedPostgres]:
    """The embedded PostgreSQL of this run, with a migrated template."""
    embedded = EmbeddedPostgres.start(run_directory / "postgres", options=CARELESS)
    try:
        with (run_directory / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            asyncio.run(make_template(embedded))
        yield embedded
    finally:
        embedded.close()


_databases: dict[EmbeddedPostgres, Databases] = {}


def fresh_database(
    server: EmbeddedPostgres, *, is_new: bool = False
) -> AbstractAsyncContextManager[str]:
    """The address of a migrated database that is one's own within the block.

    ``is_new``: and was nobody else's, so that what is written there lies as it always does.
    """
    return _databases.setdefault(server, Databases(server)).fresh(is_new=is_new)


@pytest.fixture
async def database_url(server: EmbeddedPostgres) -> AsyncIterator[str]:
    """The address of a fresh, migrated database."""
    async with fresh_database(server) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated database."""
    async with opened(database_url) as database:
        yield database


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A running Redis; skipped when there is none to run.

    ``TRAMITA_TEST_REQUIRE=redis`` turns the skip into a failure.
    """
    # The name of a socket is short, so not below pytest's own folders.
    with tempfile.TemporaryDirectory(prefix="tramita-redis-") as folder:
        server = RedisServer(find_redis(), Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.kill()


@pytest.fixture(scope="session", autouse=True)
def kept_apps() -> Iterator[None]:
    """Servers of this process take turns with applications that were made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web_server, "make_app", KeptApps().make_app)
        SIMULATORS.install(patch)
        yield
    SIMULATORS.close()


@pytest.fixture(scope="session", autouse=True)
def nursery() -> Iterator[None]:
    """Processes are forked from one, which ends with the run."""
    yield
    NURSERY.close()


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Nothing in this process takes a machine that stands still, as busy ones do, for a silent one.

    Whoever tries what is done about silence says how long it may last.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readiness, "LONGEST_SILENCE", PATIENT)
        patch.setattr(intake, "LONGEST_SILENCE", PATIENT)
        patch.setattr(seldom, "_LOOKS_FOR", PATIENT)
        yield


@contextmanager
def hashing_quickly() -> Iterator[None]:
    """Hashes that cost next to nothing, for tests of what lies behind the password."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", hasher)
        patch.setattr(passwords, "NOBODYS_HASH", hasher.hash(new_id().hex))
        yield


@pytest.fixture(scope="module")
def quick_passwords() -> Iterator[None]:
    """Quick hashes for all tests of a module."""
    with hashing_quickly():
        yield


@asynccontextmanager
async def world_apart(
    server: EmbeddedPostgres, folder: Path, **settings: Any
) -> AsyncIterator[World]:
    """A world on a database of its own, for fixtures that many tests share."""
    async with (
        fresh_database(server) as url,
        opened(url) as database,
        running_world(database, url, folder, **settings) as world,
    ):
        yield world


@pytest.fixture
async def world(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Simulators and Tramita (web and worker), each behind a real socket."""
    async with running_world(database, database_url, tmp_path) as world:
        yield world
