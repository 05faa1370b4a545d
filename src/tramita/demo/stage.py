"""The demo's stage: a fresh database, the simulators, and Tramita in front of them."""

import fcntl
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import asyncpg

from tramita.demo.together import Say, running_together
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database, to_dsn, to_url
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres, passing_folder
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.kit.tokens import create_token
from tramita.web.entrance import OPERATOR
from tramita.web.scopes import find_scopes

# An idle worker looks for delayed jobs this often.
_LOOKS_EVERY_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Who may sign in to the console here."""

    email: str
    password: str


@dataclass
class Stage:
    """Everything that runs; ``api`` already carries the token.

    ``vendors`` are the keys of the simulators; ``ahead`` is how far the clock was moved,
    here and there.
    """

    url: str
    simulators_url: str
    token: str
    account: DemoAccount
    runtime: Runtime
    api: aiohttp.ClientSession
    simulators: aiohttp.ClientSession
    vendors: Sequence[str]
    ahead: timedelta = timedelta()

    async def advance(self, span: timedelta) -> None:
        """Move time on, here and in the whole outside world."""
        async with self.runtime.database.unit_of_work(actor="demo") as work:
            await advance_clock(work, self.runtime.settings, span)
        order = {"advance": f"{span.total_seconds():.0f}s"}
        for vendor in self.vendors:
            async with self.simulators.post(f"/{vendor}/__sim/clock", json=order) as answer:
                answer.raise_for_status()
        self.ahead += span


@contextmanager
def fresh_database(settings: Settings, say: Say) -> Iterator[tuple[Settings, str]]:
    """The demo's own embedded database, emptied; its settings and address.

    The demo never touches the data of ``tramita all``: it has a directory of its own,
    and a temporary one when another demo holds that.
    """
    with _own_directory(settings.data_dir / "demo", say) as directory:
        embedded = EmbeddedPostgres.start(directory / "postgres")
        try:
            yield settings.model_copy(update={"data_dir": directory}), embedded.url()
        finally:
            embedded.close()


@contextmanager
def _own_directory(directory: Path, say: Say) -> Iterator[Path]:
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another demo uses {directory}; this one gets a temporary directory.")
        else:
            yield directory
            return
    with passing_folder("tramita-demo-") as folder:
        yield folder


@asynccontextmanager
async def running_stage(settings: Settings, address: str, say: Say) -> AsyncIterator[Stage]:
    """Simulators, web and worker, on the usual ports or, when they are taken, on free ones."""
    await _empty(address)
    database = Database.open(address)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        await migrate(database)
        async with database.unit_of_work(actor="demo") as work:
            token = await create_token(work, "demo", find_scopes())
            account = DemoAccount(OPERATOR, secrets.token_hex(8))
            await create_account(work, account.email, account.password, Role.OPERATOR)
        here = settings.model_copy(update={"dequeue_timeout": _LOOKS_EVERY_SECONDS})
        together = await stack.enter_async_context(running_together(here, address, say=say))
        headers = {"Authorization": f"Bearer {token}"}
        api = await stack.enter_async_context(aiohttp.ClientSession(together.url, headers=headers))
        control = await stack.enter_async_context(aiohttp.ClientSession(together.simulators_url))
        yield Stage(
            together.url,
            together.simulators_url,
            token,
            account,
            together.runtime,
            api,
            control,
            [one.key for one in together.simulators],
        )


async def _empty(address: str) -> None:
    """Start from nothing, so that a demo run twice shows the same."""
    url = to_url(address)
    connection = await asyncpg.connect(to_dsn(url.set(database="postgres")))
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{url.database}"')
    finally:
        await connection.close()
